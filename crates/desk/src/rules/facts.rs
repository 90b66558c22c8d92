//! What was known when something happened. The one place where the fields of the language get their values: for the
//! live evaluation, for the back-test and for "why?".
//!
//! Everything is as it was: what happened at or after the moment is not seen, except the thing itself. Names of
//! people and spaces are today's, because their earlier ones are not kept.

use std::cell::OnceCell;
use std::collections::HashSet;

use mainstreet_kernel::{Role, Timestamp, Verb};
use mainstreet_language::{Context, Intent, Reading, RiskKind};
use mainstreet_rules::{Facts, Snapshot, Unit, Value, Vocabulary};

use super::counting;
use super::happenings::Happening;
use super::past::{Deed, Past};
use super::trust;
use crate::triage::hours::Hours;

/// The calendars that `now.hours` knows.
pub(super) const CALENDARS: [&str; 2] = ["office hours", "calm hours"];

/// The measures of `signal.…`, read from the text with the version that rules are pinned to.
pub fn signals() -> Vec<String> {
    let intents = Intent::ALL.iter().map(|intent| format!("intent-{}", intent.as_str()));
    let risks = RiskKind::ALL.iter().map(|risk| risk.as_str().replace('_', "-"));
    let more = ["toxicity", "needs-reply", "polite", "negative", "positive"].map(str::to_owned);
    intents.chain(risks).chain(more).collect()
}

/// What does not change from one happening to the next.
pub(super) struct Setting<'a> {
    pub(super) past: &'a Past,
    pub(super) hours: &'a Hours,
    pub(super) vocabulary: &'a Vocabulary,
}

/// One happening, ready to be asked.
pub(super) struct Known<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) happening: &'a Happening,
    text: OnceCell<Option<Snapshot>>,
    reading: OnceCell<Option<Reading>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(setting: &'a Setting<'a>, happening: &'a Happening) -> Self {
        Self { setting, happening, text: OnceCell::new(), reading: OnceCell::new() }
    }

    fn past(&self) -> &'a Past {
        self.setting.past
    }

    fn at(&self) -> Timestamp {
        self.happening.at
    }

    fn deed(&self) -> Option<&'a Deed> {
        self.past().deed(self.happening.deed)
    }

    /// What the post said in the version that the happening is about.
    pub(super) fn body(&self) -> Option<&'a str> {
        Some(self.past().texts.get(&self.happening.post)?.at(self.happening.version))
    }

    fn follows(&self, field: &str) -> Option<Value> {
        let read = || Some(Snapshot::of_text(self.body()?, self.setting.vocabulary));
        self.text.get_or_init(read).as_ref()?.values.get(field).cloned()
    }

    fn reading(&self) -> Option<&Reading> {
        let read = || {
            let reply = !self.opens();
            let title = if reply { "" } else { self.past().title_before(self.happening.topic, self.at())? };
            Some(self.past().version.read(self.body()?, &Context { title, reply, own_hosts: &[] }))
        };
        self.reading.get_or_init(read).as_ref()
    }

    /// When the post was written.
    fn written(&self) -> Option<&'a Deed> {
        self.past().posts.get(&self.happening.post).and_then(|post| self.past().deed(post.written?))
    }

    fn opens(&self) -> bool {
        self.written().is_some_and(|deed| deed.verb == Verb::TopicCreated)
    }

    /// When the post was last changed, this change included.
    fn changed(&self) -> Option<Timestamp> {
        let edits = &self.past().posts.get(&self.happening.post)?.edits;
        let until = self.at().plus(i64::from(self.happening.event == "post edited"));
        self.past().before(edits, until).last().and_then(|place| Some(self.past().deed(*place)?.at))
    }

    fn post(&self, field: &str) -> Option<Value> {
        match field {
            "post.title" if self.opens() => {
                let title = self.past().title_before(self.happening.topic, self.at())?;
                Some(Value::Text(mainstreet_rules::Passage::plain(title)))
            }
            "post.title" => Some(Value::Text(mainstreet_rules::Passage::plain(""))),
            "post.language" => self.reading()?.language.map(|language| Value::Word(language.to_owned())),
            "post.is_question" => {
                let asks = self.past().asked_before(self.happening.topic, self.at().plus(1));
                Some(Value::Flag(self.written().is_some() && self.opens() && asks))
            }
            "post.is_edited" => self.written().map(|_| Value::Flag(self.changed().is_some())),
            "post.is_reply" => self.written().map(|_| Value::Flag(!self.opens())),
            "post.edit_age" => {
                let written = self.written()?.at;
                Some(Value::Duration(self.changed().map_or(0, |at| at.since(written).max(0))))
            }
            "post.space" => {
                let space = self.past().space_before(self.happening.topic, self.at());
                let (name, slug) = self.past().spaces.get(&space)?;
                Some(Value::List(vec![name.clone(), slug.clone()]))
            }
            "post.tags" => self.past().tags_before(self.happening.topic, self.at()).map(Value::List),
            "post.channel" => {
                Some(Value::Word(self.past().places.get(&self.happening.topic)?.channel.clone()))
            }
            _ => self.follows(field),
        }
    }

    fn thread(&self, field: &str) -> Option<Value> {
        let past = self.past();
        let topic = past.topics.get(&self.happening.topic)?;
        let opened = past.deed(topic.opened?)?;
        let stand = past.before(&topic.posts, self.at()).iter().filter_map(|place| past.deed(*place));
        let stand = stand.filter(|deed| past.stood_before(deed.object, self.at()));
        match field {
            "thread.age" => Some(Value::Duration(self.at().since(opened.at).max(0))),
            "thread.replies" => {
                Some(count(stand.filter(|deed| deed.verb == Verb::ReplyCreated).count() as u64))
            }
            "thread.participants" => {
                let people: std::collections::HashSet<i64> = stand.map(|deed| deed.actor).collect();
                Some(count(people.len() as u64))
            }
            _ => None,
        }
    }

    fn author(&self, field: &str) -> Option<Value> {
        let (past, person) = (self.past(), self.happening.person);
        if person == 0 {
            return None;
        }
        let history = past.people.get(&person);
        match field {
            "author.name" => {
                Some(Value::Text(mainstreet_rules::Passage::plain(past.faces.get(&person)?.name.as_str())))
            }
            "author.age" => Some(Value::Duration(self.at().since(past.faces.get(&person)?.joined_at).max(0))),
            "author.posts" => Some(count(past.posts_before(person, self.at()))),
            "author.trust" => Some(count(u64::from(trust::level(&self.standing())))),
            "author.reactions" => {
                let all = history.map(|person| person.reactions.as_slice()).unwrap_or_default();
                let sum: i64 = all.iter().take_while(|(at, _)| *at < self.at()).map(|(_, count)| count).sum();
                Some(count(u64::try_from(sum).unwrap_or(0)))
            }
            "author.roles" => {
                let role = past.role_before(person, self.at()).unwrap_or(Role::Member);
                Some(Value::List(vec![role.as_str().to_owned()]))
            }
            "author.is_staff" => Some(Value::Flag(self.by_staff())),
            "author.labels" => {
                let all = past.labels.get(&person).map(Vec::as_slice).unwrap_or_default();
                let holds = |(_, from, until): &&(String, Timestamp, Timestamp)| {
                    *from < self.at() && self.at() < *until
                };
                let mut found: Vec<String> =
                    all.iter().filter(holds).map(|(label, _, _)| label.clone()).collect();
                found.dedup();
                Some(Value::List(found))
            }
            "author.strikes" => {
                let all = past.strikes.get(&person).map(Vec::as_slice).unwrap_or_default();
                let sum: i64 = all.iter().filter(|one| one.counts(self.at())).map(|one| one.count).sum();
                Some(count(u64::try_from(sum).unwrap_or(0)))
            }
            _ => None,
        }
    }

    /// What the author's trust follows from.
    fn standing(&self) -> trust::Standing {
        let (past, person) = (self.past(), self.happening.person);
        let empty = super::past::PersonPast::default();
        let history = past.people.get(&person).unwrap_or(&empty);
        let recent = self.at().plus(-trust::RECENT);
        let posts: Vec<&Deed> =
            past.before(&history.posts, self.at()).iter().filter_map(|place| past.deed(*place)).collect();
        let days = |from: Timestamp| {
            let all = posts.iter().filter(|deed| deed.at >= from);
            all.map(|deed| deed.at.0.div_euclid(mainstreet_kernel::clock::DAY))
                .collect::<HashSet<i64>>()
                .len()
        };
        trust::Standing {
            staff: self.by_staff(),
            age: past.faces.get(&person).map_or(0, |face| self.at().since(face.joined_at).max(0)),
            posts: posts.len(),
            threads: posts.iter().map(|deed| deed.topic).collect::<HashSet<i64>>().len(),
            days: days(Timestamp(i64::MIN)),
            recent_days: days(recent),
            upheld: past.between(&history.upheld_on, recent, self.at()).len(),
            removed: past.between(&history.removed, recent, self.at()).len(),
        }
    }

    /// True when the author worked in the desk at that time.
    pub(super) fn by_staff(&self) -> bool {
        let wrote = self.written().or_else(|| self.deed());
        wrote.is_some_and(|deed| deed.class == mainstreet_kernel::ActorClass::Staff)
            || self.past().role_before(self.happening.person, self.at()).is_some_and(Role::is_staff)
    }

    fn flag(&self, field: &str) -> Option<Value> {
        let deed = self.deed().filter(|deed| deed.verb == Verb::FlagCreated)?;
        match field {
            "flag.reason" => Some(Value::Word(reason(deed.word("reason")?).to_owned())),
            "flag.count" => {
                let post = self.past().posts.get(&deed.object)?;
                let before = self.past().before(&post.flags, self.at()).iter();
                let mut who: Vec<i64> =
                    before.filter_map(|place| self.past().deed(*place)).map(|flag| flag.actor).collect();
                who.push(deed.actor);
                who.sort_unstable();
                who.dedup();
                Some(count(who.len() as u64))
            }
            "flag.flagger_accuracy" => self.accuracy(deed.actor),
            _ => None,
        }
    }

    /// What the log says of an item when it opened, or when an owner was asked.
    fn item(&self, field: &str) -> Option<Value> {
        let deed =
            self.deed().filter(|deed| matches!(deed.verb, Verb::SignalOpened | Verb::SignalEscalated))?;
        let word = match field {
            "item.cause" => deed.word("kind")?,
            "item.urgency" | "ticket.priority" => deed.word("urgency")?,
            "item.owner" => deed.word("owner")?,
            _ => return None,
        };
        Some(Value::Word(word.to_owned()))
    }

    /// The share of a person's earlier flags that were upheld, of those decided by then.
    fn accuracy(&self, person: i64) -> Option<Value> {
        let past = self.past();
        let raised = past.before(&past.people.get(&person)?.flagged, self.at()).iter();
        let (mut upheld, mut decided) = (0_u32, 0_u32);
        for flag in raised.filter_map(|place| past.deed(*place)) {
            let verdicts = past.verdicts.get(&flag.parent).map(Vec::as_slice).unwrap_or_default();
            let since =
                past.between(verdicts, flag.at, self.at()).first().and_then(|place| past.deed(*place));
            if let Some(verdict) = since {
                decided += 1;
                upheld += u32::from(verdict.yes("upheld") == Some(true));
            }
        }
        (decided > 0).then(|| Value::Number(f64::from(upheld) / f64::from(decided)))
    }

    fn signal(&self, name: &str) -> Option<Value> {
        measure(self.reading()?, name)
    }
}

/// A measure of `signal.…` in a text that was read.
pub(super) fn measure(reading: &Reading, name: &str) -> Option<Value> {
    let share = if let Some(intent) = name.strip_prefix("intent-") {
        reading.intent.of(Intent::named(intent)?)
    } else {
        match name {
            "toxicity" => reading.risk.of(RiskKind::Harassment).probability,
            "needs-reply" => reading.needs_reply.probability,
            "polite" => reading.politeness.probability,
            "negative" => reading.sentiment.negative,
            "positive" => reading.sentiment.positive,
            other => reading.risk.of(RiskKind::named(&other.replace('-', "_"))?).probability,
        }
    };
    Some(Value::Number(f64::from(share)))
}

impl Facts for Known<'_> {
    fn value(&self, field: &str) -> Option<Value> {
        let (of, rest) = field.split_once('.')?;
        match of {
            "post" => self.post(field),
            "thread" => self.thread(field),
            "author" => self.author(field),
            "flag" => self.flag(field),
            "item" | "ticket" => self.item(field),
            "signal" => self.signal(rest),
            "now" => {
                let open = self.setting.hours.is_open(self.at());
                Some(Value::List(vec![CALENDARS[usize::from(!open)].to_owned()]))
            }
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "spans are far below 2^52 milliseconds")]
    fn business(&self, field: &str, unit: Unit) -> Option<f64> {
        let Value::Duration(length) = self.value(field)? else { return None };
        let from = match field {
            "post.edit_age" => self.written()?.at,
            _ => self.at().plus(-length),
        };
        match unit {
            Unit::BusinessHour => {
                let open = self.setting.hours.open_between(from, from.plus(length));
                Some(open as f64 / mainstreet_kernel::clock::HOUR as f64)
            }
            Unit::BusinessDay => Some(self.setting.hours.days_between(from, from.plus(length))),
            _ => None,
        }
    }

    fn times(&self, event: &str, window: i64) -> Option<u64> {
        counting::times(self, event, window)
    }

    fn distinct(&self, who: &str, event: &str, window: i64) -> Option<u64> {
        counting::distinct(self, who, event, window)
    }

    fn shape(&self, field: &str, shape: &str) -> Option<Vec<(usize, usize)>> {
        match self.value(field)? {
            Value::Text(passage) => Some(shapes(&passage.text, shape)),
            _ => None,
        }
    }
}

/// Where something of this shape stands in a text, in bytes.
pub(super) fn shapes(text: &str, shape: &str) -> Vec<(usize, usize)> {
    let found = mainstreet_language::personal(text).into_iter();
    found.filter(|hit| named(hit.kind) == shape).map(|hit| (hit.span.start, hit.span.end)).collect()
}

fn named(kind: mainstreet_language::PersonalKind) -> &'static str {
    use mainstreet_language::PersonalKind as Kind;
    match kind {
        Kind::Email => "email address",
        Kind::Phone => "phone number",
        Kind::Card => "payment card",
        Kind::Iban => "bank account",
        Kind::NationalId => "national id",
        Kind::Ip => "ip address",
        Kind::Address => "street address",
        Kind::Secret => "secret key",
    }
}

/// The language's word for the reason of a flag.
fn reason(word: &str) -> &'static str {
    match word {
        "spam" => "spam",
        "harassment" => "harassment",
        "off_topic" | "off-topic" => "off-topic",
        "illegal" => "illegal",
        "personal_data" | "personal data" => "personal data",
        _ => "other",
    }
}

fn count(number: u64) -> Value {
    Value::Number(f64::from(u32::try_from(number).unwrap_or(u32::MAX)))
}
