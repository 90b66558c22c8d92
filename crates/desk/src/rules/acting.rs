//! What a rule that acts does: with posts, threads and accounts here, with people and programs in `reaching`, later in
//! `waits`. What cannot be done is written down beside the hit, never passed over in silence.
//!
//! Nothing here is final: what restricts somebody is a decision that cites a clause, is told, and can be appealed.

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::{posts, tags};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::{PostId, SpaceId};
use mainstreet_kernel::{Actor, Error, Kind, Result, Timestamp};
use mainstreet_rules::{Action, Given, Limit, Names, Rule, Step, Unit, Vocabulary, print_action, resolve};

use super::model::{Hit, Kept};
use super::store::{hits as store, past};
use super::{reaching, waits};
use crate::moderation::{self, Case, Ground, Source};
use crate::signals::{self, Ask};

/// What was done, or why not.
pub(super) type Outcome = std::result::Result<String, String>;

/// A hit of a rule that acts: its place in the list of rules, and the hit.
pub(super) struct Claim {
    pub(super) rule: usize,
    pub(super) hit: Hit,
}

/// The rules that act, as kept and as understood, in the order of the list.
pub(super) struct Acting<'a> {
    pub(super) kept: &'a [Kept],
    pub(super) rules: &'a [Rule],
    pub(super) names: &'a Names,
}

impl Acting<'_> {
    /// Does what several hits at one happening ask for, each thing once, and writes it down with each hit.
    /// `decided`: a person has decided on this version.
    pub(super) fn carry_out(&self, tx: &mut Tx<'_>, claims: &mut [Claim], decided: bool) -> Result<()> {
        let matched: Vec<usize> = claims.iter().map(|claim| claim.rule).collect();
        let resolution = resolve(self.rules, &matched, Vocabulary::standard(), self.names, decided);
        for claim in claims.iter_mut() {
            let over = self.over_limit(tx, claim)?;
            let rule = claim.rule;
            for withheld in resolution.withheld.iter().filter(|one| one.rule == rule) {
                claim.hit.doing.withheld.push((says(&withheld.step), withheld.reason.to_string()));
            }
            for applied in resolution.applied.iter().filter(|one| one.rule == rule) {
                self.step(tx, claim, &applied.step, over.as_deref())?;
            }
            if let Some(limit) = &over {
                let why = format!("{limit} is reached, so a person decides");
                let done = self.item(tx, claim, None)?;
                claim.hit.doing.done.push(format!("{done} ({why})"));
            }
            claim.hit.acted = over.is_none() && !claim.hit.doing.done.is_empty();
            store::set_doing(tx, &claim.hit)?;
        }
        Ok(())
    }

    fn step(&self, tx: &mut Tx<'_>, claim: &mut Claim, step: &Step, over: Option<&str>) -> Result<()> {
        let said = says(step);
        match (step, over) {
            (_, Some(limit)) => {
                claim.hit.doing.withheld.push((said, format!("{limit} is reached")));
            }
            (Step::Later { wait, without_reply, .. }, None) => {
                let (_, rule) = self.rule(claim)?;
                let place = rule.then.iter().position(|known| known == step).unwrap_or(0);
                let waits = waits::put(tx, &claim.hit, place, (*wait, *without_reply), &said)?;
                claim.hit.doing.done.push(waits);
            }
            (Step::Now(action), None) => self.do_and_note(tx, claim, action)?,
        }
        Ok(())
    }

    /// Does one thing and writes down beside the hit what came of it.
    pub(super) fn do_and_note(&self, tx: &mut Tx<'_>, claim: &mut Claim, action: &Action) -> Result<()> {
        let outcome = match self.act(tx, claim, action) {
            Ok(done) => done,
            Err(error) if error.kind == Kind::Internal => return Err(error),
            Err(error) => reaching::safe(error),
        };
        match outcome {
            Ok(done) => claim.hit.doing.done.push(done),
            Err(why) => claim.hit.doing.withheld.push((says(&Step::Now(action.clone())), why)),
        }
        Ok(())
    }

    /// Does one thing: what was done, or why not.
    fn act(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let post = (claim.hit.object_kind == "post").then_some(PostId(claim.hit.object));
        Ok(match (action.name.as_str(), post) {
            ("open item", Some(_)) => Ok(self.item(tx, claim, Some(action))?),
            ("hide until reviewed" | "hold for review", Some(post)) => self.hold(tx, claim, post)?,
            ("slow mode", Some(_)) => {
                let every = Detail::Every(millis(action, "each"));
                self.on_thread(tx, claim, Act::Slow, until(tx, action), every)?
            }
            ("move to", Some(_)) => match space(tx, &word(action, "space"))? {
                Some(space) => self.on_thread(tx, claim, Act::Move, None, Detail::Space(space))?,
                None => Err("there is no such space any more".to_owned()),
            },
            ("lock for", _) => self.on_thread(tx, claim, Act::Lock, until(tx, action), Detail::None)?,
            ("mute for", _) => self.on_author(tx, claim, Act::Mute, until(tx, action))?,
            ("require approval for", _) => {
                self.on_author(tx, claim, Act::RequireApproval, until(tx, action))?
            }
            ("add tag", Some(post)) => tag(tx, post, &word(action, "tag"))?,
            ("allow", _) => Ok("allows".to_owned()),
            _ => match self.reach(tx, claim, action)? {
                Some(outcome) => outcome,
                None => match self.propose(tx, claim, action)? {
                    Some(outcome) => outcome,
                    None => Err("there is nothing to do it with".to_owned()),
                },
            },
        })
    }

    pub(super) fn rule(&self, claim: &Claim) -> Result<(&Kept, &Rule)> {
        let found = self.kept.get(claim.rule).zip(self.rules.get(claim.rule));
        found.ok_or_else(|| Error::internal("a claim of a rule that is not in the list"))
    }

    fn item(&self, tx: &mut Tx<'_>, claim: &Claim, action: Option<&Action>) -> Result<String> {
        let (kept, _) = self.rule(claim)?;
        if claim.hit.object_kind != "post" {
            return Err(Error::invalid("An item needs a post; there is none here."));
        }
        let given = |name: &str| action.map(|action| word(action, name)).unwrap_or_default();
        let ask = Ask {
            post: PostId(claim.hit.object),
            hit: claim.hit.id,
            rule: &kept.name,
            person: claim.hit.person,
            occurred_at: claim.hit.occurred_at,
            intent: given("intent").parse().ok(),
            urgency: given("urgency").parse().ok(),
            risk: given("risk").replace('-', "_").parse().ok(),
            owner: given("owner").parse().ok(),
        };
        signals::ask(tx, &ask)?;
        Ok("opened an item".to_owned())
    }

    /// Nobody sees the post until a person has looked. This is a decision: its author reads why and can appeal. A post
    /// that cannot be held so is left to a person.
    fn hold(&self, tx: &mut Tx<'_>, claim: &Claim, post: PostId) -> Result<Outcome> {
        let (_, rule) = self.rule(claim)?;
        // Whoever hides owes somebody who looks; whoever may not hide, too.
        let asks = rule.then.iter().flat_map(Step::actions).any(|action| action.name == "open item");
        if let Some(why) = super::feasible::uncited(tx, rule)? {
            if !asks {
                self.item(tx, claim, None)?;
            }
            return Ok(Err(why));
        }
        self.decide(tx, claim, (Target::Post(post), Act::Hold), None, Detail::None)?;
        if !asks {
            self.item(tx, claim, None)?;
        }
        Ok(Ok("hid it until reviewed".to_owned()))
    }

    fn reason(&self, claim: &Claim, act: Act) -> Result<String> {
        let (kept, rule) = self.rule(claim)?;
        let guideline = rule.guideline.as_deref().unwrap_or("none named");
        let then = if act == Act::Hold { " A moderator looks at it." } else { "" };
        let why = format!("The rule “{}” matched. Guideline: {guideline}.{then}", kept.name);
        Ok(mainstreet_kernel::text::excerpt(&why, 480))
    }

    pub(super) fn decide(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        (target, act): (Target, Act),
        until: Option<Timestamp>,
        detail: Detail,
    ) -> Result<()> {
        let (_, rule) = self.rule(claim)?;
        let mut why = self.reason(claim, act)?;
        if let Detail::Links(most) = detail {
            why.push_str(&moderation::says_links(most));
        }
        let case = Case {
            order: Order { target, act, why, until, detail },
            clause: rule.guideline.clone().unwrap_or_default(),
            source: Source::Rule,
            source_id: Some(claim.hit.id.0),
            detected: true,
            ground: Ground::Incompatible,
        };
        moderation::decide(tx, Actor::SYSTEM, &case).map(drop)
    }

    fn on_thread(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        act: Act,
        until: Option<Timestamp>,
        detail: Detail,
    ) -> Result<Outcome> {
        let Some(topic) = claim.hit.topic else { return Ok(Err("there is no thread".to_owned())) };
        self.decide(tx, claim, (Target::Topic(topic), act), until, detail)?;
        Ok(Ok(act.label().to_lowercase()))
    }

    fn on_author(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        act: Act,
        until: Option<Timestamp>,
    ) -> Result<Outcome> {
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        self.decide(tx, claim, (Target::Person(person), act), until, Detail::None)?;
        Ok(Ok(act.label().to_lowercase()))
    }

    /// The limit that is reached, as it is written.
    fn over_limit(&self, tx: &mut Tx<'_>, claim: &Claim) -> Result<Option<String>> {
        let (kept, rule) = self.rule(claim)?;
        let now = tx.now();
        // A limit for each person who is asked is kept where they are chosen.
        let asks = rule.then.iter().flat_map(Step::actions).any(|action| action.name == "suggest answerers");
        for limit in rule.limits.iter().filter(|limit| !(asks && limit.per_person)) {
            let person = limit.per_person.then(|| claim.hit.person.map_or(0, |person| person.0));
            let since = now.plus(-length(limit.per));
            if store::acted_since(tx, kept.id, since, person)? >= i64::from(limit.count) {
                return Ok(Some(spoken(limit)));
            }
        }
        Ok(None)
    }
}

/// Milliseconds of one unit; business units as if always open.
pub(super) fn length(unit: Unit) -> i64 {
    unit.millis()
        .unwrap_or(match unit {
            Unit::BusinessDay => DAY,
            _ => HOUR,
        })
        .max(MINUTE)
}

fn spoken(limit: &Limit) -> String {
    let person = if limit.per_person { " per person" } else { "" };
    format!("the limit of {}{person} per {}", limit.count, limit.per.word())
}

/// The actions of a step in the words of the rule.
pub(super) fn says(step: &Step) -> String {
    let words: Vec<String> =
        step.actions().iter().map(|action| print_action(action, Vocabulary::standard())).collect();
    words.join(", ").trim().to_owned()
}

/// A parameter that is a word; empty: it was not given.
pub(super) fn word(action: &Action, name: &str) -> String {
    match action.get(name) {
        Some(Given::Word(word)) => word.clone(),
        _ => String::new(),
    }
}

/// A parameter that is a length of time, in milliseconds.
pub(super) fn millis(action: &Action, name: &str) -> i64 {
    match action.get(name) {
        Some(Given::Length(length)) => length.millis().unwrap_or(HOUR),
        _ => HOUR,
    }
}

fn until(tx: &Tx<'_>, action: &Action) -> Option<Timestamp> {
    Some(tx.now().plus(millis(action, "for")))
}

fn space(tx: &mut Tx<'_>, word: &str) -> Result<Option<SpaceId>> {
    let named = |names: &(String, String)| names.0.eq_ignore_ascii_case(word) || names.1 == word;
    Ok(past::spaces(tx)?.into_iter().find(|(_, names)| named(names)).map(|(id, _)| SpaceId(id)))
}

fn tag(tx: &mut Tx<'_>, post: PostId, tag: &str) -> Result<Outcome> {
    let topic = posts::store::find(tx, post)?.topic;
    let first = mainstreet_community::topics::store::find(tx, topic)?.first_post;
    let Some(first) = first else { return Ok(Err("the thread has no first post".to_owned())) };
    let first = posts::store::find(tx, first)?;
    let mut names: Vec<String> =
        tags::store::of_topic(tx, topic)?.into_iter().map(|known| known.name).collect();
    if names.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
        return Ok(Err("the thread has this tag already".to_owned()));
    }
    names.push(tag.to_owned());
    let edit = posts::Edit {
        post: first.id,
        expected: first.version,
        body: first.body,
        title: None,
        tags: Some(names),
        why: String::new(),
    };
    match posts::edit(tx, Actor::SYSTEM, &edit)? {
        posts::Edited::Saved(_) => Ok(Ok(format!("added the tag {tag}"))),
        posts::Edited::Stale(_) => Ok(Err("somebody edited the thread at that moment".to_owned())),
    }
}
