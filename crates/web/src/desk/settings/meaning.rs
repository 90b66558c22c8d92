//! Which sentence model is in use, and how far the vectors are. Owners only; the operator adds models by command.

use askama::Template;
use mainstreet_community::meaning::{self, Model, Progress, State};
use mainstreet_kernel::Role;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/settings/meaning", show)
}

#[derive(Template)]
#[template(path = "desk/settings/meaning.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    part: &'static str,
    used: Option<Used>,
    others: Vec<Model>,
}

/// The model in use.
struct Used {
    model: Model,
    progress: Progress,
    /// Vectors in the index of this node; nothing: the model is not loaded here.
    vectors: Option<usize>,
    /// Why it is not.
    why: String,
}

/// `GET /desk/settings/meaning`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Owner)?;
    let (models, progress) = cx
        .read(|tx| {
            let models = meaning::all(tx)?;
            let used = models.iter().find(|model| model.in_use);
            let progress = used.map(|model| meaning::progress(tx, model)).transpose()?;
            Ok((models, progress.unwrap_or_default()))
        })
        .await?;
    let (used, others): (Vec<Model>, Vec<Model>) = models.into_iter().partition(|model| model.in_use);
    let (vectors, why) = match cx.app.meaning.state() {
        State::Ready(vectors) => (Some(vectors), String::new()),
        State::Unfit(why) => (None, why),
        State::Without => (None, "It is being loaded.".to_owned()),
    };
    let used = used.into_iter().next().map(|model| Used { model, progress, vectors, why });
    let page = Show {
        chrome: cx.chrome(),
        here: "settings",
        waiting: cx.waiting().await?,
        part: "meaning",
        used,
        others,
    };
    views::html(&page)
}
