//! The fields we read of Discourse's objects. Everything else in them is ignored.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A post object.
#[derive(Debug, Deserialize)]
pub(super) struct Post {
    pub(super) id: i64,
    pub(super) topic_id: Option<i64>,
    pub(super) post_number: i64,
    pub(super) created_at: String,
    #[serde(default)]
    pub(super) updated_at: Option<String>,
    #[serde(default)]
    pub(super) user_id: Option<i64>,
    #[serde(default)]
    pub(super) username: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) raw: Option<String>,
    #[serde(default)]
    pub(super) cooked: Option<String>,
    /// 1 regular, 2 moderator's notice, 3 small action, 4 whisper.
    #[serde(default, deserialize_with = "loose")]
    pub(super) post_type: Option<i64>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) action_code: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) reply_to_post_number: Option<i64>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) version: Option<i64>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) reads: Option<i64>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) reactions: Option<Vec<Reaction>>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) actions_summary: Option<Vec<Action>>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) accepted_answer: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) topic_accepted_answer: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) hidden: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) deleted_at: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) user_deleted: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) moderator: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) admin: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) staff: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) topic_slug: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) topic_title: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) category_id: Option<i64>,
}

/// One kind of reaction (plugin discourse-reactions).
#[derive(Debug, Deserialize)]
pub(super) struct Reaction {
    pub(super) id: String,
    #[serde(default)]
    pub(super) count: i64,
}

/// One kind of post action; 2 is the like.
#[derive(Debug, Deserialize)]
pub(super) struct Action {
    #[serde(default)]
    pub(super) id: i64,
    #[serde(default)]
    pub(super) count: i64,
}

/// A topic object.
#[derive(Debug, Deserialize)]
pub(super) struct Topic {
    pub(super) id: i64,
    pub(super) post_stream: Stream,
    #[serde(default, deserialize_with = "loose")]
    pub(super) title: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) slug: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) category_id: Option<i64>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) views: Option<i64>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) closed: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) archived: Option<bool>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) archetype: Option<String>,
    /// Names, or since 2025 objects with a name.
    #[serde(default)]
    pub(super) tags: Value,
    /// Tag names with their descriptions; older answers carry the tags only here.
    #[serde(default)]
    pub(super) tags_descriptions: Value,
    /// An object that names the answer, or since 2026 a list of them.
    #[serde(default)]
    pub(super) accepted_answer: Value,
}

/// The posts of a topic. Each is read on its own, so that a broken one does not take the others along.
#[derive(Debug, Deserialize)]
pub(super) struct Stream {
    #[serde(default)]
    pub(super) posts: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(super) stream: Vec<Value>,
}

/// A field we can do without: a value of another type counts as absent.
fn loose<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}
