//! Today: what needs you now, and whether the community is well.

use askama::Template;
use mainstreet_community::{guidelines, spaces};
use mainstreet_db::Tx;
use mainstreet_desk::metrics::pulse::pulse;
use mainstreet_desk::proposals;
use mainstreet_desk::signals::lists::{self, Counts, Filter};
use mainstreet_desk::signals::view::{self, Joined};
use mainstreet_desk::triage::spell;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, Result, Role};

use super::inbox::{Line, lines};
use super::metrics::pulse::table;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk", show)
}

/// The numbers of `Needs you`, in order, with the words beside them and their tone.
const NEEDS: &[(Filter, &str, &str, &str)] = &[
    (Filter::Overdue, "overdue", "overdue", "alarm"),
    (Filter::Urgent, "urgent", "urgent", "alarm"),
    (Filter::Questions, "question past its target", "questions past their target", "lamp"),
    (Filter::Review, "post to decide on", "posts to decide on", "lamp"),
    (Filter::Newcomers, "first post to greet", "first posts to greet", "lamp"),
];
/// Newcomers shown are those of the last days.
const NEW_FOR: i64 = 7 * DAY;

#[derive(Template)]
#[template(path = "desk/today.html")]
struct Today {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    day: String,
    lede: String,
    /// What a new place still lacks, for who can do it.
    steps: Vec<Step>,
    needs: Vec<Need>,
    things: i64,
    /// What keeps the place calm just now. HTML.
    calm: String,
    /// The table, ready.
    pulse: String,
    joined: Vec<Joined>,
    ended: Vec<Line>,
    /// How many proposals of rules wait for a person.
    proposed: i64,
}

/// One number of `Needs you`.
struct Need {
    key: usize,
    filter: Filter,
    count: i64,
    words: &'static str,
    tone: &'static str,
    example: String,
}

/// Something a new place needs before it can be run.
struct Step {
    href: &'static str,
    words: &'static str,
    why: &'static str,
}

const OPEN_A_SPACE: Step = Step {
    href: "/spaces/new",
    words: "Open the first space",
    why: "People write in spaces; one is enough to begin.",
};
const SAY_WHAT_IS_EXPECTED: Step = Step {
    href: "/desk/guidelines",
    words: "Say what you expect of each other",
    why: "Every decision of moderation cites a clause. Six starter sets save the typing.",
};

/// What the place lacks, empty for who could not mend it.
fn steps(tx: &mut Tx<'_>, me: Actor) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    if me.role < Role::Manager {
        return Ok(steps);
    }
    if spaces::store::all(tx, me.into())?.is_empty() {
        steps.push(OPEN_A_SPACE);
    }
    if guidelines::holds(tx)?.is_none() {
        steps.push(SAY_WHAT_IS_EXPECTED);
    }
    Ok(steps)
}

/// `GET /desk`
async fn show(cx: Cx) -> Page {
    let viewer = cx.audits()?;
    let me: PersonId = viewer.person;
    let actor = viewer.actor();
    let chrome = cx.chrome();
    let (now, zone) = (chrome.now, cx.app.site().zone);
    let beat_zone = zone.clone();
    let read = cx.read(move |tx| {
        let counts = lists::counts(tx, me)?;
        let mut firsts = Vec::new();
        for (filter, ..) in NEEDS {
            firsts.push(if counts.of(*filter) > 0 { lists::first(tx, *filter, me)? } else { None });
        }
        let joined = view::joined_since(tx, now.plus(-NEW_FOR), 6)?;
        let ended = lists::list(tx, Filter::Resolved, me, 0)?.rows;
        let proposed = proposals::count(tx)?;
        let steps = steps(tx, actor)?;
        Ok::<_, Error>((counts, firsts, joined, ended, proposed, steps, pulse(tx, now, &beat_zone)?))
    });
    let (counts, firsts, joined, ended, proposed, steps, beats) = read.await?;
    let needs: Vec<Need> = NEEDS
        .iter()
        .zip(firsts)
        .enumerate()
        .map(|(at, ((filter, one, many, tone), first))| Need {
            key: at + 1,
            filter: *filter,
            count: counts.of(*filter),
            words: if counts.of(*filter) == 1 { one } else { many },
            tone: if counts.of(*filter) > 0 { tone } else { "leaf" },
            example: first.map_or_else(
                || "nothing".to_owned(),
                |row| format!("{}, {}", row.signal.title, spell(now.since(row.signal.occurred_at))),
            ),
        })
        .collect();
    views::html(&Today {
        here: "today",
        waiting: counts.of(Filter::Mine),
        day: zone.format(now, "%A %-d %B"),
        lede: lede(&counts, joined.len()),
        steps,
        things: counts.of(Filter::Open),
        needs,
        calm: super::raids::banner(&cx).await?,
        pulse: table(beats)?,
        joined,
        proposed,
        ended: lines(&chrome, ended.into_iter().take(5).collect()),
        chrome,
    })
}

/// The day in a sentence or two.
fn lede(counts: &Counts, joined: usize) -> String {
    let (open, late, urgent) =
        (counts.of(Filter::Open), counts.of(Filter::Overdue), counts.of(Filter::Urgent));
    let first = match (open, late, urgent) {
        (0, _, _) => "Nothing waits for you. The street is calm.".to_owned(),
        (1, 0, 0) => "One thing waits; nothing is overdue.".to_owned(),
        (open, 0, 0) => format!("{open} things wait; nothing is overdue."),
        (open, late, 0) => format!("{late} of {open} open things are overdue."),
        (open, 0, urgent) => format!("{urgent} of {open} open things are urgent."),
        (open, late, urgent) => format!("Of {open} open things, {urgent} are urgent and {late} overdue."),
    };
    match joined {
        0 => first,
        1 => format!("{first} One person joined this week."),
        _ => format!("{first} {joined} people joined this week."),
    }
}
