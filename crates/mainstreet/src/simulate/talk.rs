//! One conversation: how it goes on after its first post, and what is said.

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{PostId, TopicId};

use super::dice::mix;
use super::grammar::Section;
use super::happening::{Opening, Parent, Place, What};
use super::rhythm::night_factor;
use super::staging::Cue;
use super::story::{Due, Story};

/// What happens next in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// Somebody asks back.
    Clarify,
    /// The asker tells more.
    Tell,
    /// Somebody guesses wrong.
    Wrong,
    /// The asker says that it did not help.
    NoLuck,
    /// Somebody answers.
    Answer,
    /// The asker says thanks.
    Thanks,
    /// The asker marks the last answer.
    Accept,
    /// Somebody has the same.
    MeToo,
    /// Somebody adds a remark.
    Aside,
    /// The asker asks again after silence.
    Bump,
    /// A reply in a conversation that asks nothing; so many more may follow.
    Chat(u8),
    /// The one who began it replies.
    Reply,
    /// The author changes post `0`.
    Edit(u16),
    /// The author takes the last post back.
    Delete,
    /// The asker takes the topic back.
    Withdraw,
}

/// A post of an open conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) post: PostId,
    pub(crate) author: u32,
    pub(crate) answers: bool,
}

/// A conversation that is still going on.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) topic: TopicId,
    pub(crate) space: usize,
    pub(crate) scene: usize,
    pub(crate) language: String,
    pub(crate) seed: u64,
    pub(crate) asker: u32,
    pub(crate) helper: Option<u32>,
    pub(crate) said: Vec<Said>,
    pub(crate) last_words: String,
    pub(crate) people: u32,
    pub(crate) used: Vec<(Section, usize)>,
    pub(crate) pending: u32,
    pub(crate) answered: bool,
    pub(crate) accepted: bool,
    pub(crate) closed: bool,
}

impl Story {
    /// Begins a conversation and plans what follows. Returns its key.
    pub(crate) fn open(
        &mut self,
        at: Timestamp,
        asker: u32,
        kind: &str,
        place: Option<usize>,
    ) -> Option<u32> {
        let launched = self.rhythm.day_of(at) >= self.plot.launch;
        let month = self.rhythm.month(at);
        let (drawn, asker) = (0..8).find_map(|_| {
            let drawn = self.repertoire.draw(kind, launched, month, &mut self.dice)?;
            // A text in another language is written by somebody who speaks it.
            let foreign = drawn.language != "en";
            let asker = if foreign { self.draft(at, false, &drawn.language, &[])? } else { asker };
            Some((drawn, asker))
        })?;
        let space = place.unwrap_or(drawn.space);
        let topic = self.mint_topic(at);
        let post = self.mint_post(at);
        let talk = Talk {
            topic,
            space,
            scene: drawn.scene,
            language: drawn.language,
            seed: mix(self.setting.seed, topic.0.cast_unsigned()),
            asker,
            helper: None,
            said: vec![Said { post, author: asker, answers: false }],
            last_words: String::new(),
            people: 1,
            used: Vec::new(),
            pending: 0,
            answered: false,
            accepted: false,
            closed: false,
        };
        let key = self.open_talk(talk);
        self.seen(at, asker);
        let title = self.speak(key, "title", asker, asker).unwrap_or_default();
        let body = self.speak(key, "body", asker, asker).unwrap_or_default();
        self.keep_words(key, &body);
        let scene = self.grammar.scene(drawn.scene)?;
        let question = scene.kind == "question" || scene.kind == "outage";
        let staged = matches!(scene.kind.as_str(), "heat" | "spam");
        let cluster = scene.props.get("cluster").cloned();
        let mut tags: Vec<String> = scene.list("tags").map(str::to_owned).collect();
        let keep = self.dice.below(tags.len() + 1);
        tags.truncate(keep.max(1));
        let charm = if question { 0.35 } else { 0.9 };
        let place = self.place(key, 1)?;
        let opening = Opening { place, title, body, tags, question, cluster };
        self.tell(at, asker, What::Asked(Box::new(opening)));
        self.remember(place, asker, charm);
        self.wrote(asker);
        if !staged {
            self.plan(at, key, question);
        }
        Some(key)
    }

    /// Decides how a conversation goes on.
    fn plan(&mut self, at: Timestamp, key: u32, question: bool) {
        let Some(talk) = self.talks.get(&key) else { return };
        let Some(space) = self.spaces.get(talk.space) else { return };
        let (hours, sigma, never) = (space.hours, space.sigma, space.never);
        let scene = self.grammar.scene(talk.scene);
        let heat = scene.map_or(4.0, |scene| scene.number("replies", 4.0));
        let wrong = scene.is_some_and(|scene| scene.section("wrong").is_some());
        if question {
            if self.dice.chance(0.004) {
                return self.beat(key, at.plus(9 * MINUTE), Beat::Withdraw);
            }
            if self.dice.chance(never * (2.0 - self.champions_energy(at))) {
                if self.dice.chance(0.4) {
                    let wait = self.dice.log_normal(40.0, 0.5);
                    self.beat(key, at.plus(hours_of(wait)), Beat::Bump);
                }
                return;
            }
            let wait = self.dice.log_normal(hours * night_factor(at), sigma);
            let first = match self.dice.below(100) {
                0..25 => Beat::Clarify,
                25..45 if wrong => Beat::Wrong,
                _ => Beat::Answer,
            };
            self.beat(key, at.plus(hours_of(wait)), first);
        } else {
            let count = self.dice.log_normal(heat, 0.6).round().clamp(0.0, 40.0);
            let wait = self.dice.log_normal(hours, sigma.min(1.2));
            if count >= 1.0 {
                self.beat(key, at.plus(hours_of(wait)), Beat::Chat(count as u8 - 1));
            }
        }
        if self.dice.chance(0.07) {
            let wait = self.dice.log_normal(0.2, 0.8);
            self.beat(key, at.plus(hours_of(wait)), Beat::Edit(1));
        }
    }

    /// Lets a beat happen.
    pub(crate) fn perform(&mut self, at: Timestamp, key: u32, beat: Beat) {
        let Some(talk) = self.talks.get(&key) else { return };
        if talk.closed {
            return;
        }
        let (asker, helper) = (talk.asker, talk.helper);
        match beat {
            Beat::Accept => self.accept(at, key),
            Beat::Edit(number) => self.edit(at, key, u32::from(number)),
            Beat::Delete | Beat::Withdraw => self.take_back(at, key, beat),
            Beat::Tell | Beat::NoLuck | Beat::Thanks | Beat::Bump | Beat::Reply => {
                if self.people.get(asker as usize).is_some_and(|person| person.here(at)) {
                    self.reply(at, key, asker, beat);
                }
            }
            Beat::Answer | Beat::Clarify | Beat::Wrong => {
                let again = helper.filter(|_| self.dice.chance(0.72));
                let language = talk.language.clone();
                let author = again
                    .filter(|helper| self.people.get(*helper as usize).is_some_and(|person| person.here(at)))
                    .or_else(|| self.draft(at, true, &language, &[asker]));
                if let Some(author) = author {
                    self.reply(at, key, author, beat);
                }
            }
            Beat::MeToo | Beat::Aside | Beat::Chat(_) => {
                let last = talk.said.last().map_or(asker, |said| said.author);
                let language = talk.language.clone();
                let known = self.dice.chance(0.3).then(|| self.dice.pick(&talk.said).map(|said| said.author));
                let author = known
                    .flatten()
                    .filter(|known| {
                        *known != last
                            && *known != asker
                            && self.people.get(*known as usize).is_some_and(|person| person.here(at))
                    })
                    .or_else(|| self.draft(at, false, &language, &[asker, last]));
                if let Some(author) = author {
                    self.reply(at, key, author, beat);
                }
            }
        }
    }

    fn reply(&mut self, at: Timestamp, key: u32, author: u32, beat: Beat) {
        let Some(talk) = self.talks.get(&key) else { return };
        let to = match beat {
            Beat::Chat(_) | Beat::Reply => talk.said.last().map_or(talk.asker, |said| said.author),
            Beat::Tell | Beat::NoLuck | Beat::Thanks => talk.helper.unwrap_or(talk.asker),
            _ => talk.asker,
        };
        let aside =
            matches!(beat, Beat::Chat(_) | Beat::Aside) && talk.said.len() > 1 && self.dice.chance(0.1);
        let quote = if aside { talk.last_words.clone() } else { String::new() };
        let Some(body) = self.compose(key, beat, author, to, &quote) else { return };
        self.say(at, key, author, to, body, matches!(beat, Beat::Answer));
        if matches!(beat, Beat::Answer | Beat::Clarify | Beat::Wrong)
            && let Some(talk) = self.talks.get_mut(&key)
        {
            talk.helper = Some(author);
        }
        self.follow(at, key, beat);
    }

    /// Writes a reply into the conversation.
    pub(crate) fn say(&mut self, at: Timestamp, key: u32, author: u32, to: u32, body: String, answers: bool) {
        self.seen(at, author);
        let post = self.mint_post(at);
        let Some(talk) = self.talks.get_mut(&key) else { return };
        let target = talk.said.iter().enumerate().rev().find(|(_, said)| said.author == to);
        let parent = target.map(|(place, said)| (place, said.post));
        talk.said.push(Said { post, author, answers });
        talk.answered |= author != talk.asker;
        let number = u32::try_from(talk.said.len()).unwrap_or(u32::MAX);
        let fresh = talk.said.iter().filter(|said| said.author == author).count() == 1;
        talk.people += u32::from(fresh);
        let (people, asker) = (talk.people, talk.asker);
        self.keep_words(key, &body);
        let Some(place) = self.place(key, number) else { return };
        let to = self.id(to);
        // A reply to the first post needs no mark; one to a later post often says so.
        let parent = parent.filter(|(place, _)| *place > 0 && self.dice.chance(0.55));
        let parent = parent.map(|(place, post)| Parent {
            post,
            number: u32::try_from(place + 1).unwrap_or(1),
            author: to,
        });
        self.tell(at, author, What::Replied { place, asker: self.id(asker), people, parent, body });
        self.remember(place, author, if answers { 0.9 } else { 0.3 });
        self.wrote(author);
        if self.dice.chance(0.004) {
            let wait = self.dice.log_normal(3.0, 0.9);
            self.due(at.plus(hours_of(wait)), Due::Cue(Cue::Flag(place, "off_topic")));
        }
        if self.dice.chance(0.03) {
            let wait = self.dice.log_normal(0.15, 0.8);
            self.beat(key, at.plus(hours_of(wait)), Beat::Edit(u16::try_from(number).unwrap_or(1)));
        }
    }

    /// Decides what a beat sets off.
    fn follow(&mut self, at: Timestamp, key: u32, beat: Beat) {
        let after = |story: &mut Self, p: f64, median: f64, next: Beat| {
            let wait = story.dice.log_normal(median, 1.1);
            let happens = story.dice.chance(p);
            if happens {
                story.beat(key, at.plus(hours_of(wait)), next);
            }
            happens
        };
        match beat {
            Beat::Clarify => {
                let _ = after(self, 0.82, 2.5, Beat::Tell) || after(self, 0.6, 12.0, Beat::Answer);
            }
            Beat::Tell => {
                after(self, 0.9, 2.0, Beat::Answer);
            }
            Beat::Wrong => {
                let _ = after(self, 0.75, 4.0, Beat::NoLuck) || after(self, 0.7, 8.0, Beat::Answer);
            }
            Beat::NoLuck => {
                after(self, 0.88, 4.0, Beat::Answer);
            }
            Beat::Answer => {
                if !after(self, 0.66, 4.0, Beat::Thanks) && !after(self, 0.22, 20.0, Beat::Accept) {
                    after(self, 0.35, 14.0, Beat::Answer);
                }
                after(self, 0.12, 30.0, Beat::MeToo);
                after(self, 0.2, 18.0, Beat::Aside);
            }
            Beat::Thanks => {
                after(self, 0.86, 0.1, Beat::Accept);
                after(self, 0.12, 20.0, Beat::Aside);
            }
            Beat::Bump => {
                after(self, 0.25, 90.0, Beat::Bump);
            }
            Beat::Chat(left) => {
                let settled = self.talks.get(&key).is_some_and(|talk| talk.said.len() > 3);
                after(self, if settled { 0.22 } else { 0.0 }, 1.5, Beat::Reply);
                if left > 0 {
                    after(self, 1.0, 2.2, Beat::Chat(left - 1));
                } else if self.dice.chance(0.02) {
                    after(self, 1.0, 0.2, Beat::Delete);
                }
            }
            _ => {}
        }
    }

    fn accept(&mut self, at: Timestamp, key: u32) {
        let Some(talk) = self.talks.get(&key) else { return };
        let (asker, accepted) = (talk.asker, talk.accepted);
        let here = self.people.get(asker as usize).is_some_and(|person| person.here(at));
        let number = talk.said.iter().rposition(|said| said.answers).map_or(0, |place| place + 1);
        if let Some(place) = self.place(key, u32::try_from(number).unwrap_or(0)).filter(|_| here && !accepted)
        {
            self.seen(at, asker);
            self.tell(at, asker, What::Accepted { place });
            if let Some(talk) = self.talks.get_mut(&key) {
                talk.accepted = true;
            }
        }
    }

    /// The author adds to a post, as long as nobody has written after it.
    fn edit(&mut self, at: Timestamp, key: u32, number: u32) {
        let Some(place) = self.place(key, number) else { return };
        let Some(talk) = self.talks.get(&key).filter(|talk| talk.said.len() == number as usize) else {
            return;
        };
        let Some(author) = talk.said.last().map(|said| said.author) else { return };
        let body = talk.last_words.clone();
        let section = if number == 1 { "addition" } else { "correction" };
        if let Some(addition) = self.speak(key, section, author, author) {
            let body = format!("{body}\n\n{addition}");
            self.keep_words(key, &body);
            self.seen(at, author);
            self.tell(at, author, What::Edited { place, body });
        }
    }

    fn take_back(&mut self, at: Timestamp, key: u32, beat: Beat) {
        let Some(talk) = self.talks.get_mut(&key) else { return };
        let number = if beat == Beat::Withdraw { 1 } else { talk.said.len() };
        if number == 1 && talk.said.len() > 1 {
            return;
        }
        talk.closed = beat == Beat::Withdraw;
        let Some(author) = talk.said.get(number - 1).map(|said| said.author) else { return };
        if let Some(place) = self.place(key, u32::try_from(number).unwrap_or(0)) {
            self.forget(place.post);
            self.tell(at, author, What::Deleted { place });
        }
    }

    /// Nobody reacts to this post any more.
    pub(crate) fn forget(&mut self, post: PostId) {
        self.recent.retain(|recent| recent.place.post != post);
    }

    /// Where post `number` of a conversation stands.
    pub(crate) fn place(&self, key: u32, number: u32) -> Option<Place> {
        let talk = self.talks.get(&key)?;
        let said = talk.said.get((number as usize).checked_sub(1)?)?;
        let space = self.spaces.get(talk.space)?.id;
        Some(Place { space, topic: talk.topic, post: said.post, number, author: self.id(said.author) })
    }

    fn wrote(&mut self, index: u32) {
        if let Some(person) = self.people.get_mut(index as usize) {
            person.wrote = true;
        }
    }

    /// Keeps the whole of the last post: it may be edited, and its first sentence quoted.
    fn keep_words(&mut self, key: u32, body: &str) {
        if let Some(talk) = self.talks.get_mut(&key) {
            talk.last_words.clear();
            talk.last_words.push_str(body);
        }
    }
}

/// Hours as milliseconds, at least twenty seconds: nobody answers faster.
pub(crate) fn hours_of(hours: f64) -> i64 {
    ((hours * HOUR as f64) as i64).max(20_000)
}
