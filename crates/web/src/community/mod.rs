//! The place, as members see it.

pub(crate) mod accounts;
mod edits;
mod feeds;
mod forms;
mod guidelines;
mod home;
mod introductions;
mod letters;
mod mediations;
mod meeting;
mod mentions;
mod new_topic;
mod notifications;
mod old_paths;
mod people;
mod post_acts;
mod proof;
mod replies;
mod search;
mod sign_in;
mod sign_up;
mod similar;
mod spaces;
mod statements;
mod tags;
mod topics;
mod your_settings;

pub(crate) use guidelines::banner as guidelines_banner;
pub(crate) use notifications::unread;
pub(crate) use old_paths::missing;
pub(crate) use statements::signature as statement_signature;
pub(crate) use topics::{reaction_icon, reaction_word};

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .and(home::routes())
        .and(spaces::routes())
        .and(topics::routes())
        .and(tags::routes())
        .and(people::routes())
        .and(new_topic::routes())
        .and(similar::routes())
        .and(replies::routes())
        .and(edits::routes())
        .and(post_acts::routes())
        .and(search::routes())
        .and(feeds::routes())
        .and(sign_in::routes())
        .and(sign_up::routes())
        .and(your_settings::routes())
        .and(letters::routes())
        .and(forms::routes())
        .and(introductions::routes())
        .and(notifications::routes())
        .and(mentions::routes())
        .and(guidelines::routes())
        .and(statements::routes())
        .and(mediations::routes())
        .and(meeting::routes())
}
