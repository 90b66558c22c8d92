//! A rule as the fields of a form that works without a script: what was typed is kept whatever button was pressed.

use std::collections::BTreeMap;

use mainstreet_rules::{
    ActionRow, Condition, Each, Event, FieldKind, Form, Row, Rule, SCHEDULE, StepRow, Vocabulary, to_form,
};

use super::rows::{
    deeds, ending, ending_words, every, every_words, example, limit, limit_words, line, row, sample,
};

/// Lines of one part that are read.
const MOST: usize = 200;

/// The fields as they came, by name.
pub(super) struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    pub(super) fn of(body: &[u8]) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields.entry(name.into_owned()).or_default().push(value.replace("\r\n", "\n"));
        }
        Self(fields)
    }

    pub(super) fn one(&self, key: &str) -> String {
        self.0.get(key).and_then(|all| all.last()).map(|value| value.trim().to_owned()).unwrap_or_default()
    }

    fn all(&self, key: &str) -> Vec<String> {
        self.0.get(key).cloned().unwrap_or_default()
    }

    /// One value a line, of a box or of several ticks.
    fn lines(&self, key: &str) -> Vec<String> {
        let all = self.all(key);
        let lines = all.iter().flat_map(|value| value.lines()).map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// How many values of the trial were sent.
    pub(super) fn known(&self) -> usize {
        self.rows("try.k")
    }

    /// How many rows `prefix` has.
    fn rows(&self, prefix: &str) -> usize {
        let is_there = |row: &usize| {
            let start = format!("{prefix}.{row}.");
            self.0.range(start.clone()..).next().is_some_and(|(name, _)| name.starts_with(&start))
        };
        (0..MOST).take_while(is_there).count()
    }
}

/// A rule as it stands in the form.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) comments: Vec<String>,
    pub(super) name: String,
    pub(super) why: String,
    pub(super) owner: String,
    pub(super) guideline: String,
    pub(super) when: Vec<String>,
    pub(super) every: EveryLine,
    pub(super) each: String,
    pub(super) all: Vec<Line>,
    pub(super) any: Vec<Line>,
    pub(super) unless: Vec<Line>,
    pub(super) then: Vec<Deed>,
    pub(super) limits: Vec<LimitLine>,
    pub(super) expires: EndLine,
    pub(super) review: EndLine,
    pub(super) hold_out: String,
    pub(super) matching: Vec<Sample>,
    pub(super) not_matching: Vec<Sample>,
}

/// A line of conditions: one question, or several of which one must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) ways: Vec<Ask>,
}

/// One question. Its operator begins with "not " when it is turned around.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    /// A field, [`SHAPES`] of one, `times`, `distinct`, `always`, or `written` for a line of text.
    pub(super) about: String,
    pub(super) operator: String,
    pub(super) values: Vec<String>,
    pub(super) options: Vec<String>,
    /// Numbers and lengths of time: amount and unit, and those behind "and".
    pub(super) low: (String, String),
    pub(super) high: (String, String),
    pub(super) who: String,
    pub(super) event: String,
    pub(super) window: (String, String),
    pub(super) written: String,
}

/// Behind a text field: what is asked for has a known shape.
pub(super) const SHAPES: &str = " looks like";

#[derive(Clone, Debug, Default)]
pub(super) struct Deed {
    pub(super) name: String,
    pub(super) wait: (String, String),
    pub(super) without_reply: bool,
    /// It waits together with the one above.
    pub(super) joined: bool,
    /// Settings by name: values, and for lengths of time the unit.
    pub(super) settings: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct LimitLine {
    pub(super) count: String,
    pub(super) noun: String,
    pub(super) per_person: bool,
    pub(super) per: String,
}

impl LimitLine {
    /// The beginning of its fields' names.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(super) fn key(&self, row: &usize) -> String {
        format!("limit.{row}")
    }
}

/// The time of a schedule.
#[derive(Clone, Debug, Default)]
pub(super) struct EveryLine {
    /// Empty, `day`, a weekday, or `month`.
    pub(super) how: String,
    /// The day of the month.
    pub(super) day: String,
    /// `09:00`
    pub(super) time: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct EndLine {
    /// Empty, `never`, `in` or `on`.
    pub(super) how: String,
    pub(super) length: (String, String),
    pub(super) day: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    pub(super) text: String,
    /// Fields with their values.
    pub(super) facts: Vec<(String, Vec<String>)>,
}

/// Words without the quotation marks somebody put around them: the form needs none.
pub(super) fn unquoted(value: &str) -> &str {
    let pairs = [('"', '"'), ('“', '”'), ('„', '“'), ('”', '”'), ('«', '»'), ('‘', '’')];
    let bare = |(open, close): &(char, char)| value.strip_prefix(*open)?.strip_suffix(*close);
    pairs.iter().find_map(bare).map(str::trim).filter(|bare| !bare.is_empty()).unwrap_or(value)
}

/// See [`super::rows`].
pub(super) fn split(words: &str) -> (String, String) {
    let (amount, unit) = words.split_once(' ').unwrap_or((words, ""));
    let unit = unit.trim();
    let one = ["second", "minute", "hour", "day", "week", "business hour", "business day"];
    let unit = if one.contains(&unit) { format!("{unit}s") } else { unit.to_owned() };
    (amount.to_owned(), unit)
}

/// See [`super::rows`].
pub(super) fn joined((amount, unit): &(String, String)) -> String {
    format!("{amount} {unit}").trim().to_owned()
}

/// See [`super::rows`].
pub(super) fn empty(pair: &(String, String)) -> bool {
    pair.0.is_empty()
}

/// The kind of what is asked about; counters are numbers.
pub(super) fn kind(about: &str) -> FieldKind {
    match about {
        "times" | "distinct" => FieldKind::Number,
        _ => {
            let field = about.strip_suffix(SHAPES).unwrap_or(about);
            Vocabulary::standard().field(field).map_or(FieldKind::Text, |field| field.kind)
        }
    }
}

/// True when the answers are numbers or lengths of time.
pub(super) fn measured(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Number | FieldKind::Duration | FieldKind::Share)
}

impl Draft {
    /// What was sent.
    pub(super) fn read(typed: &Typed) -> Self {
        let lines = |part: &str| {
            (0..typed.rows(part)).map(|row| read_line(typed, &format!("{part}.{row}"))).collect()
        };
        let samples = |part: &str| {
            (0..typed.rows(part)).map(|row| read_sample(typed, &format!("{part}.{row}"))).collect()
        };
        Self {
            comments: typed.all("comment"),
            name: typed.one("name"),
            why: typed.one("why"),
            owner: typed.one("owner"),
            guideline: typed.one("guideline"),
            when: typed.lines("when"),
            every: EveryLine {
                how: typed.one("every.how"),
                day: typed.one("every.day"),
                time: typed.one("every.time"),
            },
            each: typed.one("each"),
            all: lines("all"),
            any: lines("any"),
            unless: lines("unless"),
            then: (0..typed.rows("then")).map(|row| read_deed(typed, &format!("then.{row}"))).collect(),
            limits: (0..typed.rows("limit")).map(|row| read_limit(typed, &format!("limit.{row}"))).collect(),
            expires: read_end(typed, "expires"),
            review: read_end(typed, "review"),
            hold_out: typed.one("hold_out"),
            matching: samples("match"),
            not_matching: samples("nomatch"),
        }
    }

    /// The fields of a rule.
    pub(super) fn of(rule: &Rule) -> Self {
        let form = to_form(rule);
        let lines = |rows: &[Row], conditions: &[Condition]| {
            rows.iter().zip(conditions).map(|(row, condition)| line(row, condition)).collect()
        };
        Self {
            comments: form.comments.clone(),
            name: form.name.clone(),
            why: form.why.clone(),
            owner: form.owner.clone(),
            guideline: form.guideline.clone(),
            when: form.when.clone(),
            every: every(&form.every),
            each: form.each.clone(),
            all: lines(&form.all, &rule.all),
            any: lines(&form.any, &rule.any),
            unless: lines(&form.unless, &rule.unless),
            then: form.then.iter().flat_map(deeds).collect(),
            limits: rule.limits.iter().map(limit).collect(),
            expires: ending(&form.expires),
            review: ending(&form.review),
            hold_out: form.hold_out.trim_end_matches(" percent").to_owned(),
            matching: form.matching.iter().map(sample).collect(),
            not_matching: form.not_matching.iter().map(sample).collect(),
        }
    }

    /// The rows that the language reads.
    pub(super) fn form(&self) -> Form {
        let rows = |lines: &[Line]| lines.iter().map(row).collect();
        let percent = self.hold_out.trim().trim_end_matches('%').trim();
        Form {
            comments: self.comments.clone(),
            name: self.name.clone(),
            why: self.why.clone(),
            owner: self.owner.clone(),
            guideline: self.guideline.clone(),
            when: self.when.clone(),
            every: every_words(&self.every),
            each: self.each.clone(),
            all: rows(&self.all),
            any: rows(&self.any),
            unless: rows(&self.unless),
            then: self.steps(),
            limits: self.limits.iter().map(limit_words).collect(),
            expires: ending_words(&self.expires),
            review: ending_words(&self.review),
            hold_out: if percent.is_empty() { String::new() } else { format!("{percent} percent") },
            matching: self.matching.iter().map(example).collect(),
            not_matching: self.not_matching.iter().map(example).collect(),
        }
    }

    fn steps(&self) -> Vec<StepRow> {
        let mut steps: Vec<StepRow> = Vec::new();
        for deed in &self.then {
            let action = ActionRow { name: deed.name.clone(), settings: deed.settings.clone() };
            let wait = if empty(&deed.wait) { String::new() } else { joined(&deed.wait) };
            match steps.last_mut() {
                Some(last) if deed.joined && !wait.is_empty() && last.wait == wait => {
                    last.actions.push(action);
                }
                _ => steps.push(StepRow {
                    without_reply: deed.without_reply && !wait.is_empty(),
                    wait,
                    actions: vec![action],
                }),
            }
        }
        steps
    }

    /// The row of the form that shows a step: steps of several actions take several.
    pub(super) fn deed_of_step(&self, step: usize) -> usize {
        let mut steps = 0;
        for (place, deed) in self.then.iter().enumerate() {
            let again = deed.joined && place > 0 && !empty(&deed.wait);
            if !again {
                steps += 1;
            }
            if steps == step {
                return place + 1;
            }
        }
        step
    }

    pub(super) fn lines(&mut self, part: &str) -> Option<&mut Vec<Line>> {
        match part {
            "all" => Some(&mut self.all),
            "any" => Some(&mut self.any),
            "unless" => Some(&mut self.unless),
            _ => None,
        }
    }

    pub(super) fn samples(&mut self, part: &str) -> Option<&mut Vec<Sample>> {
        match part {
            "match" => Some(&mut self.matching),
            "nomatch" => Some(&mut self.not_matching),
            _ => None,
        }
    }

    /// What the events that are chosen are about; empty: none is chosen yet. A schedule is about what it goes through.
    pub(super) fn about(&self) -> Vec<Vec<&'static str>> {
        let events = self.when.iter().filter_map(|name| Vocabulary::standard().event(name));
        let about = |event: &'static Event| match Each::read(&self.each) {
            _ if event.name != SCHEDULE => event.about.iter().map(String::as_str).collect(),
            Some(each) => each.about().to_vec(),
            None => Each::Thread.about().to_vec(),
        };
        events.map(about).collect()
    }

    /// True when it runs at set times.
    pub(super) fn scheduled(&self) -> bool {
        self.when.iter().any(|event| event == SCHEDULE)
    }
}

fn read_line(typed: &Typed, key: &str) -> Line {
    Line { ways: (0..typed.rows(key)).map(|way| read_ask(typed, &format!("{key}.{way}"))).collect() }
}

fn read_ask(typed: &Typed, key: &str) -> Ask {
    let one = |name: &str| typed.one(&format!("{key}.{name}"));
    let operator = typed.all(&format!("{key}.op")).pop().unwrap_or_default();
    let options: Vec<String> =
        typed.all(&format!("{key}.opt")).into_iter().filter(|option| !option.is_empty()).collect();
    let about = one("about");
    let mut values = typed.lines(&format!("{key}.v"));
    if kind(&about) == FieldKind::Text && !operator.ends_with("regex") {
        values.iter_mut().for_each(|value| *value = unquoted(value).to_owned());
    }
    Ask {
        about,
        operator,
        values,
        options,
        low: (one("n"), one("nu")),
        high: (one("m"), one("mu")),
        who: one("who"),
        event: one("event"),
        window: (one("w"), one("wu")),
        written: one("line"),
    }
}

fn read_deed(typed: &Typed, key: &str) -> Deed {
    let name = typed.one(&format!("{key}.do"));
    let word = Vocabulary::standard().action(&name);
    let settings = word.map(|word| word.parameters.as_slice()).unwrap_or_default().iter().map(|parameter| {
        let field = format!("{key}.p.{}", parameter.name);
        let values = if parameter.kind == FieldKind::Duration {
            let amount = typed.one(&field);
            let unit = typed.one(&format!("{field}.u"));
            vec![if amount.is_empty() { amount } else { joined(&(amount, unit)) }]
        } else {
            typed.lines(&field)
        };
        (parameter.name.clone(), values)
    });
    Deed {
        settings: settings.collect(),
        wait: (typed.one(&format!("{key}.wait")), typed.one(&format!("{key}.waitu"))),
        without_reply: !typed.one(&format!("{key}.quiet")).is_empty(),
        joined: !typed.one(&format!("{key}.joined")).is_empty(),
        name,
    }
}

fn read_limit(typed: &Typed, key: &str) -> LimitLine {
    LimitLine {
        count: typed.one(&format!("{key}.n")),
        noun: typed.one(&format!("{key}.noun")),
        per_person: !typed.one(&format!("{key}.person")).is_empty(),
        per: typed.one(&format!("{key}.per")),
    }
}

fn read_end(typed: &Typed, key: &str) -> EndLine {
    EndLine {
        how: typed.one(&format!("{key}.how")),
        length: (typed.one(&format!("{key}.n")), typed.one(&format!("{key}.u"))),
        day: typed.one(&format!("{key}.day")),
    }
}

fn read_sample(typed: &Typed, key: &str) -> Sample {
    let facts = (0..typed.rows(&format!("{key}.fact"))).map(|row| {
        let name = typed.one(&format!("{key}.fact.{row}.name"));
        (name, typed.lines(&format!("{key}.fact.{row}.v")))
    });
    Sample { text: typed.one(&format!("{key}.text")), facts: facts.collect() }
}

#[cfg(test)]
mod tests {
    use mainstreet_rules::{from_form, read};

    use super::*;

    /// The fields of a rule, sent by a browser and read again, are the same rule.
    #[track_caller]
    fn check(text: &str) {
        let reading = read(text, Vocabulary::standard());
        assert_eq!(reading.findings, []);
        for rule in reading.rules {
            let again = from_form(&Draft::of(&rule).form(), Vocabulary::standard());
            assert_eq!(again, Ok(rule));
        }
    }

    #[test]
    fn quotation_marks_around_words_are_not_part_of_them() {
        for (typed, expect) in [
            ("\"free money\"", "free money"),
            ("“free money”", "free money"),
            ("„gratis“", "gratis"),
            ("it's", "it's"),
            ("\"", "\""),
            ("say \"hi\"", "say \"hi\""),
        ] {
            assert_eq!(unquoted(typed), expect);
        }
        check(
            "rule: q\nwhen: reply\nif any:\n  - post.text has any: ['\"kept\"', '“kept too”', plain]\nthen: [{add tag: x}]\n",
        );
    }

    #[test]
    fn a_rule_passes_through_the_fields() {
        check(
            "rule: a\nguideline: g\nwhen: [flag, post published]\nif:\n  - post.text has any (loose): [x, \"y z\"]\n  \
             - not (author.age < 2 days or times(flag on post, 1 hour) > 3)\n  - not post.text looks like [phone number]\n  \
             - author.posts between 1 and 5 or not author.is_staff\n  - distinct(author, post in thread, 2 days) >= 3\n\
             then:\n  - slow mode: 1 minute for 1 hour\n  \
             - after 2 business days without reply: [{open item: {urgency: low}}, {notify: {who: support}}]\n\
             limit: [3 per day, 2 requests per person per week]\nexpires: 2026-12-01\nreview: in 3 days\nhold out: 10 percent\n\
             examples: {match: [x], no match: [{post.text: q, author.age: 1 day}, {author.posts: 3}]}\n",
        );
        check(
            "rule: s\nwhen: schedule\nevery: month on day 3 at 07:30\nfor each: member\nif:\n  - author.posts = 0\nthen: [{notify: {who: x}}]\n",
        );
        check(
            "rule: s\nwhen: schedule\nevery: Friday at 07:30\nfor each: thread\nif: always\nthen: [{notify: {who: x}}]\n",
        );
        check("# one\nrule: b\nwhen: first post\nif: always\nthen: [{add tag: x}]\nexpires: never\n");
        check(
            "rule: c\nwhen: reply\nif any:\n  - post.text has any: [\"two lines\", \" a\"]\n  - now.hours outside: office hours\nunless:\n  - signal.toxicity > 0.5\nthen: [{add tag: x}]\n",
        );
    }
}
