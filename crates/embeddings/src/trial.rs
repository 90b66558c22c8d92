//! Trying a model before it is taken: does it run on short, long and odd texts, and how near are texts that have
//! nothing in common?

use mainstreet_kernel::{Error, Result};
use serde_json::{Value, json};

use crate::{Files, Model, Vector};

/// Lengths in tokens that are tried, longest first. Sentence models are made for 128 to 512; a long one costs more
/// with each text, and gains little where a post says early what it is about.
const LENGTHS: &[usize] = &[256, 128, 64];

/// Sentences without a common subject: how near a model puts them is what "nothing in common" is on its scale.
const APART: &[&str] = &[
    "The train to the coast leaves at nine in the morning.",
    "How do I reset the password of my account?",
    "Her grandmother bakes bread with rye and caraway.",
    "The battery of this sensor is empty after two days.",
    "A good pass from the left, and the goalkeeper had no chance.",
    "Interest rates were raised by a quarter of a percent.",
    "Water the tomatoes in the evening, never at noon.",
    "The function returns a pointer that is freed twice.",
    "We painted the bedroom in a light green.",
    "The court postponed the hearing until October.",
    "Violins enter in the second movement, very softly.",
    "My dog is afraid of thunder and hides under the bed.",
    "Which visa do I need to work abroad for a year?",
    "The volcano had been quiet for three hundred years.",
    "Please send the invoice to our office before Friday.",
    "Thanks everybody, that was a wonderful evening!",
];

/// What a trial found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Dimensions of its vectors.
    pub dims: usize,
    /// Most tokens of a text that it reads.
    pub tokens: usize,
    /// The cosine under which texts have nothing in common: the mean of unrelated pairs and two deviations, at
    /// most 0.95.
    pub floor: f32,
}

impl Found {
    /// For another process.
    pub fn to_json(&self) -> Value {
        json!({ "dims": self.dims, "tokens": self.tokens, "floor": self.floor })
    }

    /// As another process wrote it.
    pub fn from_json(value: &Value) -> Option<Self> {
        let number = |key: &str| value.get(key)?.as_u64().and_then(|number| usize::try_from(number).ok());
        let floor = value.get("floor")?.as_f64()? as f32;
        Some(Self { dims: number("dims")?, tokens: number("tokens")?, floor })
    }
}

/// Loads and runs a model on texts of every kind. Errors: a sentence that says why it cannot be used. A hostile file
/// may end the process that tries it, so try it in one of its own.
pub fn run(files: &Files) -> Result<Found> {
    let long = "How do I export what I wrote to a file? ".repeat(200);
    let odd = "\u{202e}\u{0}\u{feff} 🧵🧶 ﷽ 日本語 \u{0301}\u{0301}";
    let mut last = Error::invalid("The model could not be tried.");
    for tokens in LENGTHS {
        let model = Model::load(files, *tokens)?;
        let tried = model.embed(&long);
        match tried {
            Ok(vector) => {
                for text in ["", "a", odd] {
                    same(&vector, &model.embed(text)?)?;
                }
                let floor = floor(&model, &vector)?;
                return Ok(Found { dims: vector.dims(), tokens: *tokens, floor });
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn same(a: &Vector, b: &Vector) -> Result<()> {
    if a.dims() == b.dims() {
        return Ok(());
    }
    Err(Error::invalid("The model answers vectors of different lengths for different texts."))
}

fn floor(model: &Model, one: &Vector) -> Result<f32> {
    let vectors: Vec<Vector> = APART.iter().map(|text| model.embed(text)).collect::<Result<_>>()?;
    let mut cosines = Vec::new();
    for (at, a) in vectors.iter().enumerate() {
        same(one, a)?;
        cosines.extend(vectors.iter().skip(at + 1).map(|b| a.cosine(b)));
    }
    let count = cosines.len() as f32;
    let mean = cosines.iter().sum::<f32>() / count;
    let spread = (cosines.iter().map(|cosine| (cosine - mean).powi(2)).sum::<f32>() / count).sqrt();
    if vectors.windows(2).all(|pair| pair.first() == pair.last()) {
        return Err(Error::invalid("The model answers the same vector whatever it reads."));
    }
    Ok((mean + 2.0 * spread).clamp(-1.0, 0.95))
}
