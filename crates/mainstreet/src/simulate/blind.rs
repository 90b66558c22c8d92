//! What the team judged blind in the story's last months: a sample of every week, and second looks at what somebody
//! decided. They use the page's own verbs, so nobody meets what they wrote or decided on, and what they say follows from
//! the text, from what the story knows was wrong, and a little from chance with the story's seed.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_desk::moderation::clause_of;
use mainstreet_desk::reviews::{self, Card, Judged, Origin, Verdict};
use mainstreet_desk::signals::{self, Outcome, Sight, view};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Actor, Result, Role, Timestamp, Zone};

use super::dice::{Dice, mix};
use super::governance::forgiven;
use super::happening::{Happening, What};
use super::story::Story;

/// Weeks of which samples are judged.
const WEEKS: i64 = 16;
/// Posts of the last sample that are judged at the story's end; the rest waits for whoever opens the page.
const JUDGED_OF_LAST: usize = 60;

/// Who judges, and what the story knows.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    seed: u64,
    people: Vec<Actor>,
    lead: Actor,
    /// Posts that were hidden, or whose flag was upheld, and why.
    wrong: HashMap<PostId, &'static str>,
}

impl Panel {
    /// The team's panel; `lead` talks differences over.
    pub(super) fn of(story: &Story, lead: Actor, acts: &[Happening]) -> Self {
        let staff = story.cast().into_iter().filter(|(.., role)| *role == Role::Moderator);
        let mut people: Vec<Actor> =
            staff.map(|(person, _, _, role)| Actor::signed_in(person, role)).collect();
        people.push(lead);
        let wrong = acts.iter().filter_map(|act| match act.what {
            What::Hidden { place, reason } => Some((place.post, reason)),
            What::Judged { place, upheld: true, .. } => Some((place.post, "off_topic")),
            _ => None,
        });
        // What was hidden for a graver reason counts before what was merely agreed with.
        let mut wrong: Vec<_> = wrong.collect();
        wrong.sort_by_key(|(post, reason)| (*post, *reason != "off_topic"));
        Self { seed: story.setting.seed, people, lead, wrong: wrong.into_iter().collect() }
    }

    /// The mornings on which the team judges: Mondays, the latest before the story's end last.
    pub(super) fn mornings(story: &Story) -> Vec<Timestamp> {
        let now = story.setting.now;
        let monday = Zone::utc().start_of(Zone::utc().day_of(now).monday()).plus(9 * HOUR);
        let last = if monday <= now { monday } else { monday.plus(-7 * DAY) };
        (0..WEEKS)
            .rev()
            .map(|back| last.plus(-7 * back * DAY))
            .filter(|at| *at > story.start().plus(7 * DAY))
            .collect()
    }

    /// Draws what is to be judged, and judges it in turns.
    pub(super) fn judge(&self, tx: &mut Tx<'_>, last: bool) -> Result<()> {
        reviews::sweep(tx)?;
        let mut left = if last { JUDGED_OF_LAST } else { usize::MAX };
        loop {
            let mut busy = false;
            for actor in &self.people {
                let next = if left == 0 { None } else { reviews::next(tx, *actor)? };
                if let Some(card) = next {
                    busy = true;
                    left -= 1;
                    self.say(tx, *actor, &card, last)?;
                }
            }
            if !busy {
                return Ok(());
            }
        }
    }

    fn say(&self, tx: &mut Tx<'_>, actor: Actor, card: &Card, last: bool) -> Result<()> {
        let review = reviews::find(tx, card.id)?;
        let mut dice = Dice::new(mix(self.seed, review.post.0.cast_unsigned()));
        let said = match (review.origin, &review.first) {
            (Origin::Second, Some(first)) => second(first, &mut dice),
            _ => self.first(review.post, card, &mut dice),
        };
        let Some(given) = forgiven(reviews::review(tx, actor, card.id, said.verdict, &said.clause))? else {
            return Ok(());
        };
        // The team has talked over where two differed; what came up last still waits.
        let Some(item) = given.signal.filter(|_| !last) else { return Ok(()) };
        let why =
            "We talked it over on Monday. Both readings are fair; the clause says now which one we mean.";
        let version = view::find(tx, item)?.version;
        let sight = Sight { id: item, version: Some(version) };
        forgiven(signals::resolve(tx, self.lead, sight, Outcome::NoAction, why, false)).map(drop)
    }

    /// What somebody says who sees the text alone.
    fn first(&self, post: PostId, card: &Card, dice: &mut Dice) -> Judged {
        let aside = !card.opens && card.body.len() < 70 && !card.body.contains('?');
        match self.wrong.get(&post) {
            Some(reason) if *reason != "off_topic" || dice.chance(0.7) => breaks(clause_of(reason)),
            None if aside && dice.chance(0.04) => breaks("on-topic"),
            _ if dice.chance(0.015) => Judged { verdict: Verdict::Unclear, clause: String::new() },
            _ => fine(),
        }
    }
}

/// A second look mostly says what the first said: of what is severe always, of what is off the point two times
/// of three.
fn second(first: &Judged, dice: &mut Dice) -> Judged {
    let minor = matches!(first.clause.as_str(), "" | "on-topic");
    match first.verdict {
        Verdict::Breaks if minor && dice.chance(0.3) => fine(),
        Verdict::Breaks if first.clause.is_empty() => breaks("on-topic"),
        Verdict::Breaks => first.clone(),
        _ if dice.chance(0.12) => breaks("on-topic"),
        _ => fine(),
    }
}

fn fine() -> Judged {
    Judged { verdict: Verdict::Fine, clause: String::new() }
}

fn breaks(clause: &str) -> Judged {
    Judged { verdict: Verdict::Breaks, clause: clause.to_owned() }
}
