//! What can be chosen in the form of a rule, in plain words and grouped.

use mainstreet_desk::rules::{unfilled, unheard};
use mainstreet_rules::{Event, FieldKind, Names, Vocabulary, operators_of};

use super::fields::{Ask, Draft, EndLine, Line, SHAPES, kind, measured};

/// One thing to choose.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
    /// It cannot be chosen: its label says why.
    pub(super) off: bool,
}

/// Things to choose, under a heading.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

fn choice(value: &str, label: impl Into<String>, chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.into(), chosen, off: false }
}

/// The same, shown as what cannot be chosen here when there is a reason.
fn unless(one: Choice, why: Option<&str>) -> Choice {
    match why {
        Some(why) => Choice { label: format!("{} (not here yet: {why})", one.label), off: true, ..one },
        None => one,
    }
}

/// Names with ticks at those that are chosen; a chosen one that is not known any more stays, and says so.
pub(super) fn ticks<'a>(
    known: impl IntoIterator<Item = &'a str>,
    chosen: &[String],
    also: &dyn Fn(&str) -> bool,
) -> Vec<Choice> {
    let mut all: Vec<Choice> = known
        .into_iter()
        .map(|name| choice(name, name, chosen.iter().any(|one| one.eq_ignore_ascii_case(name))))
        .collect();
    for one in chosen {
        if !all.iter().any(|known| known.value.eq_ignore_ascii_case(one)) {
            let label = if also(one) { one.clone() } else { format!("{one} (there is no such thing)") };
            all.push(choice(one, label, true));
        }
    }
    all
}

/// Units of time; the last chosen one stays chosen.
pub(super) fn units(chosen: &str, business: bool) -> Vec<Choice> {
    let all = ["minutes", "hours", "days", "weeks", "seconds", "business hours", "business days"];
    let some = all.iter().filter(|unit| business || !unit.starts_with("business"));
    let chosen = if chosen.is_empty() { "hours" } else { chosen };
    let mut found: Vec<Choice> = some.map(|unit| choice(unit, *unit, *unit == chosen)).collect();
    if !found.iter().any(|unit| unit.chosen) {
        found.push(choice(chosen, chosen, true));
    }
    found
}

/// The units of a limit: one of each.
pub(super) fn per(chosen: &str) -> Vec<Choice> {
    let chosen = if chosen.is_empty() { "hour" } else { chosen };
    ["minute", "hour", "day", "week"].iter().map(|unit| choice(unit, *unit, *unit == chosen)).collect()
}

/// What a limit counts: whatever the rule does, or one kind of it.
pub(super) fn nouns(chosen: &str) -> Vec<Choice> {
    let all = ["", "actions", "requests", "messages", "items", "members"];
    let mut found: Vec<Choice> = all
        .iter()
        .map(|noun| choice(noun, if noun.is_empty() { "times" } else { noun }, *noun == chosen))
        .collect();
    if !all.contains(&chosen) {
        found.push(choice(chosen, chosen, true));
    }
    found
}

/// On which days a schedule runs.
pub(super) fn days(chosen: &str) -> Vec<Choice> {
    let all = [
        ("day", "every day"),
        ("Monday", "every Monday"),
        ("Tuesday", "every Tuesday"),
        ("Wednesday", "every Wednesday"),
        ("Thursday", "every Thursday"),
        ("Friday", "every Friday"),
        ("Saturday", "every Saturday"),
        ("Sunday", "every Sunday"),
        ("month", "every month, on day"),
    ];
    all.iter().map(|(value, label)| choice(value, *label, *value == chosen)).collect()
}

/// What a schedule goes through.
pub(super) fn each(chosen: &str) -> Vec<Choice> {
    let all = [("member", "every member"), ("thread", "every thread of the last 90 days")];
    all.iter().map(|(value, label)| choice(value, *label, *value == chosen)).collect()
}

/// How a rule can end, or when it is looked at again.
pub(super) fn endings(end: &EndLine, none: &'static str, never: bool) -> Vec<Choice> {
    let mut all = vec![("", none), ("in", "after some time"), ("on", "on a day")];
    if never {
        all.push(("never", "never"));
    }
    all.into_iter().map(|(value, label)| choice(value, label, value == end.how)).collect()
}

/// Events not chosen yet.
pub(super) fn events(draft: &Draft) -> Vec<Choice> {
    let free = Vocabulary::standard().events.iter().filter(|event| !draft.when.contains(&event.name));
    let shown = |event: &Event| {
        unless(choice(&event.name, format!("{}: {}", event.name, event.says), false), unheard(&event.name))
    };
    free.map(shown).collect()
}

/// What a segment can ask: about members, and nothing that only a moment knows.
pub(super) fn about_members(draft: &Draft, names: &Names) -> Vec<Group> {
    let mut groups = subjects(draft, names);
    groups.retain(|group| matches!(group.label, "The author" | "Counting" | "Other"));
    for group in &mut groups {
        group.choices.retain(|one| !matches!(one.value.as_str(), "author.segment" | "now.hours"));
        for one in &mut group.choices {
            if one.value == "always" {
                "nothing: everybody is in it".clone_into(&mut one.label);
            }
        }
        if group.label == "The author" {
            group.label = "The member";
        }
    }
    groups
}

fn fits(draft: &Draft, of: &str) -> bool {
    of == "any" || draft.about().iter().all(|about| about.contains(&of))
}

const PARTS: [(&str, &str); 7] = [
    ("post", "The post"),
    ("thread", "The thread"),
    ("author", "The author"),
    ("flag", "The report"),
    ("item", "The item in the inbox"),
    ("event", "The invitation"),
    ("ticket", "The ticket"),
];

/// Everything a condition can ask, when these events set the rule off.
pub(super) fn subjects(draft: &Draft, names: &Names) -> Vec<Group> {
    let words = Vocabulary::standard();
    let mut groups: Vec<Group> = Vec::new();
    for (of, label) in PARTS {
        let mut choices = Vec::new();
        for field in words.fields.iter().filter(|field| field.of == of && fits(draft, of)) {
            choices.push(unless(choice(&field.name, field.says.as_str(), false), unfilled(&field.name)));
            if field.name == "post.text" {
                let says = "it holds something such as a phone number or a payment card";
                choices.push(choice(&format!("{}{SHAPES}", field.name), says, false));
            }
        }
        groups.push(Group { label, choices });
    }
    groups.push(Group {
        label: "Counting",
        choices: vec![
            choice("times", "how often something happened lately", false),
            choice("distinct", "how many different people did something lately", false),
        ],
    });
    let measures = names.set("signals").into_iter().flatten();
    groups.push(Group {
        label: "How it sounds, from 0 (not at all) to 1 (surely)",
        choices: measures
            .map(|name| choice(&format!("signal.{name}"), name.replace('-', ": "), false))
            .collect(),
    });
    groups.push(Group {
        label: "Other",
        choices: vec![
            choice("now.hours", "whether it happened in office hours", false),
            choice("always", "nothing: the event is reason enough", false),
            choice("written", "a line written as text", false),
        ],
    });
    groups.retain(|group| !group.choices.is_empty());
    groups
}

/// Everything a rule can do at these events.
pub(super) fn actions(draft: &Draft) -> Vec<Group> {
    let groups = [
        ("post", "With the post"),
        ("thread", "With the thread"),
        ("author", "With or for the author"),
        ("any", "In the desk and elsewhere"),
    ];
    let mut found: Vec<Group> = groups
        .into_iter()
        .filter(|(of, _)| fits(draft, of))
        .map(|(of, label)| {
            let own = Vocabulary::standard().actions.iter().filter(|action| action.of == of);
            let choices = own
                .map(|action| choice(&action.name, format!("{}: {}", action.name, action.says), false))
                .collect();
            Group { label, choices }
        })
        .collect();
    found.retain(|group| !group.choices.is_empty());
    found
}

/// What an example may say besides its text.
pub(super) fn facts() -> Vec<Choice> {
    let fields = Vocabulary::standard().fields.iter();
    let plain = fields.filter(|field| field.from_text.is_none() && !field.name.ends_with('*'));
    plain
        .map(|field| unless(choice(&field.name, field.says.as_str(), false), unfilled(&field.name)))
        .collect()
}

/// A number or a length of time.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub(super) amount: String,
    pub(super) units: Vec<Choice>,
}

/// Words, one a line.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) hint: &'static str,
    pub(super) spots: Vec<Choice>,
    pub(super) options: Vec<Choice>,
}

impl Words {
    /// True when something other than the usual is chosen.
    pub(super) fn special(&self) -> bool {
        self.spots.iter().skip(1).chain(&self.options).any(|one| one.chosen)
    }
}

/// What is counted.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    pub(super) who: Vec<Choice>,
    pub(super) what: Vec<Choice>,
    pub(super) window: Amount,
}

/// A question as it is shown. What is empty is not part of it.
#[derive(Clone, Debug)]
pub(super) struct AskView {
    pub(super) key: String,
    pub(super) about: String,
    pub(super) says: String,
    pub(super) operators: Vec<Choice>,
    pub(super) low: Option<Amount>,
    pub(super) high: Option<Amount>,
    pub(super) words: Option<Words>,
    pub(super) ticks: Vec<Choice>,
    pub(super) counter: Option<Counter>,
    pub(super) written: Option<String>,
}

impl AskView {
    /// The name of one of its fields.
    pub(super) fn field(&self, name: &str) -> String {
        format!("{}.{name}", self.key)
    }
}

/// A line of questions.
#[derive(Clone, Debug)]
pub(super) struct LineView {
    pub(super) key: String,
    pub(super) ways: Vec<AskView>,
    pub(super) errors: Vec<String>,
}

pub(super) fn line(
    part: &str,
    row: usize,
    line: &Line,
    draft: &Draft,
    names: &Names,
    errors: Vec<String>,
) -> LineView {
    let key = format!("{part}.{row}");
    let ways = line.ways.iter().enumerate();
    let ways = ways.map(|(way, one)| ask(format!("{key}.{way}"), one, draft, names)).collect();
    LineView { key, ways, errors }
}

fn ask(key: String, ask: &Ask, draft: &Draft, names: &Names) -> AskView {
    let mut view = AskView {
        key,
        about: ask.about.clone(),
        says: says(&ask.about),
        operators: Vec::new(),
        low: None,
        high: None,
        words: None,
        ticks: Vec::new(),
        counter: None,
        written: None,
    };
    match ask.about.as_str() {
        "always" => return view,
        "written" => {
            view.written = Some(ask.written.clone());
            return view;
        }
        "times" | "distinct" => view.counter = Some(counter(ask, draft)),
        _ => {}
    }
    view.operators = operators(ask);
    let kind = kind(&ask.about);
    if measured(kind) {
        let business = kind == FieldKind::Duration;
        let amount = |(amount, unit): &(String, String)| Amount {
            amount: amount.clone(),
            units: if business { units(unit, true) } else { Vec::new() },
        };
        view.low = Some(amount(&ask.low));
        view.high = ask.operator.ends_with("between").then(|| amount(&ask.high));
    } else if kind != FieldKind::Flag {
        values(&mut view, ask, kind, names);
    }
    view
}

/// For words that have no second spelling.
pub(super) fn nothing(_: &str) -> bool {
    false
}

/// More names than this are typed, not ticked.
const MOST_TICKS: usize = 40;

fn values(view: &mut AskView, ask: &Ask, kind: FieldKind, names: &Names) {
    let vocabulary = Vocabulary::standard();
    if ask.about.ends_with(SHAPES) {
        view.ticks = ticks(vocabulary.shapes.iter().map(String::as_str), &ask.values, &nothing);
        return;
    }
    let field = vocabulary.field(&ask.about);
    let fixed = field.map(|field| field.one_of.as_slice()).unwrap_or_default();
    if !fixed.is_empty() {
        view.ticks = ticks(fixed.iter().map(String::as_str), &ask.values, &nothing);
        return;
    }
    let set = field.and_then(|field| field.names.as_deref());
    let known = set.and_then(|set| Some((set, names.set(set)?)));
    if let Some((set, known)) = known.filter(|(_, known)| !known.is_empty() && known.len() <= MOST_TICKS) {
        view.ticks = ticks(known.iter().map(String::as_str), &ask.values, &|one| names.knows(set, one));
        return;
    }
    let text = kind == FieldKind::Text;
    let spots = [
        ("", "as a whole word"),
        ("anywhere", "inside of other words too"),
        ("starts", "at the beginning of the text"),
        ("ends", "at the end of the text"),
        ("exact", "as the whole text"),
    ];
    let options = [
        ("loose", "fr33 and freeee count as free"),
        ("case", "capitals matter"),
        ("with quotes", "look into quotes too"),
        ("with code", "look into code too"),
    ];
    let chosen = |value: &str| ask.options.iter().any(|option| option == value);
    let spot = spots.iter().map(|(value, _)| *value).find(|value| chosen(value)).unwrap_or_default();
    let pick = |all: &[(&str, &str)], is: &dyn Fn(&str) -> bool| -> Vec<Choice> {
        if text {
            all.iter().map(|(value, label)| choice(value, *label, is(value))).collect()
        } else {
            Vec::new()
        }
    };
    view.words = Some(Words {
        text: ask.values.join("\n"),
        hint: if text { "One word or phrase a line. No quotation marks are needed." } else { "One a line." },
        spots: pick(&spots, &|value| value == spot),
        options: pick(&options, &|value| chosen(value)),
    });
}

fn counter(ask: &Ask, draft: &Draft) -> Counter {
    let words = Vocabulary::standard();
    let own = words.counted.iter().filter(|counted| fits(draft, &counted.of) || counted.name == ask.event);
    let who = if ask.about == "distinct" { words.who.as_slice() } else { &[] };
    Counter {
        who: who.iter().map(|one| choice(one, format!("{one}s"), *one == ask.who)).collect(),
        what: own.map(|one| choice(&one.name, one.name.as_str(), one.name == ask.event)).collect(),
        window: Amount { amount: ask.window.0.clone(), units: units(&ask.window.1, false) },
    }
}

/// What is asked about, in plain words.
pub(super) fn says(about: &str) -> String {
    match about {
        "times" => "How often this happened".to_owned(),
        "distinct" => "How many different".to_owned(),
        "always" => "Always: the event is reason enough".to_owned(),
        "written" => "A line as text".to_owned(),
        _ => match about.strip_prefix("signal.") {
            Some(name) => format!("How surely it sounds like: {}", name.replace('-', " ")),
            None => {
                let shape = about.ends_with(SHAPES);
                let field = Vocabulary::standard().field(about.strip_suffix(SHAPES).unwrap_or(about));
                let says = field.map_or(about, |field| field.says.as_str());
                let says = crate::desk::capital(says);
                if shape { format!("{says} holds") } else { says }
            }
        },
    }
}

/// What can be asked, in plain words; turned around where there is no word of its own for that.
fn operators(ask: &Ask) -> Vec<Choice> {
    let kind = kind(&ask.about);
    let shape = ask.about.ends_with(SHAPES);
    let mut all: Vec<String> = match kind {
        FieldKind::Flag => vec![String::new(), "not ".to_owned()],
        _ if shape => vec!["looks like".to_owned(), "not looks like".to_owned()],
        FieldKind::Text => ["has any", "has all", "has none", "matches", "not matches", "matches regex"]
            .map(str::to_owned)
            .to_vec(),
        FieldKind::List => {
            let field = Vocabulary::standard().field(&ask.about);
            let has = field.is_some_and(|field| field.from_text.is_some());
            let verb = if has { "has" } else { "includes" };
            ["any", "all", "none"].map(|many| format!("{verb} {many}")).to_vec()
        }
        FieldKind::Choice => ["is any of", "is none of"].map(str::to_owned).to_vec(),
        other => operators_of(other).iter().map(|operator| (*operator).to_owned()).collect(),
    };
    if !all.contains(&ask.operator) {
        all.push(ask.operator.clone());
    }
    all.iter().map(|operator| choice(operator, in_words(operator, kind), *operator == ask.operator)).collect()
}

fn in_words(operator: &str, kind: FieldKind) -> String {
    let time = kind == FieldKind::Duration;
    let plain = match operator {
        "" => "yes",
        "not " => "no",
        "<" if time => "is shorter than",
        "<" => "is less than",
        "<=" => "is at most",
        "=" => "is exactly",
        ">=" => "is at least",
        ">" if time => "is longer than",
        ">" => "is more than",
        "between" => "is between (“Check” shows the second field)",
        "has any" => "has at least one of these",
        "has all" => "has all of these",
        "has none" => "has none of these",
        "includes any" => "is at least one of these",
        "includes all" => "is all of these",
        "includes none" => "is none of these",
        "matches" => "fits one of these (* stands for any letters, ? for one)",
        "not matches" => "fits none of these (* stands for any letters, ? for one)",
        "matches regex" => "fits a pattern (regular expression)",
        "looks like" => "at least one of these",
        "not looks like" => "none of these",
        "is any of" => "is one of these",
        "is none of" => "is none of these",
        "within" => "is within",
        "outside" => "is outside of",
        other => other,
    };
    match plain.strip_prefix("not ") {
        Some(rest) => format!("not: {}", in_words(rest, kind)),
        None => plain.to_owned(),
    }
}
