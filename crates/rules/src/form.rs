//! A rule as the form editor sees it: rows of plain words. A form is turned into a rule by the same reader as a text,
//! so that both are checked in the same way and write the same thing.

use serde::{Deserialize, Serialize};

use crate::finding::{At, Finding, may_be_saved};
use crate::print::{amount, ending, given_words, limit, subject};
use crate::read::{KEYS, Sort, read_rule};
use crate::rule::{Action, Comparison, Condition, Example, Given, Quantity, Rule, Step, Test};
use crate::vocabulary::Vocabulary;
use crate::yaml::{Data, Document, Node};

/// A rule as rows of words. What is left empty is not part of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// Comments above the rule.
    pub comments: Vec<String>,
    /// Its name.
    pub name: String,
    /// Why it is there.
    pub why: String,
    /// Who looks after it.
    pub owner: String,
    /// The guideline it enforces.
    pub guideline: String,
    /// Events.
    pub when: Vec<String>,
    /// For a rule on a schedule: `Monday at 09:00`.
    pub every: String,
    /// For a rule on a schedule: `member` or `thread`.
    pub each: String,
    /// All of these must hold.
    pub all: Vec<Row>,
    /// At least one of these must hold.
    pub any: Vec<Row>,
    /// None of these may hold.
    pub unless: Vec<Row>,
    /// What is done.
    pub then: Vec<StepRow>,
    /// How often at most: `20 per hour`.
    pub limits: Vec<String>,
    /// `never`, `in 14 days`, `2026-12-01`.
    pub expires: String,
    /// `in 90 days`, `2026-12-01`.
    pub review: String,
    /// `10 percent`.
    pub hold_out: String,
    /// Texts that must match.
    pub matching: Vec<ExampleRow>,
    /// Texts that must not match.
    pub not_matching: Vec<ExampleRow>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Row {
    /// All rows hold.
    All {
        /// The rows.
        rows: Vec<Row>,
    },
    /// At least one row holds.
    Any {
        /// The rows.
        rows: Vec<Row>,
    },
    /// The row does not hold.
    Not {
        /// The row.
        row: Box<Row>,
    },
    /// The event is reason enough.
    Always,
    /// A condition in one line, as it is written in a text: for what rows cannot show.
    Written {
        /// The line.
        line: String,
    },
    /// A question.
    Question {
        /// A field or counter: `author.age`, `times(flag on post, 2 hours)`.
        subject: String,
        /// As it is written; empty for a flag.
        operator: String,
        /// Options of the operator: `loose`.
        #[serde(default)]
        options: Vec<String>,
        /// The values.
        #[serde(default)]
        values: Vec<String>,
    },
}

/// Something that is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StepRow {
    /// How long to wait; empty: at once.
    pub wait: String,
    /// Not when somebody has answered meanwhile.
    pub without_reply: bool,
    /// The actions; exactly one when it is done at once.
    pub actions: Vec<ActionRow>,
}

/// An action with its settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionRow {
    /// Its name.
    pub name: String,
    /// Settings by name; several values for a list.
    pub settings: Vec<(String, Vec<String>)>,
}

/// A text (with an empty field name), or fields with values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExampleRow {
    /// Values by field.
    pub facts: Vec<(String, Vec<String>)>,
}

/// The form of a rule.
pub fn to_form(rule: &Rule) -> Form {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Form {
        comments: rule.comments.clone(),
        name: rule.name.clone(),
        why: text(&rule.why),
        owner: text(&rule.owner),
        guideline: text(&rule.guideline),
        when: rule.when.clone(),
        every: rule.every.map(|schedule| schedule.to_string()).unwrap_or_default(),
        each: rule.each.map(|each| each.to_string()).unwrap_or_default(),
        all: rule.all.iter().map(row).collect(),
        any: rule.any.iter().map(row).collect(),
        unless: rule.unless.iter().map(row).collect(),
        then: rule.then.iter().map(step_row).collect(),
        limits: rule.limits.iter().map(limit).collect(),
        expires: rule.expires.map(ending).unwrap_or_default(),
        review: rule.review.map(ending).unwrap_or_default(),
        hold_out: rule.hold_out.map(|share| format!("{share} percent")).unwrap_or_default(),
        matching: rule.matching.iter().map(example_row).collect(),
        not_matching: rule.not_matching.iter().map(example_row).collect(),
    }
}

fn row(condition: &Condition) -> Row {
    match condition {
        Condition::All(parts) => Row::All { rows: parts.iter().map(row).collect() },
        Condition::Any(parts) => Row::Any { rows: parts.iter().map(row).collect() },
        Condition::Not(inner) => Row::Not { row: Box::new(row(inner)) },
        Condition::Always(_) => Row::Always,
        Condition::Test(comparison) => question(comparison),
    }
}

fn question(comparison: &Comparison) -> Row {
    let has = |verb: &str, quantity: Quantity| match quantity {
        Quantity::Any => format!("{verb} any"),
        Quantity::All => format!("{verb} all"),
        Quantity::None => format!("{verb} none"),
    };
    let mut options = Vec::new();
    let mut take = |way: crate::rule::Way| options = way.options().into_iter().map(str::to_owned).collect();
    let (operator, values) = match &comparison.test {
        Test::IsSet => (String::new(), Vec::new()),
        Test::Compare(order, value) => (order.sign().to_owned(), vec![amount(*value)]),
        Test::Between(low, high) => ("between".to_owned(), vec![amount(*low), amount(*high)]),
        Test::Words(quantity, way, words) => {
            take(*way);
            (has("has", *quantity), words.clone())
        }
        Test::Matches(way, words) => {
            take(*way);
            ("matches".to_owned(), words.clone())
        }
        Test::Regex(way, patterns) => {
            take(*way);
            ("matches regex".to_owned(), patterns.clone())
        }
        Test::LooksLike(shapes) => ("looks like".to_owned(), shapes.clone()),
        Test::Members(quantity, includes, names) => {
            (has(if *includes { "includes" } else { "has" }, *quantity), names.clone())
        }
        Test::OneOf(none, words) => {
            (if *none { "is none of" } else { "is any of" }.to_owned(), words.clone())
        }
        Test::Within(outside, names) => {
            (if *outside { "outside" } else { "within" }.to_owned(), names.clone())
        }
    };
    Row::Question { subject: subject(&comparison.subject), operator, options, values }
}

fn step_row(step: &Step) -> StepRow {
    let actions = step.actions().iter().map(action_row).collect();
    match step {
        Step::Now(_) => StepRow { actions, ..StepRow::default() },
        Step::Later { wait, without_reply, .. } => {
            StepRow { wait: wait.to_string(), without_reply: *without_reply, actions }
        }
    }
}

fn values(given: &Given) -> Vec<String> {
    match given {
        Given::Many(words) => words.clone(),
        other => vec![given_words(other)],
    }
}

fn action_row(action: &Action) -> ActionRow {
    let settings = action.given.iter().map(|(name, given)| (name.clone(), values(given))).collect();
    ActionRow { name: action.name.clone(), settings }
}

fn example_row(example: &Example) -> ExampleRow {
    ExampleRow { facts: example.facts.iter().map(|(name, given)| (name.clone(), values(given))).collect() }
}

/// Where the rows of texts that must not match begin: they share the part of a form with those that must.
pub const NO_MATCH: u32 = 1_000;

/// The part of a form that a finding of [`from_form`] is about, from 1 in the order of [`crate::FORM_PARTS`], and the
/// row in that part, from 1; 0: the part as a whole. Texts that must not match are counted from [`NO_MATCH`] on.
pub fn place_in_form(at: At) -> (u32, u32) {
    (at.line % PARTS, at.line / PARTS)
}

/// More than there are parts: a line of a place holds part and row, its column is that within the row.
const PARTS: u32 = 100;

fn row_at(at: At, row: u32) -> At {
    At { line: at.line + PARTS * row, column: 1 }
}

/// The rule of a form, or what is wrong with it. The place of a finding is not one in a text: see [`place_in_form`].
///
/// # Errors
/// The findings, when the form is no rule.
pub fn from_form(form: &Form, vocabulary: &Vocabulary) -> Result<Rule, Vec<Finding>> {
    read_form(form, Sort::Rule, vocabulary)
}

/// The segment of a form: its name, why, owner and conditions. As [`from_form`].
///
/// # Errors
/// The findings, when the form is no segment.
pub fn segment_from_form(form: &Form, vocabulary: &Vocabulary) -> Result<Rule, Vec<Finding>> {
    read_form(form, Sort::Segment, vocabulary)
}

fn read_form(form: &Form, sort: Sort, vocabulary: &Vocabulary) -> Result<Rule, Vec<Finding>> {
    let segment = sort == Sort::Segment;
    let mut pairs: Vec<(Node, Node)> = Vec::new();
    let mut put = |key: &str, build: &dyn Fn(At) -> Option<Data>| {
        let line = KEYS.iter().position(|known| *known == key).map_or(0, |place| place + 1);
        let at = At { line: u32::try_from(line).unwrap_or(0), column: 1 };
        if let Some(data) = build(at) {
            let key = if segment && key == "rule" { "segment" } else { key };
            pairs.push((text(at, key), Node { at, data }));
        }
    };
    for (key, value) in [
        ("rule", &form.name),
        ("every", &form.every),
        ("for each", &form.each),
        ("why", &form.why),
        ("owner", &form.owner),
        ("guideline", &form.guideline),
        ("expires", &form.expires),
        ("review", &form.review),
        ("hold out", &form.hold_out),
    ] {
        put(key, &|_| (!value.trim().is_empty()).then(|| Data::Text(value.clone(), false)));
    }
    for (key, values) in [("when", &form.when), ("limit", &form.limits)] {
        put(key, &|at| list(values, |value, row| text(row_at(at, row), value)));
    }
    for (key, rows) in [("if", &form.all), ("if any", &form.any), ("unless", &form.unless)] {
        put(key, &|at| list(rows, |row, place| condition_node(row, row_at(at, place))));
    }
    put("then", &|at| list(&form.then, |step, place| step_node(step, row_at(at, place))));
    put("examples", &|at| {
        let sorts = [("match", &form.matching), ("no match", &form.not_matching)];
        let found: Vec<(Node, Node)> = sorts
            .into_iter()
            .filter_map(|(name, rows)| {
                let first = if name == "match" { 0 } else { NO_MATCH };
                let data = list(rows, |row, place| facts_node(&row.facts, row_at(at, place + first)))?;
                Some((text(at, name), Node { at, data }))
            })
            .collect();
        (!found.is_empty()).then_some(Data::Map(found))
    });
    let root = Node { at: At { line: 1, column: 1 }, data: Data::Map(pairs) };
    let document = Document { root: Some(root), comments: form.comments.clone(), other_comments: Vec::new() };
    let mut findings = Vec::new();
    match read_rule(document, sort, vocabulary, &mut findings) {
        Some(rule) if may_be_saved(&findings) => Ok(rule),
        _ => Err(findings),
    }
}

fn text(at: At, text: &str) -> Node {
    Node { at, data: Data::Text(text.to_owned(), false) }
}

fn list<T>(values: &[T], node: impl Fn(&T, u32) -> Node) -> Option<Data> {
    let nodes: Vec<Node> = values.iter().zip(1..).map(|(value, column)| node(value, column)).collect();
    (!nodes.is_empty()).then_some(Data::List(nodes))
}

fn condition_node(row: &Row, at: At) -> Node {
    // A list of its own behind the line may be long; inside of a line it may not.
    if let Row::Question { values, operator, .. } = row
        && !values.is_empty()
        && operator.starts_with(char::is_alphabetic)
        && operator != "between"
    {
        let data = values.iter().map(|value| Node { at, data: Data::Text(value.clone(), true) }).collect();
        let key = text(at, &head(row));
        return Node { at, data: Data::Map(vec![(key, Node { at, data: Data::List(data) })]) };
    }
    text(at, &row_line(row))
}

/// The question without its values.
fn head(row: &Row) -> String {
    let Row::Question { subject, operator, options, .. } = row else { return String::new() };
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) };
    format!("{subject} {operator}{options}")
}

/// A row in one line. Values stand in quotes, so that none of them is read as a part of the line.
fn row_line(row: &Row) -> String {
    let joined = |rows: &[Row], word: &str| {
        let lines: Vec<String> = rows.iter().map(|row| format!("({})", row_line(row))).collect();
        lines.join(word)
    };
    match row {
        Row::All { rows } => joined(rows, " and "),
        Row::Any { rows } => joined(rows, " or "),
        Row::Not { row } => format!("not ({})", row_line(row)),
        Row::Always => "always".to_owned(),
        Row::Written { line } => line.clone(),
        Row::Question { operator, values, .. } => {
            let quoted: Vec<String> = values
                .iter()
                .map(|value| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
                .collect();
            let values = match (operator.as_str(), quoted.as_slice()) {
                (_, []) => String::new(),
                ("between", [low, high]) => format!(" {low} and {high}"),
                ("<" | "<=" | "=" | ">=" | ">", [only]) => format!(" {only}"),
                _ => format!(" [{}]", quoted.join(", ")),
            };
            format!("{}{values}", head(row))
        }
    }
}

fn step_node(step: &StepRow, at: At) -> Node {
    let nodes: Vec<Node> = step.actions.iter().map(|action| action_node(action, at)).collect();
    if step.wait.trim().is_empty() {
        let mut nodes = nodes;
        return match (nodes.len(), nodes.pop()) {
            (1, Some(only)) => only,
            (_, last) => Node { at, data: last.map_or(Data::Nothing, |last| Data::List(vec![last])) },
        };
    }
    let reply = if step.without_reply { " without reply" } else { "" };
    let key = text(at, &format!("after {}{reply}", step.wait.trim()));
    Node { at, data: Data::Map(vec![(key, Node { at, data: Data::List(nodes) })]) }
}

fn value_node(values: &[String], at: At) -> Node {
    match values {
        [only] => text(at, only),
        _ => Node { at, data: Data::List(values.iter().map(|value| text(at, value)).collect()) },
    }
}

fn action_node(action: &ActionRow, at: At) -> Node {
    let settings: Vec<(Node, Node)> = action
        .settings
        .iter()
        .filter(|(_, values)| values.iter().any(|value| !value.trim().is_empty()))
        .map(|(name, values)| (text(at, name), value_node(values, at)))
        .collect();
    if settings.is_empty() {
        return text(at, &action.name);
    }
    Node { at, data: Data::Map(vec![(text(at, &action.name), Node { at, data: Data::Map(settings) })]) }
}

fn facts_node(facts: &[(String, Vec<String>)], at: At) -> Node {
    if let [(name, values)] = facts
        && name.is_empty()
    {
        return value_node(values, at);
    }
    let pairs = facts.iter().map(|(name, values)| (text(at, name), value_node(values, at))).collect();
    Node { at, data: Data::Map(pairs) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    #[test]
    fn the_six_rules_pass_through_the_form() {
        for rule in read(crate::samples::SIX, Vocabulary::standard()).rules {
            let form = to_form(&rule);
            let kept = serde_json::to_string(&form).unwrap();
            assert_eq!(serde_json::from_str::<Form>(&kept).unwrap(), form);
            assert_eq!(from_form(&form, Vocabulary::standard()).unwrap(), rule);
        }
    }

    #[test]
    fn a_form_is_checked_like_a_text() {
        let mut form = to_form(&read(crate::samples::SIX, Vocabulary::standard()).rules[0]);
        form.limits.push("often".to_owned());
        form.all.push(Row::Question {
            subject: "author.age".to_owned(),
            operator: "<".to_owned(),
            options: Vec::new(),
            values: vec!["1 day or always".to_owned()],
        });
        let findings = from_form(&form, Vocabulary::standard()).unwrap_err();
        let shown: Vec<_> =
            findings.iter().map(|one| (place_in_form(one.at), one.message.as_str())).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(shown[0].0 == (12, 2) && shown[0].1.starts_with("\"often\" is not a limit"), "{shown:?}");
        assert!(shown[1].0 == (8, 4) && shown[1].1.contains("unit \"day or always\""), "{shown:?}");
    }
}
