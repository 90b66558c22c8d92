//! Lays out the part of the past that some rules need: all of it for a back-test, and around what just happened for
//! the live evaluation. Loads in batches; nothing is asked for one post at a time.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use mainstreet_db::Tx;
use mainstreet_kernel::{Result, Timestamp, text};
use mainstreet_language::Subject;
use mainstreet_rules::{
    Condition, Each, Length, Rule, SCHEDULE, Schedule, Segments, Subject as Asked, Vocabulary, event_of,
    segments_of,
};

use super::happenings::{Happening, SETTLES, happenings};
use super::mentions::{self, MENTION};
use super::past::Past;
use super::store::past as store;
use super::store::people::labels;
use super::ticks::Times;

/// What the conditions of some rules ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    pub(super) events: HashSet<String>,
    /// Times of schedules and what is gone through, by the name of the event.
    pub(super) plans: BTreeMap<String, (Schedule, Each)>,
    /// Something that follows from what people did before.
    pub(super) history: bool,
    texts: bool,
    reactions: bool,
    strikes: bool,
    labels: bool,
    pub(super) accuracy: bool,
    /// How far back everybody's posts or joins are counted.
    everybody: i64,
    /// How far back the same text is looked for.
    same_text: i64,
    /// How far back posts about the same thing are looked for.
    cluster: i64,
    /// How far back an author's posts are needed, in milliseconds; [`ALWAYS`]: all of them.
    pub(super) by_author: i64,
    /// How far back the posts of a conversation are needed.
    pub(super) in_thread: i64,
    /// How many posts an author has written in all.
    pub(super) posts: bool,
}

/// As far back as there is anything.
pub(super) const ALWAYS: i64 = i64::MAX;

impl Needs {
    /// What rules ask for, with the segments they name.
    pub(super) fn of(rules: &[Rule], segments: &Segments) -> Self {
        let words = Vocabulary::standard();
        let asked: HashSet<String> = rules
            .iter()
            .flat_map(|rule| segments_of(rule, words))
            .map(|(name, _)| text::fold(&name))
            .collect();
        let named = segments.all().iter().filter(|segment| asked.contains(&text::fold(&segment.name)));
        let mut needs = Self::default();
        for rule in rules.iter().chain(named) {
            needs.events.extend(rule.when.iter().cloned());
            if let (Some(every), Some(each)) = (rule.every, rule.each) {
                needs.plans.entry(event_of(rule, SCHEDULE)).or_insert((every, each));
            }
            rule.all.iter().chain(&rule.any).chain(&rule.unless).for_each(|one| needs.condition(one));
        }
        needs.texts |= needs.events.contains(MENTION);
        needs
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|one| self.condition(one)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Always(_) => {}
            Condition::Test(test) => match &test.subject {
                Asked::Field(field) => self.field(field),
                Asked::Times { event, window } | Asked::Distinct { event, window, .. } => {
                    self.counter(event, *window);
                }
            },
        }
    }

    fn field(&mut self, field: &str) {
        if matches!(field, "author.trust" | "author.reactions") {
            self.by_author = ALWAYS;
        }
        match field {
            "author.reactions" => (self.reactions, self.history) = (true, true),
            "author.trust" => self.history = true,
            "author.strikes" => self.strikes = true,
            "author.labels" => self.labels = true,
            "flag.flagger_accuracy" => self.accuracy = true,
            "author.posts" => (self.posts, self.history) = (true, true),
            "thread.replies" | "thread.participants" => self.in_thread = ALWAYS,
            "post.title" | "post.is_question" | "post.is_edited" | "post.is_reply" | "post.edit_age"
            | "post.space" | "post.tags" | "post.channel" => {}
            field => self.texts |= field.starts_with("post.") || field.starts_with("signal."),
        }
    }

    fn counter(&mut self, event: &str, window: Length) {
        self.history = true;
        let window = window.millis().unwrap_or(0);
        if event.starts_with("same text") {
            self.same_text = self.same_text.max(window);
        }
        if event == "post in cluster" {
            self.cluster = self.cluster.max(window);
        }
        match event {
            "same text by anyone" | "post in cluster" | "member joined" => {
                self.everybody = self.everybody.max(window);
            }
            "post by author" | "same text by author" => self.by_author = self.by_author.max(window),
            "post in thread" | "reply in thread" => self.in_thread = self.in_thread.max(window),
            _ => {}
        }
    }

    /// How long before a time something may have happened that a rule still minds at that time.
    pub(super) fn reach(&self) -> i64 {
        let settled = if self.events.contains("post settled") { SETTLES } else { 0 };
        settled.max(self.everybody)
    }
}

/// From when until before when, and whether all of the past is laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// For a back-test: everything there is, and what people decided until then.
    pub(super) judged_to: Option<Timestamp>,
}

/// The past as `needs` asks for it, and what happened in the window.
pub(super) fn lay_out(tx: &mut Tx<'_>, needs: &Needs, window: Window) -> Result<(Past, Vec<Happening>)> {
    let times = Times::of(tx, needs, window)?;
    let mut past = match window.judged_to {
        Some(judged_to) => Past::of(store::all_deeds(tx, judged_to.max(window.to))?),
        // A schedule goes through everybody, and may ask about anything they ever did.
        None if times.any() => Past::of(store::all_deeds(tx, window.to)?),
        None => super::around::around(tx, needs, window)?,
    };
    if times.members() {
        past.members = store::everybody(tx, true)?;
    }
    let wanted = |event: &str| needs.events.contains(event);
    let mut found = happenings(&past, window.from, window.to, &wanted);
    times.add(&past, &mut found)?;
    furnish(tx, &mut past, needs, window, &found)?;
    mentions::only_named(tx, &past, &mut found)?;
    Ok((past, found))
}

/// Everything else that is asked about these happenings.
pub(super) fn furnish(
    tx: &mut Tx<'_>,
    past: &mut Past,
    needs: &Needs,
    window: Window,
    found: &[Happening],
) -> Result<()> {
    let mut people: HashSet<i64> = HashSet::new();
    let mut topics: HashSet<i64> = HashSet::new();
    let mut posts: HashSet<i64> = HashSet::new();
    for happening in found {
        people.insert(happening.person);
        topics.insert(happening.topic);
        posts.insert(happening.post);
    }
    past.version = crate::judgement::of_rules(tx)?;
    past.faces = store::faces(tx, &people)?;
    past.places = store::places(tx, &topics)?;
    past.spaces = store::spaces(tx)?;
    for (person, at, was) in store::role_changes(tx)? {
        past.roles.entry(person).or_default().push((at, was));
    }
    past.roles.values_mut().for_each(|changes| changes.sort_by_key(|(at, _)| *at));
    if needs.reactions {
        reactions(tx, past, window, &people)?;
    }
    if needs.strikes {
        for (person, strike) in store::strikes(tx, &people)? {
            past.strikes.entry(person).or_default().push(strike);
        }
    }
    if needs.labels {
        for (person, label, from, until) in labels(tx, &people)? {
            past.labels.entry(person).or_default().push((label, from, until));
        }
    }
    let compared = needs.same_text.max(needs.cluster);
    if compared > 0 {
        posts.extend(written_since(past, window.from.plus(-compared), window.to));
    }
    if needs.texts || compared > 0 {
        let from = window.from.plus(-compared);
        past.texts = store::texts(tx, &posts, window.judged_to.map(|_| (from, window.to)))?;
    }
    if needs.same_text > 0 {
        print(past);
    }
    if needs.cluster > 0 {
        let posts = written_since(past, window.from.plus(-needs.cluster), window.to);
        for post in posts {
            if let Some(said) = past.texts.get(&post) {
                past.subjects.insert(post, Subject::new(said.at(1)));
            }
        }
    }
    Ok(())
}

fn reactions(tx: &mut Tx<'_>, past: &mut Past, window: Window, people: &HashSet<i64>) -> Result<()> {
    let topics: HashSet<i64> = people
        .iter()
        .filter_map(|person| past.people.get(person))
        .flat_map(|person| person.posts.iter().filter_map(|place| past.deed(*place)))
        .map(|deed| deed.topic)
        .collect();
    let within = window.judged_to.is_none().then_some(&topics);
    for (person, at, count) in store::reactions(tx, within, window.to)? {
        if people.contains(&person) {
            past.people.entry(person).or_default().reactions.push((at, count));
        }
    }
    past.people.values_mut().for_each(|person| person.reactions.sort_by_key(|(at, _)| *at));
    Ok(())
}

fn written_since(past: &Past, from: Timestamp, to: Timestamp) -> Vec<i64> {
    let line = past.between(&past.written, from, to).iter();
    line.filter_map(|place| past.deed(*place)).map(|deed| deed.object).collect()
}

/// Files posts under what they said when they were published.
fn print(past: &mut Past) {
    for place in past.written.clone() {
        let Some(post) = past.deed(place).map(|deed| deed.object) else { continue };
        let Some(said) = past.texts.get(&post) else { continue };
        let words: Vec<String> = text::fold(said.at(1)).split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            continue;
        }
        let mut hasher = DefaultHasher::new();
        words.hash(&mut hasher);
        let print = hasher.finish();
        past.prints.insert(post, print);
        past.alike.entry(print).or_default().push(place);
    }
}
