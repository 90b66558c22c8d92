//! Who the export lists, and what its channels are called.

use std::collections::HashMap;

use mainstreet_kernel::ActorClass;
use mainstreet_kernel::channel::IncomingPerson;

use super::model::{Channel, User};
use super::mrkdwn::Names;

/// Slack's own account.
const SLACKBOT: &str = "USLACKBOT";

/// Users and channels by id.
#[derive(Debug, Default)]
pub(super) struct People {
    users: HashMap<String, IncomingPerson>,
    bots: HashMap<String, String>,
    channels: HashMap<String, String>,
}

impl People {
    /// Adds a user; answers who that is.
    pub(super) fn add(&mut self, user: &User) -> IncomingPerson {
        let shown = [&user.profile.display_name, &user.profile.real_name, &user.real_name];
        let name = shown.into_iter().flatten().map(|name| name.trim()).find(|name| !name.is_empty());
        let handle = if user.name.is_empty() { user.id.to_lowercase() } else { user.name.clone() };
        let person = IncomingPerson {
            external_id: user.id.clone(),
            name: name.unwrap_or("").to_owned(),
            handle,
            class: class(user),
            joined_at: None,
            old_path: Some(format!("/team/{}", user.id)),
        };
        if let Some(bot) = &user.profile.bot_id {
            self.bots.insert(bot.clone(), user.id.clone());
        }
        self.users.insert(user.id.clone(), person.clone());
        person
    }

    /// Adds a channel's name.
    pub(super) fn add_channel(&mut self, channel: &Channel) {
        self.channels.insert(channel.id.clone(), channel.name.clone());
    }

    /// The user with this id; somebody the export does not list gets `shown` as a name.
    pub(super) fn person(&self, id: &str, shown: &str) -> IncomingPerson {
        if let Some(person) = self.users.get(id) {
            return person.clone();
        }
        let slackbot = id == SLACKBOT;
        let name = if slackbot { "Slackbot" } else { shown };
        IncomingPerson {
            external_id: id.to_owned(),
            handle: if slackbot { "slackbot".to_owned() } else { id.to_lowercase() },
            name: name.to_owned(),
            class: if slackbot { ActorClass::Bot } else { ActorClass::Member },
            joined_at: None,
            old_path: None,
        }
    }

    /// The user that a bot posts as.
    pub(super) fn of_bot(&self, bot: &str) -> Option<&str> {
        self.bots.get(bot).map(String::as_str)
    }
}

fn class(user: &User) -> ActorClass {
    if user.is_bot || user.id == SLACKBOT {
        ActorClass::Bot
    } else if user.is_admin || user.is_owner {
        ActorClass::Staff
    } else {
        ActorClass::Member
    }
}

impl Names for People {
    fn user(&self, id: &str) -> Option<&str> {
        self.users.get(id).map(|person| person.handle.as_str())
    }

    fn channel(&self, id: &str) -> Option<&str> {
        self.channels.get(id).map(String::as_str)
    }
}
