//! What is known about a story because it was made up: the numbers that metrics must find again.
//!
//! Spammers are left out of `contributing_by_day` and of `questions`, as the metrics do once their accounts
//! are closed.

use std::collections::{BTreeMap, HashMap};

use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, SpaceId, TopicId};
use mainstreet_kernel::{ActorClass, Timestamp, Verb};
use serde::Serialize;

use super::happening::{Happening, Place, What};
use super::people::{Kind, Person, TIRING_DAYS};
use super::rhythm::Rhythm;
use super::staging::Plot;
use super::story::{Setting, Space};

/// A question and how long it waited.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question {
    /// The topic.
    pub(crate) topic: TopicId,
    /// Which space, by its place in `spaces`.
    pub(crate) space: usize,
    /// When it was asked.
    pub(crate) asked: Timestamp,
    /// When the first reply of somebody else came.
    pub(crate) answered: Option<Timestamp>,
    /// Whether that was somebody of the staff, not a member.
    pub(crate) by_staff: bool,
    /// When a reply was marked as the answer.
    pub(crate) accepted: Option<Timestamp>,
    /// When the asker took the question back.
    pub(crate) withdrawn: Option<Timestamp>,
}

/// A champion and what became of them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Champion {
    /// Who.
    pub(crate) person: PersonId,
    /// When they begin to tire; from then on their answering falls by half every `tiring_days`.
    pub(crate) tires: Timestamp,
    /// Replies they wrote.
    pub(crate) replies: u64,
    /// Replies of theirs that were accepted.
    pub(crate) accepted: u64,
}

/// How long somebody was there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Life {
    /// Who.
    pub(crate) person: PersonId,
    /// When they came.
    pub(crate) joined: Timestamp,
    /// After this they did nothing; the story's end for those who stayed.
    pub(crate) leaves: Timestamp,
}

/// A time answers take in a space.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AnswerTime {
    /// The space's address part.
    pub(crate) space: String,
    /// Median hours by day (log-normal); 2.2 times from 22 to 5, 1.4 times from 5 to 7 UTC.
    pub(crate) median_hours: f64,
    /// Standard deviation of the logarithm.
    pub(crate) sigma: f64,
    /// Share never answered while the champions are fresh; it doubles as they tire.
    pub(crate) never: f64,
    /// Whether topics here ask something.
    pub(crate) questions: bool,
}

/// A stretch of time with something in it.
#[derive(Clone, Debug, Serialize, Default)]
pub(crate) struct Window {
    /// From.
    pub(crate) from: Timestamp,
    /// To.
    pub(crate) to: Timestamp,
    /// The topics that belong to it.
    pub(crate) topics: Vec<TopicId>,
    /// The people.
    pub(crate) people: Vec<PersonId>,
    /// Posts written in it by these people, or in these topics.
    pub(crate) posts: u64,
}

/// All that is known.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Truth {
    /// The seed.
    pub(crate) seed: u64,
    /// People, staff and spammers among them.
    pub(crate) members: u32,
    /// The story's first instant.
    pub(crate) from: Timestamp,
    /// The story's last instant.
    pub(crate) to: Timestamp,
    /// Rows of the log by verb.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// People who joined on each 24 hours from `from`.
    pub(crate) arrivals_by_day: Vec<u32>,
    /// Members (not staff, not spammers) who wrote, reacted or accepted in each 24 hours from `from`.
    pub(crate) contributing_by_day: Vec<u32>,
    /// The launch.
    pub(crate) launch: Timestamp,
    /// The outage and the topics it caused; the two days before the end have a smaller echo of it.
    pub(crate) outage: Window,
    /// The raid.
    pub(crate) raid: Window,
    /// The quarrels.
    pub(crate) quarrels: Vec<Window>,
    /// Days in which a tired champion's answering halves.
    pub(crate) tiring_days: f64,
    /// The champions.
    pub(crate) champions: Vec<Champion>,
    /// What answer times were drawn from.
    pub(crate) answer_times: Vec<AnswerTime>,
    /// Recurring questions: cluster to topics.
    pub(crate) clusters: BTreeMap<String, Vec<TopicId>>,
    /// Every question.
    pub(crate) questions: Vec<Question>,
    /// Every member's stay.
    pub(crate) lives: Vec<Life>,
    #[serde(skip)]
    space: HashMap<SpaceId, usize>,
    #[serde(skip)]
    open: HashMap<TopicId, (usize, PersonId)>,
    #[serde(skip)]
    champion: HashMap<PersonId, usize>,
}

impl Truth {
    pub(crate) fn new(
        setting: &Setting,
        spaces: &[Space],
        people: &[Person],
        plot: &Plot,
        rhythm: &Rhythm,
    ) -> Self {
        let days = setting.days as usize;
        let champions: Vec<Champion> = people
            .iter()
            .filter(|person| person.kind == Kind::Champion)
            .map(|person| Champion { person: person.id, tires: person.tires, replies: 0, accepted: 0 })
            .collect();
        let life = |person: &Person| Life {
            person: person.id,
            joined: person.joined,
            leaves: person.leaves.min(setting.now),
        };
        let times = |space: &Space| AnswerTime {
            space: space.slug.clone(),
            median_hours: space.hours,
            sigma: space.sigma,
            never: space.never,
            questions: space.questions,
        };
        let (first, last) = plot.outage;
        Self {
            seed: setting.seed,
            members: setting.members,
            from: rhythm.start(),
            to: setting.now,
            counts: BTreeMap::new(),
            arrivals_by_day: vec![0; days + 1],
            contributing_by_day: vec![0; days + 1],
            launch: rhythm.at_hour(plot.launch, 9, 0),
            outage: Window { from: rhythm.day(first), to: rhythm.day(last + 1), ..Window::default() },
            raid: Window { from: plot.raid_at, to: plot.raid_at.plus(4 * HOUR), ..Window::default() },
            quarrels: Vec::new(),
            tiring_days: TIRING_DAYS,
            champion: champions
                .iter()
                .enumerate()
                .map(|(place, champion)| (champion.person, place))
                .collect(),
            champions,
            answer_times: spaces.iter().map(times).collect(),
            clusters: BTreeMap::new(),
            questions: Vec::new(),
            lives: people.iter().filter(|person| person.kind != Kind::Raider).map(life).collect(),
            open: HashMap::new(),
            space: spaces.iter().enumerate().map(|(place, space)| (space.id, place)).collect(),
        }
    }

    /// Takes note of what happens on story day `day`.
    pub(crate) fn note(&mut self, happening: &Happening, person: &mut Person, day: usize) {
        *self.counts.entry(verb(&happening.what).as_str()).or_insert(0) += 1;
        let spam = person.kind == Kind::Raider;
        let raid = spam && (self.raid.from..self.raid.to).contains(&person.joined);
        let at = happening.at;
        let contributes = match &happening.what {
            What::Joined(_) => {
                if let Some(count) = self.arrivals_by_day.get_mut(day) {
                    *count += 1;
                }
                if raid {
                    self.raid.people.push(person.id);
                }
                false
            }
            What::Asked(opening) => {
                self.asked(at, opening, spam);
                if raid {
                    self.raid.topics.push(opening.place.topic);
                }
                true
            }
            What::Replied { place, .. } => {
                if !spam {
                    self.replied(at, *place, happening.actor().class == ActorClass::Staff);
                }
                true
            }
            What::Accepted { place } => {
                self.accepted(at, *place);
                true
            }
            What::Deleted { place } if place.number == 1 => {
                if let Some(question) = self.question(place.topic) {
                    question.withdrawn = Some(at);
                }
                false
            }
            What::Reacted { .. } => true,
            _ => false,
        };
        if raid && matches!(happening.what, What::Asked(_) | What::Replied { .. }) {
            self.raid.posts += 1;
        }
        let today = u16::try_from(day + 1).unwrap_or(u16::MAX);
        let counts = contributes && !spam && happening.actor().class == ActorClass::Member;
        if counts && person.contributed != today {
            person.contributed = today;
            if let Some(count) = self.contributing_by_day.get_mut(day) {
                *count += 1;
            }
        }
    }

    fn asked(&mut self, at: Timestamp, opening: &super::happening::Opening, spam: bool) {
        if !opening.question || spam {
            return;
        }
        let topic = opening.place.topic;
        self.open.insert(topic, (self.questions.len(), opening.place.author));
        let space = self.space.get(&opening.place.space).copied().unwrap_or(0);
        self.questions.push(Question {
            topic,
            space,
            asked: at,
            answered: None,
            by_staff: false,
            accepted: None,
            withdrawn: None,
        });
        if let Some(cluster) = &opening.cluster {
            self.clusters.entry(cluster.clone()).or_default().push(topic);
            if cluster == "outage" && (self.outage.from..self.outage.to).contains(&at) {
                self.outage.topics.push(topic);
            }
        }
    }

    fn replied(&mut self, at: Timestamp, place: Place, staff: bool) {
        if let Some(champion) =
            self.champion.get(&place.author).and_then(|place| self.champions.get_mut(*place))
        {
            champion.replies += 1;
        }
        for quarrel in &mut self.quarrels {
            if quarrel.topics.contains(&place.topic) {
                quarrel.posts += 1;
                quarrel.to = at;
            }
        }
        let asker = self.open.get(&place.topic).map(|(_, asker)| *asker);
        if let Some(question) = self.question(place.topic)
            && question.answered.is_none()
            && asker != Some(place.author)
        {
            question.answered = Some(at);
            question.by_staff = staff;
        }
    }

    fn accepted(&mut self, at: Timestamp, place: Place) {
        if let Some(champion) =
            self.champion.get(&place.author).and_then(|place| self.champions.get_mut(*place))
        {
            champion.accepted += 1;
        }
        if let Some(question) = self.question(place.topic) {
            question.accepted = Some(at);
        }
    }

    fn question(&mut self, topic: TopicId) -> Option<&mut Question> {
        self.open.get(&topic).and_then(|(place, _)| self.questions.get_mut(*place))
    }

    /// A quarrel begins.
    pub(crate) fn quarrel(&mut self, place: Option<Place>, one: PersonId, other: PersonId) {
        if let Some(place) = place {
            let at = mainstreet_kernel::id::time_of(place.post.0);
            self.quarrels.push(Window {
                from: at,
                to: at,
                topics: vec![place.topic],
                people: vec![one, other],
                posts: 1,
            });
        }
    }

    /// Posts written.
    pub(crate) fn posts(&self) -> u64 {
        let count = |verb: Verb| self.counts.get(verb.as_str()).copied().unwrap_or(0);
        count(Verb::TopicCreated) + count(Verb::ReplyCreated)
    }
}

/// The verb that a happening is in the log.
pub(crate) fn verb(what: &What) -> Verb {
    match what {
        What::Joined(_) => Verb::MemberJoined,
        What::Visited => Verb::SessionActive,
        What::Asked(_) => Verb::TopicCreated,
        What::Replied { .. } => Verb::ReplyCreated,
        What::Edited { .. } => Verb::PostEdited,
        What::Deleted { .. } => Verb::PostDeleted,
        What::Hidden { .. } => Verb::PostHidden,
        What::Reacted { .. } => Verb::ReactionAdded,
        What::Accepted { .. } => Verb::AnswerAccepted,
        What::Flagged { .. } => Verb::FlagCreated,
        What::Judged { .. } => Verb::FlagDecided,
        What::Suspended { .. } => Verb::MemberSuspended,
        What::Closed { .. } => Verb::TopicClosed,
    }
}
