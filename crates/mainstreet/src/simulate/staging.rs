//! What does not happen by itself: the launch, the outage, the raid, the quarrel, and the team's calendar.

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE, SECOND};
use mainstreet_kernel::id::FlagId;

use super::dice::Dice;
use super::grammar::Grammar;
use super::happening::{Place, What};
use super::people::{Kind, NOBODY};
use super::rhythm::Rhythm;
use super::story::{Due, Setting, Story};
use super::talk::hours_of;

/// Where the story's large events lie.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// Name and handle of those who are always there: the owner, the manager, moderators, then members.
    pub(crate) cast: Vec<(String, String)>,
    /// How many of them are the team.
    pub(crate) staff: usize,
    /// Accounts that only spam: those of the raid, then the lone ones.
    pub(crate) raiders: u32,
    /// How many of them come in the raid.
    pub(crate) raid: u32,
    /// When the raid begins.
    pub(crate) raid_at: Timestamp,
    /// The story day of the launch.
    pub(crate) launch: usize,
    /// First and last story day of the outage.
    pub(crate) outage: (usize, usize),
    /// When the quarrels begin; the last one is still going on at the end.
    pub(crate) quarrels: [Timestamp; 2],
    /// Conversations that the raid opened.
    pub(crate) raid_talks: Vec<u32>,
    /// What the raid wrote and nobody has hidden yet.
    pub(crate) raid_posts: Vec<Place>,
}

/// Something staged.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cue {
    /// A member begins a conversation of some kind.
    Post(u32),
    /// The team begins one of this kind.
    Team(&'static str),
    /// Somebody begins one about the outage.
    Outage,
    /// A spammer posts.
    Spam(u32),
    /// A moderator finds the raid.
    Sweep,
    /// A moderator hides a post and closes its author's account.
    Clean(u32, Place),
    /// Two people quarrel; so many turns are left, and it may be ended by a moderator.
    Quarrel(bool),
    /// One turn of a quarrel: conversation, the two, turns left, whether it is ended.
    Turn(u32, u32, u32, u8, bool),
    /// A member flags a post.
    Flag(Place, &'static str),
    /// A moderator decides on a flag.
    Judge(FlagId, Place, bool),
    /// A moderator ends a quarrel.
    Calm(u32, u32),
}

/// Flags of the story's last hours are left to whoever opens the inbox.
const STILL_OPEN: i64 = 9 * HOUR;

impl Plot {
    pub(crate) fn new(setting: &Setting, rhythm: &Rhythm, grammar: &Grammar) -> Self {
        let mut cast = named(grammar, "staff");
        let staff = cast.len();
        cast.extend(named(grammar, "members"));
        let raid = (setting.members / 30).clamp(5, 400);
        let lone = (setting.members / 60).clamp(2, 5_000);
        let outage = rhythm.part(0.80);
        Self {
            cast,
            staff,
            raiders: raid + lone,
            raid,
            raid_at: rhythm.at_hour(rhythm.part(0.62), 2, 37 * MINUTE),
            launch: rhythm.part(0.40),
            outage: (outage, outage + 4),
            quarrels: [rhythm.at_hour(rhythm.part(0.70), 19, 12 * MINUTE), setting.now.plus(-5 * HOUR)],
            raid_talks: Vec::new(),
            raid_posts: Vec::new(),
        }
    }

    /// When lone spammer number `place` comes; the last one comes shortly before the story's end.
    pub(crate) fn lone_spammer(&self, place: u32, setting: &Setting) -> Timestamp {
        let lone = i64::from(self.raiders - self.raid).max(1);
        let back = (lone - 1 - i64::from(place)) * i64::from(setting.days) * DAY / lone;
        setting.now.plus(-back - 3 * HOUR)
    }
}

/// Names and handles of a section of the standing cast.
fn named(grammar: &Grammar, section: &str) -> Vec<(String, String)> {
    let section = grammar.of_kind("cast").find_map(|(_, scene)| scene.section(section));
    let which = section.map_or(0, |section| grammar.len(section));
    let line = |which| {
        let mut line = String::new();
        if let Some(section) = section {
            grammar.say(&mut line, section, which, &NOBODY, &mut Dice::new(0));
        }
        let (name, handle) = line.split_once(" / ").unwrap_or((&line, &line));
        (name.to_owned(), handle.to_owned())
    };
    (0..which).map(line).collect()
}

impl Story {
    /// Puts the large events into the future.
    pub(crate) fn stage(&mut self) {
        let [past, live] = self.plot.quarrels;
        self.due(past, Due::Cue(Cue::Quarrel(true)));
        self.due(live, Due::Cue(Cue::Quarrel(false)));
        self.due(self.plot.raid_at.plus(3 * HOUR + 48 * MINUTE), Due::Cue(Cue::Sweep));
        let launch = self.rhythm.at_hour(self.plot.launch, 9, 0);
        self.due(launch, Due::Cue(Cue::Team("launch")));
        let (first, last) = self.plot.outage;
        self.due(self.rhythm.at_hour(first, 11, 20 * MINUTE), Due::Cue(Cue::Team("outage-notice")));
        self.due(self.rhythm.at_hour(last + 2, 10, 0), Due::Cue(Cue::Team("outage-report")));
        for _ in 0..(self.setting.members / 150).clamp(2, 200) {
            let back = self.dice.below(usize::try_from(20 * HOUR).unwrap_or(1)) as i64;
            self.due(self.setting.now.plus(-back - 20 * MINUTE), Due::Cue(Cue::Outage));
        }
    }

    /// Puts one day's staged things into the future.
    pub(crate) fn stage_day(&mut self, day: usize) {
        let minutes = self.dice.below(80) as i64 * MINUTE;
        if day > 1 && self.rhythm.is_weekday(day, 4) {
            self.due(self.rhythm.at_hour(day, 8, minutes), Due::Cue(Cue::Team("wins")));
        }
        if self.rhythm.is_weekday(day, 0) && day % 14 < 7 {
            self.due(self.rhythm.at_hour(day, 13, minutes), Due::Cue(Cue::Team("event")));
        }
        if day % 11 == 1 {
            self.due(self.rhythm.at_hour(day, 10, minutes), Due::Cue(Cue::Team("news")));
        }
        let (first, last) = self.plot.outage;
        if (first..=last).contains(&day) {
            let ebb = [0.011, 0.012, 0.006, 0.003, 0.001].get(day - first).copied().unwrap_or(0.0);
            for _ in 0..self.dice.poisson((f64::from(self.setting.members) * ebb).min(400.0)) {
                let at = self.rhythm.moment(day, &mut self.dice);
                self.due(at, Due::Cue(Cue::Outage));
            }
        }
    }

    /// Lets a staged thing happen.
    pub(crate) fn cue(&mut self, at: Timestamp, cue: Cue) {
        match cue {
            Cue::Post(index) => self.ordinary_post(at, index),
            Cue::Team(kind) => {
                let author = if matches!(kind, "wins" | "event") { self.moderator() } else { 1 };
                self.open(at, author, kind, None);
            }
            Cue::Outage => {
                if let Some(author) = self.draft(at, false, "en", &[]) {
                    self.open(at, author, "outage", None);
                }
            }
            Cue::Spam(index) => self.spam(at, index),
            Cue::Sweep => {
                let moderator = self.moderator();
                for (place, found) in std::mem::take(&mut self.plot.raid_posts).into_iter().enumerate() {
                    let then = at.plus(place as i64 * 7 * SECOND + 3 * MINUTE);
                    self.due(then, Due::Cue(Cue::Clean(moderator, found)));
                }
            }
            Cue::Clean(moderator, place) => self.clean(at, moderator, place),
            Cue::Quarrel(ends) => self.quarrel(at, ends),
            Cue::Turn(key, one, other, left, ends) => self.turn(at, (key, one, other), left, ends),
            Cue::Flag(place, reason) => self.flag(at, place, reason),
            Cue::Judge(flag, place, upheld) => self.judge(at, flag, place, upheld),
            Cue::Calm(key, loser) => self.calm(at, key, loser),
        }
    }

    fn ordinary_post(&mut self, at: Timestamp, index: u32) {
        let Some(person) = self.people.get(index as usize).filter(|person| person.here(at)) else { return };
        const KINDS: [&str; 6] = ["question", "talk", "show", "complaint", "intro", "event"];
        let weights = match (person.kind, person.wrote) {
            (Kind::Passer, false) => [90.0, 3.0, 1.0, 3.0, 5.0, 0.0],
            (_, false) => [46.0, 14.0, 10.0, 2.0, 28.0, 0.0],
            (Kind::Passer, true) => [84.0, 8.0, 2.0, 6.0, 0.0, 0.0],
            (Kind::Helper | Kind::Champion | Kind::Staff, true) => [30.0, 38.0, 26.0, 1.0, 0.0, 5.0],
            _ => [50.0, 26.0, 17.0, 4.0, 0.0, 3.0],
        };
        let kind = KINDS.get(self.dice.weighted(&weights)).copied().unwrap_or("question");
        self.open(at, index, kind, None);
    }

    /// A spammer has an account now.
    pub(crate) fn spammer_came(&mut self, at: Timestamp, index: u32) {
        let times = 1 + self.dice.below(3) as i64;
        for _ in 0..times {
            let wait = self.dice.below(usize::try_from(25 * MINUTE).unwrap_or(1)) as i64 + 40 * SECOND;
            self.due(at.plus(wait), Due::Cue(Cue::Spam(index)));
        }
    }

    fn spam(&mut self, at: Timestamp, index: u32) {
        let first_lone = self.people.len() - (self.plot.raiders - self.plot.raid) as usize;
        let lone = index as usize >= first_lone;
        let Some(person) = self.people.get(index as usize).filter(|person| !person.closed) else { return };
        if lone && person.wrote {
            return;
        }
        let talks = std::mem::take(&mut self.plot.raid_talks);
        let known = if lone || self.dice.chance(0.45) { None } else { self.dice.pick(&talks).copied() };
        self.plot.raid_talks = talks;
        let echo = known.and_then(|key| {
            let to = self.talks.get(&key).map_or(index, |talk| talk.asker);
            self.speak(key, "echo", index, to).map(|body| (key, to, body))
        });
        let place = match echo {
            Some((key, to, body)) => {
                self.say(at, key, index, to, body, false);
                let number = self.talks.get(&key).map_or(0, |talk| talk.said.len());
                self.place(key, u32::try_from(number).unwrap_or(0))
            }
            None => self.open_spam(at, index, lone),
        };
        let Some(place) = place else { return };
        self.forget(place.post);
        let flags = if lone { 1 + self.dice.below(3) } else { usize::from(self.dice.chance(0.15)) };
        for _ in 0..flags {
            let wait = self.dice.log_normal(0.5, 0.7);
            self.due(at.plus(hours_of(wait)), Due::Cue(Cue::Flag(place, "spam")));
        }
        if lone {
            let (wait, moderator) = (self.dice.log_normal(5.0, 0.5).max(3.5), self.moderator());
            self.due(at.plus(hours_of(wait)), Due::Cue(Cue::Clean(moderator, place)));
        } else {
            self.plot.raid_posts.push(place);
        }
    }

    fn open_spam(&mut self, at: Timestamp, index: u32, lone: bool) -> Option<Place> {
        let key = self.open(at, index, "spam", None)?;
        if !lone {
            self.plot.raid_talks.push(key);
            if let Some(talk) = self.talks.get_mut(&key) {
                // The spammers' conversations stay open for the whole raid.
                talk.pending += 1;
            }
        }
        self.place(key, 1)
    }

    fn clean(&mut self, at: Timestamp, moderator: u32, place: Place) {
        self.seen(at, moderator);
        self.tell(at, moderator, What::Hidden { place, reason: "spam" });
        let index = self.people.iter().rposition(|person| person.id == place.author);
        if let Some(person) =
            index.and_then(|index| self.people.get_mut(index)).filter(|person| !person.closed)
        {
            person.closed = true;
            let person = place.author;
            self.tell(at, moderator, What::Suspended { person, reason: "spam", until: None });
        }
    }

    fn flag(&mut self, at: Timestamp, place: Place, reason: &'static str) {
        let Some(index) = self.draft(at, false, "en", &[]) else { return };
        if self.id(index) == place.author {
            return;
        }
        let flag = FlagId(self.mint.mint_past(at));
        let mut note = String::new();
        let kind =
            self.grammar.of_kind("glue").find_map(|(_, scene)| scene.section(&format!("flag-{reason}")));
        if let Some(section) = kind {
            self.grammar.say_any(&mut note, section, &NOBODY, &mut self.dice);
        }
        self.seen(at, index);
        self.tell(at, index, What::Flagged { flag, place, reason, note });
        if self.setting.now.since(at) < STILL_OPEN {
            return;
        }
        let upheld = reason != "off_topic" || self.dice.chance(0.35);
        let wait = self.dice.log_normal(if reason == "harassment" { 1.5 } else { 4.0 }, 0.7);
        self.due(at.plus(hours_of(wait)), Due::Cue(Cue::Judge(flag, place, upheld)));
    }

    fn judge(&mut self, at: Timestamp, flag: FlagId, place: Place, upheld: bool) {
        let moderator = self.moderator();
        self.seen(at, moderator);
        self.tell(at, moderator, What::Judged { flag, place, upheld });
    }

    fn quarrel(&mut self, at: Timestamp, ends: bool) {
        // The team may have an opinion, but it does not quarrel.
        let mut except: Vec<u32> = (0..u32::try_from(self.plot.staff).unwrap_or(0)).collect();
        let Some(one) = self.draft(at, false, "en", &except) else { return };
        except.push(one);
        let Some(other) = self.draft(at, false, "en", &except) else { return };
        let Some(key) = self.open(at, one, "heat", None) else { return };
        if let Some(talk) = self.talks.get_mut(&key) {
            talk.pending += 1;
        }
        self.truth.quarrel(self.place(key, 1), self.id(one), self.id(other));
        let turns = if ends { 15 } else { 8 };
        self.due(at.plus(26 * MINUTE), Due::Cue(Cue::Turn(key, other, one, turns, ends)));
    }

    fn turn(&mut self, at: Timestamp, (key, one, other): (u32, u32, u32), left: u8, ends: bool) {
        let asker = self.talks.get(&key).map_or(one, |talk| talk.asker);
        let section = if one == asker { "one" } else { "other" };
        let Some(body) = self.speak(key, section, one, other) else { return };
        self.say(at, key, one, other, body, false);
        let number = self.talks.get(&key).map_or(0, |talk| talk.said.len());
        if let Some(place) =
            self.place(key, u32::try_from(number).unwrap_or(0)).filter(|_| left.is_multiple_of(3))
        {
            let wait = (2 + self.dice.below(14) as i64) * MINUTE;
            self.due(at.plus(wait), Due::Cue(Cue::Flag(place, "harassment")));
        }
        let wait = SECOND * (90 + self.dice.below(420)) as i64;
        if left > 0 {
            self.due(at.plus(wait), Due::Cue(Cue::Turn(key, other, one, left - 1, ends)));
        } else if ends {
            self.due(at.plus(wait + 12 * MINUTE), Due::Cue(Cue::Calm(key, other)));
        }
    }

    fn calm(&mut self, at: Timestamp, key: u32, loser: u32) {
        let moderator = self.moderator();
        self.seen(at, moderator);
        let Some(count) = self.talks.get(&key).map(|talk| u32::try_from(talk.said.len()).unwrap_or(0)) else {
            return;
        };
        for number in [count.saturating_sub(1), count] {
            if let Some(place) = self.place(key, number) {
                self.forget(place.post);
                self.tell(at, moderator, What::Hidden { place, reason: "harassment" });
            }
        }
        if let Some(body) = self.speak(key, "calm", moderator, loser) {
            self.say(at, key, moderator, loser, body, false);
        }
        let (person, back) = (self.id(loser), at.plus(3 * DAY));
        if let Some(person) = self.people.get_mut(loser as usize) {
            person.back = back;
        }
        self.tell(at, moderator, What::Suspended { person, reason: "harassment", until: Some(back) });
        if let Some(place) = self.place(key, 1) {
            self.tell(at, moderator, What::Closed { place });
        }
        if let Some(talk) = self.talks.get_mut(&key) {
            talk.closed = true;
        }
    }
}
