//! The past, laid out so that it can be asked how things stood at any moment.
//!
//! Everything rules count follows from [`Deed`]s, rows of the log. What is asked about a moment sees only what
//! happened before it: not the later edit, not the later verdict. Which deeds are here depends on who asks: the
//! back-test lays out all of them, the live evaluation those of the people and conversations it looks at. Both ask
//! the same questions of the same structure, so both get the same answers.

use std::collections::HashMap;

use mainstreet_kernel::{ActorClass, Role, Timestamp, Verb};
use serde_json::Value as Json;

/// A row of the log, as rules need it. Numbers that are missing are 0.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(super) seq: i64,
    pub(super) verb: Verb,
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) actor: i64,
    pub(super) class: ActorClass,
    pub(super) object: i64,
    pub(super) topic: i64,
    pub(super) parent: i64,
    pub(super) space: i64,
    pub(super) subject: i64,
    pub(super) props: Option<Box<Json>>,
}

impl Deed {
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.props.as_deref()?.get(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.props.as_deref()?.get(name)?.as_i64()
    }

    pub(super) fn yes(&self, name: &str) -> Option<bool> {
        self.props.as_deref()?.get(name)?.as_bool()
    }

    /// True for a new post.
    pub(super) fn writes(&self) -> bool {
        matches!(self.verb, Verb::TopicCreated | Verb::ReplyCreated)
    }

    /// True for what an archive only reports: it says how things ended, not when.
    pub(super) fn by_archive(&self) -> bool {
        self.word("by") == Some("archive")
    }

    /// True when the desk did it, by a person or by itself: it never sets off a rule that does not ask for it.
    pub(super) fn by_desk(&self) -> bool {
        match self.verb {
            Verb::PostEdited => self.yes("own") == Some(false),
            Verb::PostHidden | Verb::PostRestored => !self.by_archive(),
            Verb::PostDeleted => self.word("by") == Some("staff"),
            _ => self.class == ActorClass::System,
        }
    }
}

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    pub(super) name: String,
    pub(super) joined_at: Timestamp,
    pub(super) accepted: i64,
    pub(super) role: Option<Role>,
}

/// A conversation as it is today; what it was before follows from the log.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(super) title: String,
    pub(super) accepted: i64,
    pub(super) channel: String,
    pub(super) tags: Vec<String>,
}

/// Every version of a post's text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(super) version: i64,
    pub(super) body: String,
    /// Earlier versions by number.
    pub(super) earlier: Vec<(i64, String)>,
}

impl Said {
    /// The text of a version; the oldest that is known when that one is not.
    pub(super) fn at(&self, version: i64) -> &str {
        let kept = self.earlier.iter().find(|(number, _)| *number == version);
        kept.map_or(self.body.as_str(), |(_, body)| body)
    }
}

/// What a decision weighs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(super) count: i64,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) undone_at: Option<Timestamp>,
}

impl Strike {
    /// True when it counted just before `at`.
    pub(super) fn counts(&self, at: Timestamp) -> bool {
        self.from < at && at < self.until && self.undone_at.is_none_or(|undone| undone >= at)
    }
}

/// Places in [`Past::deeds`], in the order of time.
pub(super) type Line = Vec<u32>;

#[derive(Debug, Default)]
pub(super) struct PostPast {
    pub(super) written: Option<u32>,
    pub(super) edits: Line,
    /// The version each of `edits` made.
    pub(super) versions: Vec<i64>,
    pub(super) standing: Line,
    pub(super) flags: Line,
    pub(super) decided: Line,
}

#[derive(Debug, Default)]
pub(super) struct TopicPast {
    pub(super) opened: Option<u32>,
    pub(super) posts: Line,
    pub(super) changes: Line,
    pub(super) marks: Line,
    pub(super) flags: Line,
}

#[derive(Debug, Default)]
pub(super) struct PersonPast {
    pub(super) posts: Line,
    /// How many posts were written before a time, when those before it are not all laid out.
    pub(super) earlier: Option<(Timestamp, u64)>,
    pub(super) flagged: Line,
    pub(super) flags_on: Line,
    pub(super) upheld_on: Line,
    pub(super) removed: Line,
    /// Reactions received: when and how many more or fewer.
    pub(super) reactions: Vec<(Timestamp, i64)>,
}

/// The past of some or all of the community.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// In the order in which things happened; of two at one time the one told first.
    pub(super) deeds: Vec<Deed>,
    pub(super) posts: HashMap<i64, PostPast>,
    pub(super) topics: HashMap<i64, TopicPast>,
    pub(super) people: HashMap<i64, PersonPast>,
    /// Decisions by flag.
    pub(super) verdicts: HashMap<i64, Line>,
    /// Who raised a flag.
    pub(super) flaggers: HashMap<i64, i64>,
    pub(super) joins: Line,
    /// Members and since when, where a schedule goes through them.
    pub(super) members: Vec<(i64, Timestamp)>,
    pub(super) written: Line,
    pub(super) faces: HashMap<i64, Face>,
    pub(super) places: HashMap<i64, Place>,
    pub(super) spaces: HashMap<i64, (String, String)>,
    pub(super) texts: HashMap<i64, Said>,
    pub(super) strikes: HashMap<i64, Vec<Strike>>,
    pub(super) roles: HashMap<i64, Vec<(Timestamp, Role)>>,
    /// Labels of people: what, from when, until before when.
    pub(super) labels: HashMap<i64, Vec<(String, Timestamp, Timestamp)>>,
    /// What a text is counted under when the same text is looked for: by post.
    pub(super) prints: HashMap<i64, u64>,
    /// What posts are about, for those that are compared.
    pub(super) subjects: HashMap<i64, mainstreet_language::Subject>,
    /// What texts are read with.
    pub(super) version: crate::judgement::Reader,
    /// Posts by what they say.
    pub(super) alike: HashMap<u64, Line>,
}

impl Past {
    /// Lays out deeds; the same one may be given several times.
    pub(super) fn of(mut deeds: Vec<Deed>) -> Self {
        deeds.sort_unstable_by_key(|deed| (deed.at, deed.seq));
        deeds.dedup_by_key(|deed| deed.seq);
        let mut past = Self { deeds, ..Self::default() };
        for place in 0..past.deeds.len() {
            past.take(place);
        }
        past.number_edits();
        past
    }

    fn take(&mut self, place: usize) {
        let Some(deed) = self.deeds.get(place) else { return };
        let at = u32::try_from(place).unwrap_or(u32::MAX);
        match deed.verb {
            Verb::TopicCreated | Verb::ReplyCreated => {
                self.posts.entry(deed.object).or_default().written = Some(at);
                self.people.entry(deed.actor).or_default().posts.push(at);
                let topic = self.topics.entry(deed.topic).or_default();
                topic.posts.push(at);
                if deed.verb == Verb::TopicCreated {
                    topic.opened = Some(at);
                }
                self.written.push(at);
            }
            Verb::PostEdited => self.posts.entry(deed.object).or_default().edits.push(at),
            Verb::PostHidden | Verb::PostDeleted | Verb::PostRestored => {
                self.posts.entry(deed.object).or_default().standing.push(at);
                if deed.verb != Verb::PostRestored && deed.by_desk() && deed.subject != 0 {
                    self.people.entry(deed.subject).or_default().removed.push(at);
                }
            }
            Verb::FlagCreated => {
                self.flaggers.insert(deed.parent, deed.actor);
                self.posts.entry(deed.object).or_default().flags.push(at);
                self.topics.entry(deed.topic).or_default().flags.push(at);
                self.people.entry(deed.subject).or_default().flags_on.push(at);
                self.people.entry(deed.actor).or_default().flagged.push(at);
            }
            Verb::FlagDecided => {
                self.posts.entry(deed.object).or_default().decided.push(at);
                self.verdicts.entry(deed.parent).or_default().push(at);
                if deed.yes("upheld") == Some(true) {
                    self.people.entry(deed.subject).or_default().upheld_on.push(at);
                }
            }
            Verb::MemberJoined => self.joins.push(at),
            Verb::TopicEdited => self.topics.entry(deed.topic).or_default().changes.push(at),
            Verb::QuestionMarked | Verb::QuestionUnmarked => {
                self.topics.entry(deed.topic).or_default().marks.push(at);
            }
            _ => {}
        }
    }

    /// Which version an edit made: versions are numbered in the order in which we learned of them, so that a late
    /// one does not rename the others.
    fn number_edits(&mut self) {
        for post in self.posts.values_mut() {
            let mut told: Vec<(i64, u32)> = post
                .edits
                .iter()
                .filter_map(|place| Some((self.deeds.get(*place as usize)?.seq, *place)))
                .collect();
            told.sort_unstable();
            let number = |place: &u32| {
                told.iter().position(|(_, other)| other == place).map_or(1, |rank| rank as i64 + 2)
            };
            post.versions = post.edits.iter().map(number).collect();
        }
    }

    pub(super) fn deed(&self, place: u32) -> Option<&Deed> {
        self.deeds.get(place as usize)
    }

    /// Those of `line` from `from` until before `to`.
    pub(super) fn between<'a>(&self, line: &'a [u32], from: Timestamp, to: Timestamp) -> &'a [u32] {
        let at = |place: &u32| self.deed(*place).map_or(Timestamp(i64::MAX), |deed| deed.at);
        let start = line.partition_point(|place| at(place) < from);
        let end = line.partition_point(|place| at(place) < to);
        line.get(start..end.max(start)).unwrap_or_default()
    }

    /// Those of `line` before `to`.
    pub(super) fn before<'a>(&self, line: &'a [u32], to: Timestamp) -> &'a [u32] {
        self.between(line, Timestamp(i64::MIN), to)
    }

    /// How many posts a person had written before `at`.
    pub(super) fn posts_before(&self, person: i64, at: Timestamp) -> u64 {
        let Some(person) = self.people.get(&person) else { return 0 };
        let (from, count) = person.earlier.unwrap_or((Timestamp(i64::MIN), 0));
        count + self.between(&person.posts, from, at).len() as u64
    }

    /// Who wrote a post.
    pub(super) fn author(&self, post: i64) -> i64 {
        let written = self.posts.get(&post).and_then(|post| self.deed(post.written?));
        written.map_or(0, |deed| deed.actor)
    }

    /// The version of a post that stood just before `at`.
    pub(super) fn version_before(&self, post: i64, at: Timestamp) -> i64 {
        let Some(post) = self.posts.get(&post) else { return 1 };
        let edits = self.before(&post.edits, at).len();
        edits.checked_sub(1).and_then(|last| post.versions.get(last)).copied().unwrap_or(1)
    }

    /// True when a post could be read just before `at`. How an archive ended is not held against what came before.
    pub(super) fn stood_before(&self, post: i64, at: Timestamp) -> bool {
        let Some(post) = self.posts.get(&post) else { return false };
        let line = self.before(&post.standing, at).iter().rev().filter_map(|place| self.deed(*place));
        let last = line.into_iter().find(|deed| !deed.by_archive());
        last.is_none_or(|deed| deed.verb == Verb::PostRestored)
    }

    /// A person's role just before `at`.
    pub(super) fn role_before(&self, person: i64, at: Timestamp) -> Option<Role> {
        let today = self.faces.get(&person)?.role?;
        let changes = self.roles.get(&person).map(Vec::as_slice).unwrap_or_default();
        Some(changes.iter().find(|(when, _)| *when >= at).map_or(today, |(_, was)| *was))
    }

    /// The space a conversation was in just before `at`, given where it began.
    pub(super) fn space_before(&self, topic: i64, at: Timestamp) -> i64 {
        let Some(topic) = self.topics.get(&topic) else { return 0 };
        let moved = |place: &&u32| self.deed(**place).is_some_and(|deed| deed.word("to_space").is_some());
        let last = self.before(&topic.changes, at).iter().rev().find(moved);
        last.copied().or(topic.opened).and_then(|place| self.deed(place)).map_or(0, |deed| deed.space)
    }

    /// The title of a conversation just before `at`.
    pub(super) fn title_before(&self, topic: i64, at: Timestamp) -> Option<&str> {
        let place = self.places.get(&topic)?;
        let changes = self.topics.get(&topic).map(|topic| topic.changes.as_slice()).unwrap_or_default();
        let later = changes.iter().skip(self.before(changes, at).len());
        let was = later.filter_map(|place| self.deed(*place)?.word("was")).next();
        Some(was.unwrap_or(&place.title))
    }

    /// The tags of a conversation just before `at`; nothing when they were changed later and what they were before
    /// was not kept.
    pub(super) fn tags_before(&self, topic: i64, at: Timestamp) -> Option<Vec<String>> {
        let place = self.places.get(&topic)?;
        let changes = self.topics.get(&topic).map(|topic| topic.changes.as_slice()).unwrap_or_default();
        let tags = |place: &u32| {
            let list = self.deed(*place)?.props.as_deref()?.get("tags")?.as_array()?;
            Some(list.iter().filter_map(Json::as_str).map(str::to_owned).collect::<Vec<_>>())
        };
        let known = self.before(changes, at);
        if let Some(set) = known.iter().rev().find_map(tags) {
            return Some(set);
        }
        let changed_later = changes.iter().skip(known.len()).any(|place| tags(place).is_some());
        (!changed_later).then(|| place.tags.clone())
    }

    /// True when a conversation asked for an answer just before `at`.
    pub(super) fn asked_before(&self, topic: i64, at: Timestamp) -> bool {
        let Some(topic) = self.topics.get(&topic) else { return false };
        let opened = topic.opened.and_then(|place| self.deed(place));
        let begun = opened.is_some_and(|deed| deed.yes("question") == Some(true));
        let last = self.before(&topic.marks, at).last().and_then(|place| self.deed(*place));
        last.map_or(begun, |deed| deed.verb == Verb::QuestionMarked)
    }
}
