//! Posts to be judged blind: one at a time, one key for each verdict; and what came of it.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, Clause};
use mainstreet_community::markdown;
use mainstreet_desk::reviews::{self, Card, Judged, Origin, Review, Verdict, Week};
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Kind, Result, Role};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Flash, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/reviews", show)
        .post("/desk/reviews/cover", cover)
        .post("/desk/reviews/share", share)
        .post("/desk/reviews/{id}", judge)
        .post("/desk/reviews/{id}/take-back", take_back)
        .post("/desk/reviews/{id}/item", raise)
}

#[derive(Template)]
#[template(path = "desk/reviews/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    card: Option<Card>,
    left: usize,
    clauses: Vec<Clause>,
    covers: bool,
    /// One in so many decisions is looked at again.
    every: u64,
    manages: bool,
    weeks: Vec<Week>,
    differing: Vec<(Review, String)>,
    /// What the viewer said a moment ago, when an item can be made of it.
    found: Option<Review>,
    error: String,
}

impl Show {
    fn shares(&self) -> [u64; 5] {
        reviews::SHARES
    }

    /// A share in words.
    fn share_word(every: &u64) -> String {
        match every {
            1 => "every one".to_owned(),
            2 => "one in two".to_owned(),
            5 => "one in five".to_owned(),
            10 => "one in ten".to_owned(),
            20 => "one in twenty".to_owned(),
            other => format!("one in {other}"),
        }
    }

    fn said_left(&self) -> String {
        views::counted(i64::try_from(self.left).unwrap_or(i64::MAX), "post waits", "posts wait")
    }

    fn html(body: &str) -> String {
        markdown::render(body, &HashMap::new())
    }

    /// The key of the clause at this place; only nine have one.
    fn key(&self, index: &usize) -> String {
        if *index < 9 { (index + 1).to_string() } else { String::new() }
    }

    fn said(&self, judged: &Option<Judged>) -> String {
        judged.as_ref().map_or_else(|| "nothing".to_owned(), Judged::said)
    }

    fn share(&self, week: &Week) -> String {
        let share = week.prevalence();
        match share.value() {
            None => "-".to_owned(),
            Some(value) => {
                let interval = share.wilson();
                let percent = crate::charts::percent;
                format!("{} ({} to {})", percent(value), percent(interval.low), percent(interval.high))
            }
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A verdict of the viewer's own of which an item can be made.
    found: String,
}

/// `GET /desk/reviews`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, String::new(), StatusCode::OK).await
}

async fn draw(cx: &Cx, error: String, status: StatusCode) -> Page {
    let viewer = cx.staff()?.clone();
    let (actor, person) = (viewer.actor(), viewer.person);
    let asked: Asked = cx.query()?;
    let page = cx
        .read(move |tx| {
            let clauses = guidelines::holds(tx)?.map(|version| version.clauses).unwrap_or_default();
            let found = match asked.found.parse::<EntryId>() {
                Ok(id) => Some(reviews::find(tx, id)?).filter(|found| found.reviewer == Some(person)),
                Err(_) => None,
            };
            let found = found.filter(|found| {
                let broke = found.said.as_ref().is_some_and(|said| said.verdict == Verdict::Breaks);
                broke && found.origin == Origin::Sample && found.signal.is_none()
            });
            Ok((
                (reviews::next(tx, actor)?, reviews::left(tx, actor)?, clauses),
                (
                    (reviews::own(tx, person)?.covers, reviews::every(tx)?),
                    reviews::weeks(tx, 8)?,
                    reviews::disagreements(tx, actor, 20)?,
                    found,
                ),
            ))
        })
        .await?;
    let ((card, left, clauses), ((covers, every), weeks, differing, found)) = page;
    let manages = viewer.role >= Role::Manager;
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    let here = "reviews";
    views::html_with(
        status,
        &Show {
            chrome,
            here,
            waiting,
            card,
            left,
            clauses,
            covers,
            every,
            manages,
            weeks,
            differing,
            found,
            error,
        },
    )
}

#[derive(Deserialize)]
struct Said {
    /// `fine`, `unclear`, or a clause after `breaks:`.
    #[serde(default)]
    verdict: String,
}

impl Said {
    fn read(&self) -> Result<(Verdict, String)> {
        match self.verdict.split_once(':') {
            Some(("breaks", clause)) => Ok((Verdict::Breaks, clause.to_owned())),
            _ => Ok((self.verdict.parse()?, String::new())),
        }
    }
}

/// `POST /desk/reviews/{id}`
async fn judge(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Said>()?);
    let id: EntryId = cx.path("id")?;
    let done = match form.read() {
        Ok((verdict, clause)) => cx.write(move |tx| reviews::review(tx, actor, id, verdict, &clause)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(review) => {
            let said = review.said.as_ref().map_or_else(String::new, Judged::said);
            let broke = review.said.as_ref().is_some_and(|said| said.verdict == Verdict::Breaks);
            let path = if broke { format!("/desk/reviews?found={id}") } else { "/desk/reviews".to_owned() };
            let undo = review.signal.is_none().then(|| format!("/desk/reviews/{id}/take-back"));
            views::see_with(&cx, &path, &Flash { text: format!("Noted: {said}."), undo })
        }
        Err(error) if error.kind == Kind::Conflict => {
            views::see_saying(&cx, "/desk/reviews", error.safe.into_owned())
        }
        Err(error) if error.kind == Kind::Invalid => {
            draw(&cx, error.safe.into_owned(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /desk/reviews/{id}/take-back`
async fn take_back(cx: Cx) -> Page {
    let (actor, _) = (cx.staff()?.actor(), cx.form::<IgnoredAny>()?);
    let id: EntryId = cx.path("id")?;
    cx.write(move |tx| reviews::take_back(tx, actor, id)).await?;
    views::see_saying(&cx, "/desk/reviews", "Taken back: the post lies in the pile again.")
}

/// `POST /desk/reviews/{id}/item`
async fn raise(cx: Cx) -> Page {
    let (actor, _) = (cx.staff()?.actor(), cx.form::<IgnoredAny>()?);
    let id: EntryId = cx.path("id")?;
    let signal = cx.write(move |tx| reviews::raise(tx, actor, id)).await?;
    views::see_saying(&cx, "/desk/reviews", format!("It is in the inbox now, as item {signal}."))
}

#[derive(Deserialize)]
struct Cover {
    #[serde(default)]
    covers: String,
}

/// `POST /desk/reviews/cover`
async fn cover(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Cover>()?);
    let covers = form.covers == "yes";
    cx.write(move |tx| reviews::set_covers(tx, actor, covers)).await?;
    let said = if covers { "Texts stay covered until you open them." } else { "Texts are shown at once." };
    views::see_saying(&cx, "/desk/reviews", said)
}

#[derive(Deserialize)]
struct Share {
    #[serde(default)]
    every: String,
}

/// `POST /desk/reviews/share`: how many decisions are looked at again.
async fn share(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<Share>()?);
    let every: u64 = form.every.parse().unwrap_or(0);
    match cx.write(move |tx| reviews::set_every(tx, actor, every)).await {
        Err(error) if error.kind == Kind::Invalid => {
            draw(&cx, error.safe.into_owned(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
        Ok(()) => {
            let word = Show::share_word(&every);
            views::see_saying(&cx, "/desk/reviews", format!("From now on {word} is looked at again."))
        }
    }
}
