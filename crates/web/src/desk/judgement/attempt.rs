//! One attempt to learn: its figures by judgement and by person, and why it was taken or not.

use askama::Template;
use mainstreet_desk::judgement::{self, Figures, Verdict, Version};
use mainstreet_kernel::Role;
use mainstreet_kernel::id::EntryId;
use mainstreet_language::local;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/judgement/attempts/{id}", show)
}

#[derive(Template)]
#[template(path = "desk/judgement/attempt.html")]
struct Attempt {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    version: Version,
    names: Vec<(i64, String)>,
    leads: bool,
}

impl Attempt {
    fn name(&self, person: &i64) -> &str {
        let known = self.names.iter().find(|(id, _)| id == person);
        known.map_or("somebody who is gone", |(_, name)| name)
    }

    fn spoken(&self, figures: &Figures) -> &'static str {
        judgement::spoken(figures.judgement)
    }

    /// True when it came as far as being tried.
    fn tried(&self, figures: &Figures) -> bool {
        !matches!(figures.verdict, Verdict::TooFew | Verdict::OneSided)
    }

    /// Why it was taken or not, and what to do, in a sentence.
    fn says(&self, figures: &Figures) -> String {
        match figures.verdict {
            Verdict::Better => {
                format!(
                    "Taken: of {} texts held back it agrees with people on {} instead of {}.",
                    figures.held, figures.after, figures.before
                )
            }
            Verdict::TooFew => format!(
                "Too few: people said something of {} texts, {} are needed, and of these {} held back; {} are. Confirm and \
                 correct more.",
                figures.learnt + figures.held,
                local::LEAST_ANSWERS,
                local::LEAST_HELD_BACK,
                figures.held
            ),
            Verdict::OneSided => format!(
                "Nearly all answers are the same word. At least {} of another one are needed: confirm also where the \
                 reading was right.",
                local::LEAST_OF_A_CLASS
            ),
            Verdict::OnlyWrong => format!(
                "Nearly all answers say that the reading was wrong ({} of {} held back). Confirm also where it was \
                 right; otherwise nobody can tell what a change does to the rest.",
                figures.held - figures.before,
                figures.held
            ),
            Verdict::NoBetter => format!(
                "Not taken: of {} texts held back it agrees with people on {}, before on {}.",
                figures.held, figures.after, figures.before
            ),
            Verdict::WorseForOne => {
                "Not taken: it would agree less with one of the people who answered. Talk about what you mean by the \
                 words; if somebody's answers were a mistake, leave them out."
                    .to_owned()
            }
            Verdict::Forgets => format!(
                "Not taken: of the examples that ship it would judge {:.0} % right instead of {:.0} %. Look at the \
                 answers once more; if they are meant so, the shipped weights are too far from this place.",
                figures.reference_after * 100.0,
                figures.reference_before * 100.0
            ),
        }
    }
}

/// `GET /desk/judgement/attempts/{id}`
async fn show(cx: Cx) -> Page {
    let leads = cx.staff()?.role >= Role::Manager;
    let id = cx.path::<EntryId>("id")?;
    let (version, names) = cx.read(move |tx| judgement::version(tx, id)).await?;
    let page = Attempt {
        chrome: cx.chrome(),
        here: "judgement",
        waiting: cx.waiting().await?,
        version,
        names,
        leads,
    };
    views::html(&page)
}
