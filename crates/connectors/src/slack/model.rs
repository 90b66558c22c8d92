//! The fields we read of an export's objects. Everything else in them is ignored.

use serde::Deserialize;

/// An entry of `users.json`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) real_name: Option<String>,
    #[serde(default)]
    pub(super) is_bot: bool,
    #[serde(default)]
    pub(super) is_admin: bool,
    #[serde(default)]
    pub(super) is_owner: bool,
    #[serde(default)]
    pub(super) profile: Profile,
}

/// What a user shows.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Profile {
    #[serde(default)]
    pub(super) display_name: Option<String>,
    #[serde(default)]
    pub(super) real_name: Option<String>,
    #[serde(default)]
    pub(super) bot_id: Option<String>,
}

/// An entry of `channels.json` or `groups.json`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Channel {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) created: i64,
    #[serde(default)]
    pub(super) topic: Words,
    #[serde(default)]
    pub(super) purpose: Words,
}

/// A channel's topic or purpose.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    pub(super) value: String,
}

/// A message.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Message {
    pub(super) ts: String,
    #[serde(default)]
    pub(super) subtype: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) user: Option<String>,
    #[serde(default)]
    pub(super) username: Option<String>,
    #[serde(default)]
    pub(super) bot_id: Option<String>,
    #[serde(default)]
    pub(super) bot_profile: Option<BotProfile>,
    #[serde(default)]
    pub(super) user_profile: Option<Profile>,
    #[serde(default)]
    pub(super) thread_ts: Option<String>,
    #[serde(default)]
    pub(super) edited: Option<Edited>,
    #[serde(default)]
    pub(super) reactions: Vec<Reaction>,
    #[serde(default)]
    pub(super) files: Vec<FileNote>,
    #[serde(default)]
    pub(super) attachments: Vec<Attachment>,
}

/// Who a bot says it is.
#[derive(Debug, Default, Deserialize)]
pub(super) struct BotProfile {
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// When a message was last edited.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Edited {
    #[serde(default)]
    pub(super) ts: String,
}

/// A kind of reaction.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reaction {
    pub(super) name: String,
    #[serde(default)]
    pub(super) users: Vec<String>,
    #[serde(default)]
    pub(super) count: Option<i64>,
}

/// A file sent along.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FileNote {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) permalink: Option<String>,
    #[serde(default)]
    pub(super) mode: Option<String>,
}

/// A block that an app or a link preview adds.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Attachment {
    #[serde(default)]
    pub(super) pretext: Option<String>,
    #[serde(default)]
    pub(super) author_name: Option<String>,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) title_link: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) fallback: Option<String>,
    #[serde(default)]
    pub(super) fields: Vec<Field>,
    #[serde(default)]
    pub(super) from_url: Option<String>,
    #[serde(default)]
    pub(super) original_url: Option<String>,
    #[serde(default)]
    pub(super) app_unfurl_url: Option<String>,
}

/// A name and value in an attachment.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Field {
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) value: Option<serde_json::Value>,
}
