//! A theme that trends asks for an item.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId, SignalId, ThemeId, TopicId};
use mainstreet_kernel::{Actor, Result, Timestamp};

use super::model::{Act, Cause, Signal, State};
use super::opening::start_with;
use super::steps::{Change, change};
use super::store::{self, NewCause};
use crate::triage::{self, Assessment, Intent, Label, Owner, Said, SetBy, Urgency};

/// A theme that began to trend.
pub(crate) struct Trend<'a> {
    /// This time that it trends.
    pub(crate) id: i64,
    pub(crate) theme: ThemeId,
    pub(crate) name: &'a str,
    /// Who began the conversation that made it.
    pub(crate) person: PersonId,
    /// The counts, in words.
    pub(crate) reason: &'a str,
    pub(crate) at: Timestamp,
}

impl Signal {
    /// The theme that an item about a trend is about. Such an item is in no conversation; its anchor is the theme.
    pub fn theme(&self) -> Option<ThemeId> {
        self.anchor.filter(|_| self.topic.0 == 0 && self.kind == Cause::Trend).map(|anchor| ThemeId(anchor.0))
    }
}

/// Opens the item of a theme that trends, or says it in the one that is open still. It is about no conversation, so
/// nothing that happens in one ends it.
pub(crate) fn trend(tx: &mut Tx<'_>, trend: &Trend<'_>) -> Result<SignalId> {
    let cause = NewCause {
        kind: Cause::Trend,
        object: trend.id,
        post: PostId(0),
        person: None,
        reason: trend.reason,
        occurred_at: trend.at,
    };
    let open = store::open_of_topic(tx, TopicId(0))?;
    let Some(before) = open.into_iter().find(|item| item.theme() == Some(trend.theme)) else {
        let signal = opened(tx, trend)?;
        start_with(tx, &signal, &cause, trend.reason)?;
        return Ok(signal.id);
    };
    store::add_cause(tx, before.id, &cause)?;
    let to = if before.state == State::Snoozed { State::Triaged } else { before.state };
    change(tx, Actor::SYSTEM, &before, before.clone(), &Change::lasting(Act::Joined, to, trend.reason))?;
    Ok(before.id)
}

fn opened(tx: &mut Tx<'_>, trend: &Trend<'_>) -> Result<Signal> {
    let clocks = triage::clocks(tx)?;
    let title = mainstreet_kernel::text::excerpt(&format!("Trending: {}", trend.name), 200);
    let (new, kind) = ((SignalId(tx.mint()), tx.now()), (Cause::Trend, trend.at));
    Ok(Signal {
        anchor: Some(PostId(trend.theme.0)),
        due_at: Some(clocks.due(trend.at, Urgency::Normal)),
        ..Signal::new(new, kind, trend.person, title, assessment())
    })
}

fn assessment() -> Assessment {
    let said = |why: &str| vec![why.to_owned()];
    let by = SetBy::Rule;
    Assessment {
        intent: Label { is: Intent::Unclear, by, reasons: said("it is about a theme, not about one text") },
        intent_probability: 1.0,
        urgency: Label {
            is: Urgency::Normal,
            by,
            reasons: said("many ask at once; nobody waits for this item"),
        },
        risks: Vec::new(),
        owner: Label { is: Owner::Community, by, reasons: said("themes are the community team's") },
        said: Said::default(),
    }
}
