//! Conditions: lines such as `author.age < 1 day and not post.tags includes any: [meta]`.

use super::operators::{Asked, Operator, WORDED};
use super::slips::{comma, is_joint, joins, lists, no_dash};
use super::tokens::{Kind, Token, tokens};
use super::values::{self, Item};
use crate::finding::{At, Finding, nearest};
use crate::length::brief;
use crate::rule::{Comparison, Condition, Subject, Test, Way};
use crate::vocabulary::{Field, FieldKind, Vocabulary};
use crate::yaml::{Data, Node};

/// Brackets and `not` in one line.
const DEEPEST: usize = 8;
/// Conditions in one list.
const MOST: usize = 100;

/// The conditions behind `if:`, `if any:` or `unless:`: one line, or a list of lines.
pub(super) fn conditions(
    node: &Node,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Vec<Condition> {
    let lines = match &node.data {
        Data::List(lines) => lines.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if lines.is_empty() || lines.len() > MOST {
        let message = if lines.is_empty() {
            "There is no condition here. Write one, or leave the key out.".to_owned()
        } else {
            format!("At most {MOST} conditions stand in one list.")
        };
        findings.push(Finding::error(node.at, message));
        return Vec::new();
    }
    lines.iter().filter_map(|line| condition(line, vocabulary, findings)).collect()
}

fn condition(node: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Option<Condition> {
    match &node.data {
        Data::Text(line, _) => one_line(line, node.inside(), None, vocabulary, findings),
        Data::Map(pairs) => match pairs.as_slice() {
            [(key, value)] => match key.text() {
                Some(line) => one_line(line, key.inside(), Some(value), vocabulary, findings),
                None => {
                    let message = format!("Here is {}; a condition begins with a field.", key.kind());
                    findings.push(Finding::error(key.at, message));
                    None
                }
            },
            _ => {
                let message = "Every condition stands on a line of its own that begins with \"- \".";
                findings.push(Finding::error(pairs.get(1).map_or(node.at, |(key, _)| key.at), message));
                None
            }
        },
        _ => {
            let message =
                format!("Here is {}; a condition is a line such as \"author.age < 1 day\".", node.kind());
            findings.push(Finding::error(node.at, message));
            None
        }
    }
}

/// Reads one line; `tail` is the value behind its colon.
fn one_line(
    line: &str,
    at: At,
    tail: Option<&Node>,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Option<Condition> {
    if let Some(finding) = no_dash(line, at) {
        findings.push(finding);
        return None;
    }
    let tokens = match tokens(line, at) {
        Ok(tokens) => tokens,
        Err(finding) => {
            findings.push(finding);
            return None;
        }
    };
    let before = findings.len();
    let end = at.right(line.chars().count());
    let mut reader = Reader { tokens: &tokens, next: 0, end, tail, vocabulary, findings };
    let read = reader.either(0);
    if let Some(token) = reader.tokens.get(reader.next)
        && reader.findings.len() == before
    {
        let message = match token.kind {
            Kind::Comma => {
                "A comma joins nothing here. Several words stand in [ ], several conditions on lines of their own that begin with \"- \"; a number has a point, as in 0.9."
            }
            _ => {
                "I do not understand the line from here on. Between two conditions stands \"and\" or \"or\"."
            }
        };
        let at = token.at;
        reader.error(at, message);
    }
    if let Some(tail) = reader.tail.filter(|_| reader.findings.len() == before) {
        reader.error(tail.at, "Nothing in the line asks for these values. An operator such as \"has any\" stands before the colon.");
    }
    read.filter(|_| findings.len() == before)
}

pub(super) struct Reader<'a, 'f> {
    pub(super) tokens: &'a [Token],
    pub(super) next: usize,
    pub(super) end: At,
    pub(super) tail: Option<&'a Node>,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) findings: &'f mut Vec<Finding>,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn error(&mut self, at: At, message: impl Into<String>) {
        self.findings.push(Finding::error(at, message));
    }

    pub(super) fn peek(&self) -> Option<&'a Kind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    pub(super) fn at(&self) -> At {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }

    pub(super) fn word(&self) -> Option<&'a str> {
        match self.peek() {
            Some(Kind::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn eat(&mut self, kind: &Kind) -> bool {
        let found = self.peek() == Some(kind);
        self.next += usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word().is_some_and(|here| is_joint(here, word));
        self.next += usize::from(found);
        found
    }

    fn either(&mut self, depth: usize) -> Option<Condition> {
        self.joined(depth, "or", Self::both, Condition::Any)
    }

    fn both(&mut self, depth: usize) -> Option<Condition> {
        self.joined(depth, "and", Self::one, Condition::All)
    }

    fn joined(
        &mut self,
        depth: usize,
        word: &str,
        read: fn(&mut Self, usize) -> Option<Condition>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Option<Condition> {
        let mut parts = vec![read(self, depth)];
        while self.eat_word(word) {
            parts.push(read(self, depth));
        }
        let mut parts: Vec<Condition> = parts.into_iter().collect::<Option<_>>()?;
        if parts.len() == 1 { parts.pop() } else { Some(join(parts)) }
    }

    fn one(&mut self, depth: usize) -> Option<Condition> {
        let at = self.at();
        if depth > DEEPEST {
            self.error(at, "There are too many brackets or \"not\" in this line. Split it in several.");
            self.next = self.tokens.len();
            return None;
        }
        if self.eat_word("not") {
            return Some(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.eat(&Kind::Open) {
            let inner = self.either(depth + 1);
            if !self.eat(&Kind::Close) {
                let at = self.at();
                self.error(at, "A bracket is not closed here: \")\" is missing.");
                self.skip();
                return None;
            }
            return inner;
        }
        if self.eat_word("always") {
            return Some(Condition::Always(at));
        }
        let Some((subject, field)) = self.subject() else {
            self.skip();
            return None;
        };
        let test = self.test(&field, &subject);
        if test.is_none() {
            self.skip();
        }
        Some(Condition::Test(Comparison { subject, test: test?, at }))
    }

    /// Goes on behind the next `and`, `or` or bracket, so that what follows is checked too.
    fn skip(&mut self) {
        while let Some(kind) = self.peek() {
            if matches!(kind, Kind::Word(word) if joins(word)) || *kind == Kind::Close {
                return;
            }
            self.next += 1;
        }
        self.tail = None;
    }

    fn test(&mut self, field: &Field, subject: &Subject) -> Option<Test> {
        let at = self.at();
        let bare = match self.peek() {
            None => self.tail.is_none(),
            Some(Kind::Close) => true,
            Some(Kind::Word(word)) => joins(word),
            Some(_) => false,
        };
        let name = match subject {
            Subject::Field(name) => name.as_str(),
            Subject::Times { .. } => "times",
            Subject::Distinct { .. } => "distinct",
        };
        if bare {
            if field.kind == FieldKind::Flag {
                return Some(Test::IsSet);
            }
            let known = super::operators_of(field.kind).join(", ");
            let message = format!("What about {name}? It is {}: {known}.", field.kind.says());
            self.error(at, message);
            return None;
        }
        if field.kind == FieldKind::Flag {
            let message = format!("\"{name}\" is yes or no: write it alone, or with \"not\" before it.");
            let meant = if self.says_yes() { name.to_owned() } else { format!("not {name}") };
            self.findings.push(Finding::error(at, message).meaning(Some(meant)));
            return None;
        }
        let (operator, spelled) = self.operator(field)?;
        let way = self.options(operator, field)?;
        let items = self.values(operator)?;
        let asked = Asked { field, name, operator, spelled: &spelled, at, way, items: &items };
        asked.test(self.vocabulary, self.findings)
    }

    fn operator(&mut self, field: &Field) -> Option<(Operator, String)> {
        let at = self.at();
        let measured = matches!(field.kind, FieldKind::Number | FieldKind::Duration | FieldKind::Share);
        if let Some((sign, _)) = self.in_words().filter(|_| measured) {
            let message = format!("Comparisons are written with a sign here: \"{sign}\".");
            self.findings.push(Finding::error(at, message).meaning(Some(sign)));
            return None;
        }
        if let Some(Kind::Sign(sign)) = self.peek() {
            self.next += 1;
            return Some((Operator::Sign(sign), (*sign).to_owned()));
        }
        for (spelled, operator) in WORDED {
            let words: Vec<&str> = spelled.split(' ').collect();
            let here = self.tokens[self.next.min(self.tokens.len())..].iter().map(|token| &token.kind);
            let same =
                here.zip(&words).filter(|(kind, word)| matches!(kind, Kind::Word(w) if w == *word)).count();
            if same == words.len() {
                self.next += words.len();
                return Some((*operator, (*spelled).to_owned()));
            }
        }
        let rest = self.tokens.iter().skip(self.next).take(2);
        let words: Vec<&str> = rest
            .map_while(|token| match &token.kind {
                Kind::Word(word) => Some(word.as_str()),
                _ => None,
            })
            .collect();
        let known = super::operators_of(field.kind);
        let written = words.join(" ");
        let meant = match words.first().copied().unwrap_or_default() {
            "contains" | "contain" | "has" | "include" | "includes" | "in" => known.first().copied(),
            "under" | "below" | "less" => Some("<"),
            "over" | "above" | "more" => Some(">"),
            "equals" | "is" => known.get(2).copied(),
            first => {
                nearest(&written, known.iter().copied()).or_else(|| nearest(first, known.iter().copied()))
            }
        };
        let allowed = if known.is_empty() { "it stands alone".to_owned() } else { known.join(", ") };
        let message = format!(
            "I do not know \"{}\" here. {} is {}: {allowed}.",
            brief(&written),
            field.name.trim_end_matches('*'),
            field.kind.says()
        );
        self.findings.push(Finding::error(at, message).meaning(meant));
        None
    }

    /// `(anywhere, loose)` behind an operator for texts.
    fn options(&mut self, operator: Operator, field: &Field) -> Option<Way> {
        let mut way = Way::default();
        let worded = matches!(
            operator,
            Operator::Has(_) | Operator::HasAt(_) | Operator::Matches | Operator::MatchesRegex
        );
        if field.kind != FieldKind::Text || !worded || self.peek() != Some(&Kind::Open) {
            return Some(way);
        }
        let regex = operator == Operator::MatchesRegex || operator == Operator::Matches;
        for option in self.arguments()? {
            let word = option.written.as_str();
            let known = Way::OPTIONS.contains(&word);
            if regex && known && !["case", "with quotes", "with code"].contains(&word) {
                let message = format!("\"{word}\" does not go with \"matches\".");
                self.error(option.at, message);
                return None;
            }
            if !way.set(word) {
                let message = format!(
                    "I do not know the option \"{}\". There are: {}.",
                    brief(word),
                    Way::OPTIONS.join(", ")
                );
                let meant = nearest(word, Way::OPTIONS);
                self.findings.push(Finding::error(option.at, message).meaning(meant));
                return None;
            }
        }
        Some(way)
    }

    /// The values: behind the colon when the line ends here, else a list in brackets or words up to `and` or `or`.
    fn values(&mut self, operator: Operator) -> Option<Vec<Item>> {
        let at = self.at();
        match self.peek() {
            None => match self.tail.take() {
                Some(tail) if lists(operator) && comma(tail) => {
                    let written = tail.written().unwrap_or_default();
                    let message = "Several words stand in [ ]; one text that holds a comma stands in quotes.";
                    let meant = format!("[{}]", brief(&written));
                    self.findings.push(Finding::error(tail.at, message).meaning(Some(meant)));
                    None
                }
                Some(tail) => values::items(tail, self.findings),
                None => {
                    self.error(at, "A value is missing here.");
                    None
                }
            },
            Some(Kind::OpenList) => self.list(),
            Some(_) => {
                let mut found = vec![self.plain_value()?];
                if operator == Operator::Between && self.eat_word("and") {
                    found.push(self.plain_value()?);
                }
                Some(found)
            }
        }
    }

    fn plain_value(&mut self) -> Option<Item> {
        let at = self.at();
        if let Some(Kind::Quoted(text)) = self.peek() {
            self.next += 1;
            return Some(Item { at, written: text.clone(), is_text: true, quoted: true });
        }
        let mut written = String::new();
        while let Some(word) = self.word().filter(|word| !joins(word)) {
            if !written.is_empty() && self.begins_another(word) {
                let message = "Another condition begins here. Write \"and\" or \"or\" before it, or begin a line of its own with \"- \".";
                let here = self.at();
                self.error(here, message);
                return None;
            }
            if !written.is_empty() {
                written.push(' ');
            }
            written.push_str(word);
            self.next += 1;
        }
        if written.is_empty() {
            self.error(at, "A value is missing here.");
            return None;
        }
        let is_text = crate::yaml::number(&written).is_none() && written != "true" && written != "false";
        Some(Item { at, written, is_text, quoted: false })
    }

    fn list(&mut self) -> Option<Vec<Item>> {
        self.next += 1;
        let mut found = Vec::new();
        loop {
            let at = self.at();
            match self.peek() {
                Some(Kind::CloseList) => break self.next += 1,
                Some(Kind::Comma) => self.next += 1,
                Some(Kind::Word(_) | Kind::Quoted(_)) => found.push(self.list_value()),
                _ => {
                    self.error(at, "A list is not closed here: \"]\" is missing.");
                    return None;
                }
            }
        }
        if found.is_empty() {
            let at = self.at();
            self.error(at, "This list is empty. Name at least one thing.");
            return None;
        }
        Some(found)
    }

    fn list_value(&mut self) -> Item {
        let at = self.at();
        if let Some(Kind::Quoted(text)) = self.peek() {
            self.next += 1;
            return Item { at, written: text.clone(), is_text: true, quoted: true };
        }
        let mut words = Vec::new();
        while let Some(word) = self.word() {
            words.push(word);
            self.next += 1;
        }
        let written = words.join(" ");
        let is_text =
            !matches!(written.as_str(), "true" | "false") && crate::yaml::number(&written).is_none();
        Item { at, written, is_text, quoted: false }
    }
}
