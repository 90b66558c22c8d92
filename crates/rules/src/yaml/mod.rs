//! A strict reading of YAML: every value with its place, the core schema and nothing beyond it.
//!
//! Refused, each with a sentence: a key that stands twice, anchors, aliases, tags, directives, more than
//! [`DEEPEST`] levels, more than [`MOST_VALUES`] values, more than [`LONGEST`] bytes.

mod mistakes;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::finding::{At, Finding};
use crate::length::brief;

/// Levels of nesting a text may have.
pub(crate) const DEEPEST: usize = 12;
/// Values a document may hold.
pub(crate) const MOST_VALUES: usize = 20_000;
/// Bytes a text may have.
pub(crate) const LONGEST: usize = 4_000_000;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) data: Data,
}

/// What a value is, by the core schema of YAML 1.2: `no` and `on` are texts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    Nothing,
    Flag(bool),
    /// The number, and as it was written.
    Number(f64, String),
    /// The text, and whether it stood in quotes.
    Text(String, bool),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// What this is, for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self.data {
            Data::Nothing => "nothing",
            Data::Flag(_) => "yes or no (true or false)",
            Data::Number(..) => "a number",
            Data::Text(..) => "a text",
            Data::List(_) => "a list",
            Data::Map(_) => "a group of settings",
        }
    }

    /// A single value as it was written; nothing for lists and maps.
    pub(crate) fn written(&self) -> Option<String> {
        match &self.data {
            Data::Nothing => Some(String::new()),
            Data::Flag(flag) => Some(flag.to_string()),
            Data::Number(_, written) => Some(written.clone()),
            Data::Text(text, _) => Some(text.clone()),
            Data::List(_) | Data::Map(_) => None,
        }
    }

    /// The text, when this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text, _) => Some(text),
            _ => None,
        }
    }

    /// Where the first letter of the text stands: behind the quote, when there is one.
    pub(crate) fn inside(&self) -> At {
        if matches!(self.data, Data::Text(_, true)) { self.at.right(1) } else { self.at }
    }
}

/// One of several documents in a text.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Its value; nothing when it is empty or broken.
    pub(crate) root: Option<Node>,
    /// Comments before its first value, without the `#`.
    pub(crate) comments: Vec<String>,
    /// Where other comments stand, which a form cannot keep.
    pub(crate) other_comments: Vec<At>,
}

/// Reads all documents of a text. A broken one is reported, and reading goes on with the next.
pub(crate) fn documents(text: &str, findings: &mut Vec<Finding>) -> Vec<Document> {
    if text.len() > LONGEST {
        let message = format!("This text is too long: at most {LONGEST} bytes are read.");
        findings.push(Finding::error(At { line: 1, column: 1 }, message));
        return Vec::new();
    }
    let text = &*mistakes::plain_spaces(text);
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
        max_buffered_comment_events: 1_000,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::default();
    let mut restarts = 0;
    loop {
        match parser.next_event() {
            Some(Ok((Event::StreamEnd, _))) | None => break,
            Some(Ok((event, span))) => builder.take(event, span, findings),
            Some(Err(error)) => {
                findings.push(unreadable(text, &error));
                builder.abandon();
                restarts += 1;
                if restarts > 100 || !parser.proceed_next_document().unwrap_or(false) {
                    break;
                }
            }
        }
    }
    builder.finish();
    builder.done
}

fn place(span: &Span) -> At {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    At { line: number(span.start.line()), column: number(span.start.col() + 1) }
}

fn unreadable(text: &str, error: &ScanError) -> Finding {
    let marker = error.marker();
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let at = At { line: number(marker.line()), column: number(marker.col() + 1) };
    mistakes::explain(text, at, &error.info())
}

struct Frame {
    at: At,
    holds: Holds,
}

enum Holds {
    List(Vec<Node>),
    Map { pairs: Vec<(Node, Node)>, seen: std::collections::HashSet<String>, key: Option<Node> },
}

#[derive(Default)]
struct Builder {
    done: Vec<Document>,
    current: Document,
    open: Vec<Frame>,
    values: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span, findings: &mut Vec<Finding>) {
        let at = place(&span);
        if event.tag().is_some() {
            let message = "A word that begins with \"!\" is nothing a rule knows. Write \"not\" for not; a text that begins with \"!\" stands in quotes.";
            findings.push(Finding::error(at, message));
        }
        if event.anchor_id().is_some() && !event.is_alias() {
            let message = "A text that begins with \"&\" stands in quotes: \"&co\".";
            findings.push(Finding::error(at, message));
        }
        match event {
            Event::DocumentEnd => self.finish(),
            Event::Comment(text, _) => {
                if self.open.is_empty() && self.current.root.is_none() {
                    self.current.comments.push(text.trim_end().to_owned());
                } else {
                    self.current.other_comments.push(at);
                }
            }
            Event::Scalar(text, style, ..) => {
                let data = if style == ScalarStyle::Plain {
                    plain(&text)
                } else {
                    Data::Text(text.into_owned(), true)
                };
                self.put(Node { at, data }, findings);
            }
            Event::SequenceStart(..) => self.open.push(Frame { at, holds: Holds::List(Vec::new()) }),
            Event::MappingStart(..) => {
                let holds = Holds::Map { pairs: Vec::new(), seen: Default::default(), key: None };
                self.open.push(Frame { at, holds });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.open.pop() {
                    let data = match frame.holds {
                        Holds::List(items) => Data::List(items),
                        Holds::Map { pairs, .. } => Data::Map(pairs),
                    };
                    self.put(Node { at: frame.at, data }, findings);
                }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let message = "A text that begins with \"*\" stands in quotes: \"*casino\".";
                findings.push(Finding::error(at, message));
                self.put(Node { at, data: Data::Nothing }, findings);
            }
            _ => {}
        }
    }

    fn put(&mut self, node: Node, findings: &mut Vec<Finding>) {
        self.values += 1;
        if self.values == MOST_VALUES {
            let message = format!("One rule may hold at most {MOST_VALUES} values.");
            findings.push(Finding::error(node.at, message));
        }
        if self.values >= MOST_VALUES {
            return;
        }
        match self.open.last_mut().map(|frame| &mut frame.holds) {
            None => self.current.root = Some(node),
            Some(Holds::List(items)) => items.push(node),
            Some(Holds::Map { pairs, seen, key }) => match key.take() {
                None => *key = Some(node),
                Some(name) => {
                    let fresh = name.written().is_none_or(|written| seen.insert(written));
                    if fresh {
                        pairs.push((name, node));
                    } else {
                        let written = name.written().unwrap_or_default();
                        let message = format!(
                            "\"{}\" stands here twice. Only one can hold; join them or drop one.",
                            brief(&written)
                        );
                        findings.push(Finding::error(name.at, message));
                    }
                }
            },
        }
    }

    fn finish(&mut self) {
        self.open.clear();
        self.values = 0;
        let document = std::mem::take(&mut self.current);
        if document.root.is_some() {
            self.done.push(document);
        } else if let Some(last) = self.done.last_mut().filter(|_| !document.comments.is_empty()) {
            last.other_comments.push(At::default());
        }
    }

    fn abandon(&mut self) {
        self.open.clear();
        self.current = Document::default();
        self.values = 0;
    }
}

/// The core schema: `null`, `true`, whole numbers, decimal numbers; everything else is a text.
pub(crate) fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Nothing,
        "true" | "True" | "TRUE" => return Data::Flag(true),
        "false" | "False" | "FALSE" => return Data::Flag(false),
        _ => {}
    }
    match number(text) {
        Some(number) => Data::Number(number, text.to_owned()),
        None => Data::Text(text.to_owned(), false),
    }
}

/// A decimal number as YAML's core schema writes it.
pub(crate) fn number(text: &str) -> Option<f64> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let allowed = |letter: u8| letter.is_ascii_digit() || matches!(letter, b'.' | b'e' | b'E' | b'+' | b'-');
    if digits == 0 || text.len() > 40 || !body.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if !body.bytes().all(allowed) {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(node: &Node) -> String {
        match &node.data {
            Data::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
            Data::Map(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| format!("{}={}", show(key), show(value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(" "))
            }
            Data::Text(text, _) => format!("'{text}'@{}", node.at),
            Data::Number(number, _) => format!("{number}"),
            Data::Flag(flag) => format!("{flag}"),
            Data::Nothing => "-".to_owned(),
        }
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let mut findings = Vec::new();
        let read = documents(text, &mut findings);
        let mut shown: Vec<String> =
            read.iter().map(|document| document.root.as_ref().map(show).unwrap_or_default()).collect();
        shown.extend(findings.iter().map(|finding| {
            let words: Vec<&str> = finding.message.split(' ').take(4).collect();
            format!("{} {}", finding.at, words.join(" "))
        }));
        assert_eq!(shown.join(" | "), expect, "{text}");
    }

    #[test]
    fn values_are_read_with_their_places() {
        check("a: b", "{'a'@1:1='b'@1:4}");
        check("a:\n  - no\n  - 12\n  - true\n", "{'a'@1:1=['no'@2:5 12 true]}");
        check("a: [on, 1.5, \"1.5\", ~]", "{'a'@1:1=['on'@1:5 1.5 '1.5'@1:14 -]}");
        check("a: 1\n---\nb: 2\n", "{'a'@1:1=1} | {'b'@3:1=2}");
        check("a: 2026-12-01", "{'a'@1:1='2026-12-01'@1:4}");
    }

    #[test]
    fn what_is_not_plain_yaml_is_refused() {
        check("a: 1\na: 2", "{'a'@1:1=1} | 2:1 \"a\" stands here twice.");
        check("a: &x 1\nb: *x", "{'a'@1:1=1 'b'@2:1=-} | 1:7 A text that begins | 2:4 A text that begins");
        check("a: !!str 1", "{'a'@1:1=1} | 1:10 A word that begins");
        check("a: b: c", "1:5 A text that holds");
        check("a: [1\n---\nb: 2", "{'b'@3:1=2} | 1:4 The bracket \"[\" that");
        check("%YAML 1.1\n---\na: 1", "1:1 This cannot be read");
        let deep = format!("a: {}1{}", "[".repeat(40), "]".repeat(40));
        check(&deep, "1:16 This cannot be read");
    }

    #[test]
    fn comments_before_the_first_value_are_kept() {
        let mut findings = Vec::new();
        let read = documents("# one\n#  two\na: 1 # three\n---\n# four\nb: 2\n", &mut findings);
        let comments: Vec<_> = read.iter().map(|document| document.comments.clone()).collect();
        assert_eq!(comments, vec![vec![" one".to_owned(), "  two".to_owned()], vec![" four".to_owned()]]);
        assert_eq!(read.iter().map(|document| document.other_comments.len()).collect::<Vec<_>>(), [1, 0]);
    }
}
