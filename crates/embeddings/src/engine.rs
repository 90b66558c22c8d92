//! Running a model: text to tokens, tokens through the net, one direction out. Lives on one thread.

use std::collections::HashMap;
use std::sync::Arc;

use mainstreet_kernel::{Error, Result};
use rten::{Dimension, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use rten_text::models::{WordPiece, WordPieceOptions};
use rten_text::normalizers::{Bert, BertOptions};
use rten_text::pre_tokenizers;
use rten_text::tokenizer::TokenizerOptions;
use rten_text::{TokenId, Tokenizer};

use crate::Vector;

/// As much of a text as is cut into tokens, in characters: several times what any model takes in.
const LETTERS: usize = 8_000;
/// Fewest and most dimensions of a vector.
const DIMS: std::ops::RangeInclusive<usize> = 2..=4_096;

/// What a place of the net is fed with.
#[derive(Clone, Copy, Debug)]
enum Feed {
    Tokens,
    Mask,
    Types,
}

pub(crate) struct Engine {
    net: rten::Model,
    tokenizer: Tokenizer,
    feeds: Vec<(NodeId, Feed)>,
    output: NodeId,
    /// The one length that the net takes, where it was made for one.
    fixed: Option<usize>,
    /// Most tokens given to it.
    tokens: usize,
    pool: Arc<ThreadPool>,
}

fn unfit(why: impl Into<String>) -> Error {
    Error::invalid(why.into())
}

impl Engine {
    /// Reads a net and what cuts its texts. `tokens` bounds how much of a text it is given.
    pub(crate) fn new(net: Vec<u8>, tokenizer: &str, plain: bool, tokens: usize) -> Result<Self> {
        let tokenizer = if plain { word_pieces(tokenizer)? } else { from_json(tokenizer)? };
        let net = rten::Model::load(net).map_err(|cause| {
            unfit(format!("This file is not an ONNX model that can be run here: {}", short(&cause)))
        })?;
        let feeds = feeds(&net)?;
        let fixed = feeds.first().and_then(|(id, _)| length(&net, *id));
        if fixed.is_some_and(|length| !(4..=4_096).contains(&length)) {
            return Err(unfit(
                "This model takes texts of one length that is too short or too long to be of use.",
            ));
        }
        let output = output(&net)?;
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        Ok(Self { net, tokenizer, feeds, output, fixed, tokens: fixed.unwrap_or(tokens).max(4), pool })
    }

    /// The direction of `text`. Errors: the net fails on it or answers what is no direction.
    pub(crate) fn embed(&self, text: &str) -> Result<Vector> {
        let (mut ids, read) = self.ids(text)?;
        if let Some(length) = self.fixed {
            ids.resize(length, 0);
        }
        let length = ids.len();
        let mask: Vec<i32> = (0..length).map(|at| i32::from(at < read)).collect();
        let tensor = |data: Vec<i32>| NdTensor::from_data([1, length], data);
        let (ids, mask_tensor, types) = (tensor(ids), tensor(mask.clone()), tensor(vec![0; length]));
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = self
            .feeds
            .iter()
            .map(|(id, feed)| {
                let fed = match feed {
                    Feed::Tokens => ids.view(),
                    Feed::Mask => mask_tensor.view(),
                    Feed::Types => types.view(),
                };
                (*id, fed.into())
            })
            .collect();
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let answer = self
            .net
            .run(inputs, &[self.output], Some(options))
            .map_err(|cause| unfit(format!("The model fails when it is run: {}", short(&cause))))?;
        let Some(Value::FloatTensor(answer)) = answer.into_iter().next() else {
            return Err(unfit("The model answers with something else than numbers with a point."));
        };
        pooled(answer.shape(), &answer.to_vec(), &mask)
    }

    /// The tokens of `text` with their ends, and how many they are.
    fn ids(&self, text: &str) -> Result<(Vec<i32>, usize)> {
        let text = text.char_indices().nth(LETTERS).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
        let cut = self
            .tokenizer
            .encode(text, None)
            .map_err(|cause| unfit(format!("The tokenizer cannot cut this text: {}", short(&cause))))?;
        let mut ids: Vec<i32> = cut.token_ids().iter().map(|id| id.cast_signed()).collect();
        if ids.len() > self.tokens {
            // The last one says where a text ends; it stays.
            let last = ids.last().copied();
            ids.truncate(self.tokens);
            if let (Some(end), Some(last)) = (ids.last_mut(), last) {
                *end = last;
            }
        }
        if ids.is_empty() {
            return Err(Error::invalid("A text without a word has no meaning to compare."));
        }
        let read = ids.len();
        Ok((ids, read))
    }
}

/// The mean of what stands at each token of the text, where the answer is one for each token.
fn pooled(shape: &[usize], data: &[f32], mask: &[i32]) -> Result<Vector> {
    let values: Vec<f32> = match shape {
        [1, dims] if DIMS.contains(dims) => data.to_vec(),
        [1, length, dims] if DIMS.contains(dims) && *length == mask.len() => {
            let mut sum = vec![0.0_f32; *dims];
            for (row, _) in data.chunks_exact(*dims).zip(mask).filter(|(_, in_text)| **in_text == 1) {
                for (total, value) in sum.iter_mut().zip(row) {
                    *total += value;
                }
            }
            sum
        }
        other => {
            return Err(unfit(format!(
                "The model answers in the shape {other:?}, which is not one vector a text or a token."
            )));
        }
    };
    Vector::new(&values).ok_or_else(|| unfit("The model answers with numbers that point nowhere."))
}

/// What goes where. Errors: the net asks for something that a text does not give.
fn feeds(net: &rten::Model) -> Result<Vec<(NodeId, Feed)>> {
    let mut feeds = Vec::new();
    for id in net.input_ids() {
        let info = net.node_info(*id);
        let name = info.as_ref().and_then(rten::NodeInfo::name).unwrap_or("?");
        let feed = match name {
            "input_ids" => Feed::Tokens,
            "attention_mask" => Feed::Mask,
            "token_type_ids" => Feed::Types,
            other => {
                return Err(unfit(format!(
                    "This model asks for “{}”. A sentence model takes input_ids, attention_mask and token_type_ids.",
                    other.chars().take(60).collect::<String>()
                )));
            }
        };
        feeds.push((*id, feed));
    }
    if feeds.iter().any(|(_, feed)| matches!(feed, Feed::Tokens)) {
        return Ok(feeds);
    }
    Err(unfit("This model takes no input_ids, so it does not read text."))
}

/// The length that this input was made for, if it takes but one.
fn length(net: &rten::Model, id: NodeId) -> Option<usize> {
    match net.node_info(id)?.shape()?.get(1)? {
        Dimension::Fixed(length) => Some(*length),
        Dimension::Symbolic(_) => None,
    }
}

/// Which answer is taken: one made for the whole text before one for each token.
fn output(net: &rten::Model) -> Result<NodeId> {
    const NAMES: &[&str] = &["sentence_embedding", "last_hidden_state", "token_embeddings"];
    let named = |name: &str| {
        let of = |id: &&NodeId| net.node_info(**id).is_some_and(|info| info.name() == Some(name));
        net.output_ids().iter().find(of).copied()
    };
    NAMES
        .iter()
        .find_map(|name| named(name))
        .or(net.output_ids().first().copied())
        .ok_or_else(|| unfit("This model has no output."))
}

fn from_json(text: &str) -> Result<Tokenizer> {
    Tokenizer::from_json(text).map_err(|cause| {
        unfit(format!(
            "This tokenizer.json cannot be used: {}. WordPiece and BPE tokenizers can.",
            short(&cause)
        ))
    })
}

/// A tokenizer of the BERT kind from its list of words, one a line. Lower case unless the list has capitals.
fn word_pieces(list: &str) -> Result<Tokenizer> {
    let mut words: HashMap<String, TokenId> = HashMap::new();
    for (id, word) in (0..).zip(list.lines()) {
        words.insert(word.trim_end().to_owned(), id);
    }
    if !["[UNK]", "[CLS]", "[SEP]"].iter().all(|word| words.contains_key(*word)) {
        return Err(unfit(
            "This vocab.txt lacks [UNK], [CLS] or [SEP], so it is not the list of a BERT model.",
        ));
    }
    let lowercase = !words.keys().any(|word| word.chars().next().is_some_and(char::is_uppercase));
    let model = WordPiece::from_vocab(words, WordPieceOptions::default());
    let ends = TokenizerOptions { cls_token: Some("[CLS]"), sep_token: Some("[SEP]") };
    Ok(Tokenizer::new(model, ends)
        .with_normalizer(Box::new(Bert::new(BertOptions { lowercase, strip_accents: lowercase })))
        .with_pre_tokenizer(Box::new(pre_tokenizers::Bert::new())))
}

/// The beginning of what a library says, on one line.
fn short(cause: &impl std::fmt::Display) -> String {
    let line: String = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|letter| !letter.is_control()).take(160).collect()
}
