//! The clock of a topic: when it was asked, first answered and solved, told from its activities alone.

use std::collections::{BTreeMap, HashMap};

use mainstreet_db::log::Entry;
use mainstreet_kernel::id::{PersonId, SpaceId, TopicId};
use mainstreet_kernel::{ActorClass, Timestamp, Verb, Visibility};

use super::survival::{Cause, Watch};

/// Who each person is now: accounts found to be one person are one, and those closed for spam are nobody.
#[derive(Clone, Debug, Default)]
pub struct People {
    exceptions: HashMap<PersonId, Option<PersonId>>,
}

impl People {
    /// Knows these exceptions: a person who is another now, or nobody. Everyone else is who they are.
    pub fn knowing(exceptions: impl IntoIterator<Item = (PersonId, Option<PersonId>)>) -> Self {
        Self { exceptions: exceptions.into_iter().collect() }
    }

    /// Who `person` is now; nobody when their account was closed for spam.
    pub fn now(&self, person: PersonId) -> Option<PersonId> {
        self.exceptions.get(&person).copied().unwrap_or(Some(person))
    }
}

/// Whether and as what a topic is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Population {
    /// Begun by a bot, by a closed account, or seen by staff only.
    None,
    /// Any topic.
    Topic,
    /// One that asks for an answer.
    Question,
}

impl Population {
    /// The number stored.
    pub fn code(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Topic => 1,
            Self::Question => 2,
        }
    }

    /// Reads [`Self::code`].
    pub fn from_code(code: i64) -> Self {
        match code {
            2 => Self::Question,
            1 => Self::Topic,
            _ => Self::None,
        }
    }
}

/// The first response to a topic: the first published reply by another person, member or staff, that says more
/// than a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: Cause,
    /// The post.
    pub post: i64,
}

/// What the log says of one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicClock {
    /// The topic.
    pub topic: TopicId,
    /// Where it stands now.
    pub space: SpaceId,
    /// As what it is counted.
    pub population: Population,
    /// True when it was marked as a question, whether counted or not.
    pub marked: bool,
    /// When it was published; unknown until the log tells.
    pub asked_at: Option<Timestamp>,
    /// Who asked, as merged now.
    pub asker: Option<PersonId>,
    /// The first response that still stands.
    pub response: Option<Response>,
    /// The earliest acceptance that still stands.
    pub accepted_at: Option<Timestamp>,
    /// When it stopped taking replies, if it does not take any now.
    pub closed_at: Option<Timestamp>,
    /// When it was hidden or deleted, if it is so now.
    pub gone_at: Option<Timestamp>,
    /// Replies ever written by people, those later taken away included: the work happened.
    pub replies: i64,
}

/// The verbs that move a clock.
pub const VERBS: [Verb; 12] = [
    Verb::TopicCreated,
    Verb::TopicEdited,
    Verb::TopicClosed,
    Verb::TopicReopened,
    Verb::QuestionMarked,
    Verb::QuestionUnmarked,
    Verb::ReplyCreated,
    Verb::PostDeleted,
    Verb::PostHidden,
    Verb::PostRestored,
    Verb::AnswerAccepted,
    Verb::AnswerUnaccepted,
];

impl TopicClock {
    fn of(topic: TopicId) -> Self {
        Self {
            topic,
            space: SpaceId(0),
            population: Population::None,
            marked: false,
            asked_at: None,
            asker: None,
            response: None,
            accepted_at: None,
            closed_at: None,
            gone_at: None,
            replies: 0,
        }
    }

    /// Tells the clock of `topic` from all its activities, in the order of the log. What happened is placed by
    /// its own time; of two contradicting activities the later one in the log holds.
    pub fn tell(topic: TopicId, entries: &[Entry], people: &People) -> Self {
        let mut story = Story::of(topic);
        // That a post was taken away is for staff to see; that it is gone, everybody sees.
        let told = |entry: &&Entry| {
            entry.visibility != Visibility::Staff
                || matches!(entry.verb, Verb::PostDeleted | Verb::PostHidden)
        };
        for entry in entries.iter().filter(told) {
            story.hear(entry);
        }
        story.end(people)
    }

    /// Hears one more reply: the same as telling the whole story again, as long as nothing was taken away.
    /// Only for a clock whose topic is known.
    pub fn hear_reply(&mut self, entry: &Entry, people: &People) {
        self.replies += i64::from(is_by_people(entry));
        let response = response_in(entry).filter(|(_, person)| {
            let person = people.now(*person);
            person.is_some() && person != self.asker
        });
        if let Some((response, _)) = response {
            self.response = Some(self.response.map_or(response, |first| earlier(first, response)));
        }
    }
}

/// The times of one counted topic, all that its figures need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The topic.
    pub topic: TopicId,
    /// When it was published.
    pub asked_at: Timestamp,
    /// The first response and who gave it.
    pub response: Option<(Timestamp, Cause)>,
    /// The earliest acceptance that stands.
    pub accepted_at: Option<Timestamp>,
    /// When it stopped taking replies.
    pub closed_at: Option<Timestamp>,
    /// When it was taken away.
    pub gone_at: Option<Timestamp>,
    /// Replies ever written.
    pub replies: i64,
}

impl Times {
    /// What a watch for the first response saw until `now`. A topic that is closed or taken away without one is
    /// censored then: nobody waits any longer.
    pub fn watch_response(&self, now: Timestamp) -> Watch {
        self.watch(self.response, [self.closed_at, self.gone_at], now)
    }

    /// What a watch for an accepted answer saw until `now`. A closed topic can still have its answer marked.
    pub fn watch_solution(&self, now: Timestamp) -> Watch {
        let by = self.response.map_or(Cause::Member, |(_, by)| by);
        self.watch(self.accepted_at.map(|at| (at, by)), [self.gone_at, None], now)
    }

    fn watch(&self, end: Option<(Timestamp, Cause)>, stops: [Option<Timestamp>; 2], now: Timestamp) -> Watch {
        let stop = stops.into_iter().flatten().fold(now, Timestamp::min);
        match end {
            Some((at, by)) if at <= stop => Watch::ended(at.since(self.asked_at).max(0), by),
            _ => Watch::censored(stop.since(self.asked_at).max(0)),
        }
    }

    /// True when it waits for a first response at `now`.
    pub fn waits(&self, now: Timestamp) -> bool {
        let later = |at: Option<Timestamp>| at.is_none_or(|at| at > now);
        let response = self.response.map(|(at, _)| at);
        self.asked_at <= now && later(response) && later(self.closed_at) && later(self.gone_at)
    }
}

/// False for bots and for notices such as "this topic was closed".
fn is_by_people(entry: &Entry) -> bool {
    matches!(entry.actor_class, ActorClass::Member | ActorClass::Staff | ActorClass::Guest)
}

fn earlier(a: Response, b: Response) -> Response {
    if (b.at, b.post) < (a.at, a.post) { b } else { a }
}

/// The response that a reply would be, and who wrote it.
fn response_in(entry: &Entry) -> Option<(Response, PersonId)> {
    let by = match entry.actor_class {
        ActorClass::Member => Cause::Member,
        ActorClass::Staff => Cause::Staff,
        ActorClass::Bot | ActorClass::System | ActorClass::Guest => return None,
    };
    let only_mention = entry.props.get("mention_only").is_some_and(truth);
    let person = entry.actor.filter(|_| !only_mention)?;
    Some((Response { at: entry.occurred_at, by, post: entry.object_id }, person))
}

/// True for an acceptance that only came back together with its post: nobody accepted anything anew.
pub(super) fn is_echo(entry: &Entry) -> bool {
    entry.props.get("because").and_then(serde_json::Value::as_str) == Some("post_back")
}

/// A topic's activities, heard one after another.
struct Story {
    clock: TopicClock,
    asker: Option<(Option<PersonId>, ActorClass)>,
    first_post: Option<i64>,
    responses: BTreeMap<i64, (Response, PersonId)>,
    away: HashMap<i64, Timestamp>,
    accepted: BTreeMap<i64, Timestamp>,
    /// When what is accepted no longer had been.
    shelved: HashMap<i64, Timestamp>,
}

impl Story {
    fn of(topic: TopicId) -> Self {
        Self {
            clock: TopicClock::of(topic),
            asker: None,
            first_post: None,
            responses: BTreeMap::new(),
            away: HashMap::new(),
            accepted: BTreeMap::new(),
            shelved: HashMap::new(),
        }
    }

    fn hear(&mut self, entry: &Entry) {
        let (at, post) = (entry.occurred_at, entry.object_id);
        if let Some(space) =
            entry.space.filter(|_| matches!(entry.verb, Verb::TopicCreated | Verb::TopicEdited))
        {
            self.clock.space = space;
        }
        match entry.verb {
            Verb::TopicCreated => {
                self.clock.asked_at = Some(at);
                self.asker = Some((entry.actor, entry.actor_class));
                self.first_post = (entry.object_kind == "post").then_some(post);
                self.clock.marked |= entry.props.get("question").is_some_and(truth);
            }
            Verb::QuestionMarked => self.clock.marked = true,
            Verb::QuestionUnmarked => self.clock.marked = false,
            Verb::TopicClosed => self.clock.closed_at = Some(at),
            Verb::TopicReopened => self.clock.closed_at = None,
            Verb::ReplyCreated => {
                self.clock.replies += i64::from(is_by_people(entry));
                self.away.remove(&post);
                self.responses.extend(response_in(entry).map(|response| (post, response)));
            }
            Verb::PostDeleted | Verb::PostHidden => {
                self.away.entry(post).or_insert(at);
            }
            Verb::PostRestored => {
                self.away.remove(&post);
            }
            Verb::AnswerAccepted => {
                let at = if is_echo(entry) { self.shelved.get(&post).copied().unwrap_or(at) } else { at };
                self.accepted.entry(post).or_insert(at);
            }
            Verb::AnswerUnaccepted => {
                let at = self.accepted.remove(&post);
                self.shelved.extend(at.map(|at| (post, at)));
            }
            _ => {}
        }
    }

    fn end(mut self, people: &People) -> TopicClock {
        let (asker, class) = self.asker.unwrap_or((None, ActorClass::System));
        let closed_for_spam = asker.is_some_and(|asker| people.now(asker).is_none());
        self.clock.asker = asker.and_then(|asker| people.now(asker));
        let counted =
            matches!(class, ActorClass::Member | ActorClass::Staff | ActorClass::Guest) && !closed_for_spam;
        self.clock.population = match (counted, self.clock.marked) {
            (false, _) => Population::None,
            (true, false) => Population::Topic,
            (true, true) => Population::Question,
        };
        self.clock.gone_at = self.first_post.and_then(|post| self.away.get(&post).copied());
        let asker = self.clock.asker;
        self.clock.response = self
            .responses
            .iter()
            .filter(|(post, _)| !self.away.contains_key(post))
            .filter(|(_, (_, person))| {
                let person = people.now(*person);
                person.is_some() && person != asker
            })
            .map(|(_, (response, _))| *response)
            .reduce(earlier);
        let standing = self.accepted.iter().filter(|(post, _)| !self.away.contains_key(post));
        self.clock.accepted_at = standing.map(|(_, at)| *at).min();
        self.clock
    }
}

fn truth(value: &serde_json::Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_i64() == Some(1))
}
