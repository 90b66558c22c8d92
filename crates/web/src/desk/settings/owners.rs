//! Who answers for what: the owners' addresses, and the community's own map before the default one.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::spaces::{self, Space};
use mainstreet_desk::triage::owners::{self, Line, NewLine, Team};
use mainstreet_desk::triage::{Intent, Owner, Risk, read_span, rules, write_span};
use mainstreet_kernel::id::{EntryId, SpaceId};
use mainstreet_kernel::{Error, FieldErrors, Result, Role};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/settings/owners", show)
        .post("/desk/settings/owners", update)
        .post("/desk/settings/owners/lines", add)
        .post("/desk/settings/owners/lines/{line}/removal", remove)
        .post("/desk/settings/owners/lines/{line}/raise", raise)
}

const PATH: &str = "/desk/settings/owners";

#[derive(Template)]
#[template(path = "desk/settings/owners.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    part: &'static str,
    waiting: i64,
    sends_mail: bool,
    teams: Vec<TeamRow>,
    errors: FieldErrors,
    lines: Vec<Line>,
    spaces: Vec<Space>,
    line: LineForm,
    line_error: String,
    /// The default map: intent, then the owner without a risk and with each one.
    default: Vec<(Intent, Vec<Owner>)>,
}

impl Show {
    fn intents(&self) -> &'static [Intent] {
        Intent::ALL
    }
    fn risks(&self) -> &'static [Risk] {
        Risk::ALL
    }
    fn owners(&self) -> &'static [Owner] {
        Owner::ALL
    }
    fn space(&self, id: &SpaceId) -> &str {
        self.spaces.iter().find(|space| space.id == *id).map_or("a space that is gone", |space| &space.name)
    }
}

/// How an owner is reached, as in the form.
struct TeamRow {
    owner: Owner,
    fields: (&'static str, &'static str),
    email: String,
    within: String,
}

fn fields(owner: Owner) -> (&'static str, &'static str) {
    match owner {
        Owner::Support => ("email_support", "within_support"),
        Owner::Product => ("email_product", "within_product"),
        Owner::Marketing => ("email_marketing", "within_marketing"),
        Owner::Legal => ("email_legal", "within_legal"),
        Owner::Community => ("email_community", "within_community"),
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct TeamsForm {
    email_support: String,
    within_support: String,
    email_product: String,
    within_product: String,
    email_marketing: String,
    within_marketing: String,
    email_legal: String,
    within_legal: String,
    email_community: String,
    within_community: String,
}

impl TeamsForm {
    fn rows(self) -> Vec<TeamRow> {
        let typed = [
            (Owner::Support, self.email_support, self.within_support),
            (Owner::Product, self.email_product, self.within_product),
            (Owner::Marketing, self.email_marketing, self.within_marketing),
            (Owner::Legal, self.email_legal, self.within_legal),
            (Owner::Community, self.email_community, self.within_community),
        ];
        let row = |(owner, email, within)| TeamRow { owner, fields: fields(owner), email, within };
        typed.into_iter().map(row).collect()
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct LineForm {
    intent: String,
    risk: String,
    tag: String,
    space: String,
    owner: String,
}

impl LineForm {
    fn read(&self) -> Result<NewLine> {
        fn word<T: std::str::FromStr<Err = Error>>(text: &str) -> Result<Option<T>> {
            if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
        }
        Ok(NewLine {
            intent: word(&self.intent)?,
            risk: word(&self.risk)?,
            tag: self.tag.clone(),
            space: word(&self.space)?,
            owner: self.owner.parse()?,
        })
    }
}

/// What was typed wrong, if anything.
#[derive(Default)]
struct Mistakes {
    teams: Option<Vec<TeamRow>>,
    errors: FieldErrors,
    line: LineForm,
    line_error: String,
}

/// `GET /desk/settings/owners`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Manager)?;
    draw(&cx, Mistakes::default()).await
}

async fn draw(cx: &Cx, mistakes: Mistakes) -> Page {
    let viewer = cx.reader();
    let (lines, teams, spaces) = cx
        .read(move |tx| Ok((owners::lines(tx)?, owners::teams(tx)?, spaces::store::all(tx, viewer)?)))
        .await?;
    let wrong = !mistakes.errors.is_empty() || !mistakes.line_error.is_empty();
    let kept = |team: Team| TeamRow {
        owner: team.owner,
        fields: fields(team.owner),
        within: team.answer_within.map(write_span).unwrap_or_default(),
        email: team.email,
    };
    let risks = || std::iter::once(None).chain(Risk::ALL.iter().copied().map(Some));
    let owners_of = |intent: Intent| risks().map(|risk| rules::owner_of(intent, risk, false).is).collect();
    let page = Show {
        waiting: cx.waiting().await?,
        chrome: cx.chrome(),
        here: "settings",
        part: "owners",
        sends_mail: cx.app.config.smtp.is_some(),
        teams: mistakes.teams.unwrap_or_else(|| teams.into_iter().map(kept).collect()),
        errors: mistakes.errors,
        lines,
        spaces,
        line: mistakes.line,
        line_error: mistakes.line_error,
        default: Intent::ALL.iter().map(|intent| (*intent, owners_of(*intent))).collect(),
    };
    views::html_with(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// `POST /desk/settings/owners`: addresses and times.
async fn update(cx: Cx) -> Page {
    let (actor, rows) = (cx.at_least(Role::Manager)?.actor(), cx.form::<TeamsForm>()?.rows());
    let mut errors = FieldErrors::default();
    let mut teams = Vec::new();
    for row in &rows {
        let within = row.within.trim();
        let answer_within = read_span(within);
        if answer_within.is_none() && !within.is_empty() {
            errors.add(row.fields.1, "Write a time such as 4 h or 2 days, or nothing.");
        }
        let email = row.email.trim().to_owned();
        if !email.is_empty() && !mainstreet_community::accounts::looks_like_email(&email) {
            errors.add(row.fields.0, "Write a whole address, such as support@example.org.");
        }
        teams.push(Team { owner: row.owner, email, answer_within });
    }
    if !errors.is_empty() {
        return draw(&cx, Mistakes { teams: Some(rows), errors, ..Mistakes::default() }).await;
    }
    cx.write(move |tx| teams.iter().try_for_each(|team| owners::set_team(tx, actor, team))).await?;
    views::see_saying(&cx, PATH, "Saved. The next hand-off goes there.")
}

/// `POST /desk/settings/owners/lines`
async fn add(cx: Cx) -> Page {
    let (actor, line) = (cx.at_least(Role::Manager)?.actor(), cx.form::<LineForm>()?);
    let added = match line.read() {
        Ok(new) => cx.write(move |tx| owners::add_line(tx, actor, &new)).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(()) => views::see_saying(&cx, PATH, "Added. It holds for what comes from now on."),
        Err(error) if is_mistake(&error) => {
            let line_error = error.safe.into_owned();
            draw(&cx, Mistakes { line, line_error, ..Mistakes::default() }).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /desk/settings/owners/lines/{line}/removal`
async fn remove(cx: Cx) -> Page {
    let (actor, _) = (cx.at_least(Role::Manager)?.actor(), cx.form::<IgnoredAny>()?);
    let line = cx.path::<EntryId>("line")?;
    cx.write(move |tx| owners::remove_line(tx, actor, line)).await?;
    views::see_saying(&cx, PATH, "Removed. Items that are here keep their owner.")
}

/// `POST /desk/settings/owners/lines/{line}/raise`
async fn raise(cx: Cx) -> Page {
    let (actor, _) = (cx.at_least(Role::Manager)?.actor(), cx.form::<IgnoredAny>()?);
    let line = cx.path::<EntryId>("line")?;
    cx.write(move |tx| owners::raise_line(tx, actor, line)).await?;
    views::see_saying(&cx, PATH, "Moved up.")
}
