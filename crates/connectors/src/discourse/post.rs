//! One post object turned into a message.

use mainstreet_kernel::channel::{IncomingMessage, IncomingPerson, IncomingReaction, ReplyTo, Standing};
use mainstreet_kernel::{ActorClass, Timestamp};
use serde_json::Value;

use super::bbcode;
use super::model::{Post, Topic};
use crate::markup;

/// What the topic says about its posts.
pub(super) struct Context<'a> {
    title: Option<&'a str>,
    slug: &'a str,
    pub(super) category: Option<i64>,
    views: i64,
    closed: bool,
    tags: Vec<String>,
    question: bool,
}

impl<'a> Context<'a> {
    /// A post object names its topic's title, slug and category, nothing else.
    pub(super) fn of_post(post: &'a Post) -> Self {
        Self {
            title: post.topic_title.as_deref(),
            slug: post.topic_slug.as_deref().unwrap_or("-"),
            category: post.category_id,
            views: 0,
            closed: false,
            tags: Vec::new(),
            question: post.topic_accepted_answer == Some(true) || post.accepted_answer == Some(true),
        }
    }

    /// A topic object says more.
    pub(super) fn of_topic(topic: &'a Topic) -> Self {
        let solved = match &topic.accepted_answer {
            Value::Null | Value::Bool(false) => false,
            Value::Array(answers) => !answers.is_empty(),
            _ => true,
        };
        Self {
            title: topic.title.as_deref(),
            slug: topic.slug.as_deref().unwrap_or("-"),
            category: topic.category_id,
            views: topic.views.unwrap_or(0),
            closed: topic.closed == Some(true) || topic.archived == Some(true),
            tags: tags(topic),
            question: solved,
        }
    }
}

fn tags(topic: &Topic) -> Vec<String> {
    match (&topic.tags, &topic.tags_descriptions) {
        (Value::Array(tags), _) => tags
            .iter()
            .filter_map(|tag| tag.as_str().or_else(|| tag.get("name").and_then(Value::as_str)))
            .map(str::to_owned)
            .collect(),
        (_, Value::Object(described)) => described.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// The message that `post` is, or why it cannot be one.
pub(super) fn message(
    post: &Post,
    context: &Context<'_>,
    at_source: &str,
) -> Result<IncomingMessage, String> {
    let topic = post.topic_id.ok_or("The post does not say which topic it belongs to.")?;
    let at = time(&post.created_at).ok_or_else(|| format!("'{}' is not a time.", post.created_at))?;
    if post.post_number < 1 {
        return Err(format!("Post numbers begin with 1, not {}.", post.post_number));
    }
    let author = author(post)?;
    let version = post.version.unwrap_or(1).max(1);
    let updated = post.updated_at.as_deref().and_then(time);
    let text = text(post, topic);
    let old_paths =
        vec![format!("/t/{}/{topic}/{}", context.slug, post.post_number), format!("/p/{}", post.id)];
    let topic_paths = match post.post_number {
        1 => vec![format!("/t/{}/{topic}", context.slug), format!("/t/{topic}")],
        _ => Vec::new(),
    };
    Ok(IncomingMessage {
        external_id: post.id.to_string(),
        topic: topic.to_string(),
        title: context.title.map(str::to_owned).filter(|title| !title.trim().is_empty()),
        space: context.category.map(|category| category.to_string()).unwrap_or_default(),
        author,
        notice: post.post_type == Some(3),
        markdown: text.markdown,
        original: text.original,
        format: text.format,
        at,
        edited_at: updated.filter(|updated| version > 1 && *updated > at),
        version,
        snapshot: snapshot(updated.unwrap_or(at), post.reads.unwrap_or(0)),
        number: post.post_number,
        reply_to: post.reply_to_post_number.filter(|number| *number > 0).map(ReplyTo::Number),
        reactions: reactions(post),
        accepted: post.accepted_answer == Some(true),
        mentions: text.mentions,
        tags: context.tags.clone(),
        question: context.question,
        views: context.views,
        standing: standing(post),
        closed: context.closed,
        old_paths,
        topic_paths,
        at_source: at_source.to_owned(),
    })
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Copies of one post are told apart by when they were last changed, then by how many had read it.
fn snapshot(updated: Timestamp, reads: i64) -> i64 {
    updated.0.saturating_mul(4096).saturating_add(reads.clamp(0, 4095))
}

fn author(post: &Post) -> Result<IncomingPerson, String> {
    let handle = post.username.clone().unwrap_or_default();
    let external_id = match post.user_id {
        Some(id) => id.to_string(),
        None if !handle.is_empty() => format!("name:{}", handle.to_lowercase()),
        None => return Err("The post does not say who wrote it.".to_owned()),
    };
    let staff = [post.staff, post.admin, post.moderator].contains(&Some(true));
    let class = match post.user_id {
        Some(-1) => ActorClass::System,
        Some(id) if id < 0 => ActorClass::Bot,
        _ if staff => ActorClass::Staff,
        _ => ActorClass::Member,
    };
    let old_path = (!handle.is_empty()).then(|| format!("/u/{handle}"));
    let handle = if handle.is_empty() { format!("user-{external_id}") } else { handle };
    let name = post.name.clone().unwrap_or_default();
    Ok(IncomingPerson { external_id, handle, name, class, joined_at: None, old_path })
}

fn standing(post: &Post) -> Standing {
    let deleted = post.deleted_at.is_some() || post.user_deleted == Some(true);
    match post.post_type {
        _ if deleted => Standing::Deleted,
        // A whisper is for staff only.
        Some(4) => Standing::Hidden,
        _ if post.hidden == Some(true) => Standing::Hidden,
        _ => Standing::Shown,
    }
}

/// Reactions where the plugin is installed, likes elsewhere: a like is one of the reactions, so never both.
fn reactions(post: &Post) -> Vec<IncomingReaction> {
    let of =
        |kind: &str, count: i64| IncomingReaction { kind: markup::reaction(kind), count, by: Vec::new() };
    match &post.reactions {
        Some(reactions) => reactions.iter().filter(|r| r.count > 0).map(|r| of(&r.id, r.count)).collect(),
        None => {
            let likes =
                post.actions_summary.iter().flatten().filter(|action| action.id == 2).map(|a| a.count).sum();
            if likes > 0 { vec![of("heart", likes)] } else { Vec::new() }
        }
    }
}

struct Text {
    markdown: String,
    original: String,
    format: &'static str,
    mentions: Vec<String>,
}

fn text(post: &Post, topic: i64) -> Text {
    let cooked = post.cooked.as_deref().unwrap_or("");
    let mut text = match &post.raw {
        Some(raw) if !cooked.is_empty() && bbcode::holds_html(raw) => {
            let converted = markup::from_html(cooked);
            let (markdown, mentions) = (converted.markdown, converted.mentions);
            Text { markdown, original: raw.clone(), format: "markdown", mentions }
        }
        Some(raw) => {
            let known = markup::references(cooked);
            let slug = post.topic_slug.as_deref().unwrap_or("-");
            let markdown = bbcode::to_markdown(raw, &bbcode::Around { topic, slug, known: &known });
            Text { markdown, original: raw.clone(), format: "markdown", mentions: known.mentions }
        }
        None => {
            let converted = markup::from_html(cooked);
            let (markdown, mentions) = (converted.markdown, converted.mentions);
            Text { markdown, original: cooked.to_owned(), format: "html", mentions }
        }
    };
    if post.post_type == Some(3) {
        let line = format!("*{}*", action(post.action_code.as_deref().unwrap_or("")));
        text.markdown = if text.markdown.is_empty() { line } else { format!("{line}\n\n{}", text.markdown) };
    }
    text
}

/// What a small action says; Discourse keeps only its code.
fn action(code: &str) -> String {
    match code {
        "closed.enabled" => "Closed this topic.",
        "closed.disabled" => "Opened this topic again.",
        "autoclosed.enabled" => "This topic was closed automatically.",
        "autoclosed.disabled" => "This topic was opened again automatically.",
        "archived.enabled" => "Archived this topic.",
        "archived.disabled" => "Took this topic out of the archive.",
        "pinned.enabled" | "pinned_globally.enabled" => "Pinned this topic.",
        "pinned.disabled" | "pinned_globally.disabled" => "Unpinned this topic.",
        "banner.enabled" => "Made this topic a banner.",
        "banner.disabled" => "Removed this banner.",
        "visible.enabled" => "Listed this topic.",
        "visible.disabled" => "Unlisted this topic.",
        "split_topic" => "Split this topic.",
        "autobumped" => "This topic was bumped automatically.",
        "invited_user" => "Invited somebody.",
        "removed_user" => "Removed somebody.",
        "user_left" => "Left this conversation.",
        "public_topic" | "open_topic" => "Made this topic public.",
        "private_topic" => "Made this topic private.",
        "tags_changed" => "Changed the tags.",
        "category_changed" => "Changed the category.",
        "" => "Something about this topic was changed.",
        other => return format!("{}.", other.replace(['_', '.'], " ")),
    }
    .to_owned()
}
