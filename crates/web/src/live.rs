//! What happens elsewhere, told to open pages and to the page cache as it is committed. Every node follows the log
//! with a cursor of its own that starts at the end and is not kept.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use mainstreet_db::log::{self, Cursor, Entry};
use mainstreet_kernel::id::TopicId;
use mainstreet_kernel::{Verb, Visibility};
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::app::App;
use crate::request::Cx;
use crate::views::Page;

/// Something an open page may want to know.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) verb: Verb,
    pub(crate) topic: Option<TopicId>,
    pub(crate) object: i64,
    pub(crate) visibility: Visibility,
}

/// Hands changes to those who listen.
#[derive(Clone)]
pub(crate) struct Live(broadcast::Sender<Change>);

impl Live {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(1_024).0)
    }
}

/// Follows the log for as long as the node runs.
pub(crate) async fn follow(app: App) {
    let mut changes = app.db.log_changes();
    let mut cursor: Option<Cursor> = None;
    loop {
        changes.borrow_and_update();
        let from = cursor;
        let step = app.db.read(move |tx| match from {
            None => Ok((Vec::new(), log::end(tx)?)),
            Some(from) => {
                let entries = log::read(tx, from, 500)?;
                let to = entries.last().map_or(from, |entry| entry.cursor);
                Ok((entries, to))
            }
        });
        match step.await {
            Ok((entries, to)) => {
                cursor = Some(to);
                entries.iter().for_each(|entry| tell(&app, entry));
                if entries.len() == 500 {
                    continue;
                }
            }
            Err(error) => tracing::warn!(?error, "the log could not be followed; trying again"),
        }
        tokio::select! { _ = changes.changed() => {} () = tokio::time::sleep(Duration::from_millis(300)) => {} }
    }
}

fn tell(app: &App, entry: &Entry) {
    match entry.verb {
        Verb::SettingChanged => app.refresh_site(),
        Verb::MemberRoleChanged
        | Verb::MemberSuspended
        | Verb::MemberReinstated
        | Verb::MemberRestricted
        | Verb::GuidelinesPublished
        | Verb::CalmStarted
        | Verb::CalmEnded
        | Verb::TopicSplit
        | Verb::MemberCooledOff
        | Verb::MembersParted => {
            app.sessions.clear();
            app.pages.all_changed();
        }
        _ => {}
    }
    if !matches!(entry.verb, Verb::SessionActive | Verb::SearchRun) {
        app.pages.changed(entry.topic);
    }
    let change = Change {
        verb: entry.verb,
        topic: entry.topic,
        object: entry.object_id,
        visibility: entry.visibility,
    };
    let _ = app.live.0.send(change);
}

#[derive(Deserialize)]
struct Asked {
    topic: Option<TopicId>,
    #[serde(default)]
    desk: bool,
}

/// `GET /live?topic=ID` or `/live?desk=true`: a stream of server-sent events, one a change. The page asks for what
/// changed itself, so that nothing is sent that the viewer may not see.
pub(crate) async fn stream(cx: Cx) -> Page {
    let asked: Asked = cx.query()?;
    if asked.desk {
        cx.staff()?;
    }
    let receiver = cx.app.live.0.subscribe();
    let events = stream::unfold((receiver, asked), |(mut receiver, asked)| async move {
        loop {
            let change = match receiver.recv().await {
                Ok(change) => change,
                Err(broadcast::error::RecvError::Lagged(_)) => continue,
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            let signal = change.verb.as_str().starts_with("signal.") || change.verb == Verb::FlagCreated;
            let wanted = if asked.desk {
                signal
            } else {
                asked.topic.is_some()
                    && change.topic == asked.topic
                    && change.visibility == Visibility::Public
                    && !signal
            };
            if wanted {
                let data = mainstreet_kernel::id::encode(change.object);
                let event = Event::default().event(change.verb.as_str()).data(data);
                return Some((Ok::<_, Infallible>(event), (receiver, asked)));
            }
        }
    });
    let response: Response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response();
    Ok(response)
}
