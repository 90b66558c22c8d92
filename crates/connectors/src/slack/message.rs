//! One message of an export turned into ours.

use mainstreet_kernel::channel::{IncomingMessage, IncomingPerson, IncomingReaction, Standing};
use mainstreet_kernel::text::excerpt;
use mainstreet_kernel::{ActorClass, Timestamp};

use super::model::{Attachment, Message, Reaction};
use super::mrkdwn;
use super::people::People;
use crate::markup::{self, escape, link_target, quote};

/// What is done with a message, by its subtype.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A post that somebody wrote.
    Post,
    /// A post that Slack wrote about a channel.
    Notice,
    /// What is left of a deleted message.
    Tombstone,
    /// Somebody joined.
    Join,
    /// Not taken in; counted under this name.
    Left(&'static str),
}

/// Subtypes: Slack's documentation of the event `message`. Unknown ones are about channels, not from people.
pub(super) fn kind(subtype: Option<&str>) -> Kind {
    match subtype.unwrap_or("") {
        "" | "bot_message" | "thread_broadcast" | "reply_broadcast" | "me_message" | "file_share"
        | "file_comment" | "slackbot_response" => Kind::Post,
        "tombstone" => Kind::Tombstone,
        "channel_join" | "group_join" => Kind::Join,
        "channel_leave" | "group_leave" => Kind::Left("departures from channels"),
        "message_changed" | "message_deleted" | "message_replied" => {
            Kind::Left("records of changes to messages")
        }
        _ => Kind::Notice,
    }
}

/// A message's time out of `1604574471.000200`: seconds and a counter that makes it unique in its channel.
pub(super) fn time(ts: &str) -> Option<Timestamp> {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
    let seconds: i64 = seconds.parse().ok().filter(|seconds| *seconds > 0)?;
    let digits: String = rest.chars().take(3).chain("000".chars()).take(3).collect();
    Some(Timestamp(seconds.checked_mul(1000)?.checked_add(digits.parse().ok()?)?))
}

/// The message, or why it cannot be one. `channel` is the space's id, `name` what the channel is called.
pub(super) fn message(
    message: &Message,
    channel: &str,
    name: &str,
    people: &People,
    at_source: &str,
) -> Result<IncomingMessage, String> {
    let at = time(&message.ts).ok_or_else(|| format!("'{}' is not the time of a message.", message.ts))?;
    let author = author(message, people).ok_or("The message does not say who wrote it.")?;
    let kind = kind(message.subtype.as_deref());
    let root = message.thread_ts.as_deref().unwrap_or(&message.ts);
    let mut mentions = Vec::new();
    let markdown = text(message, people, &mut mentions);
    let edited_at = message.edited.as_ref().and_then(|edited| time(&edited.ts)).filter(|edited| *edited > at);
    let title = (root == message.ts).then(|| title(message, name, people));
    Ok(IncomingMessage {
        external_id: format!("{channel}:{}", message.ts),
        topic: format!("{channel}:{root}"),
        title,
        space: channel.to_owned(),
        author,
        notice: kind == Kind::Notice,
        markdown,
        original: message.text.clone().unwrap_or_default(),
        format: "mrkdwn",
        at,
        edited_at,
        version: if edited_at.is_some() { 2 } else { 1 },
        snapshot: edited_at.unwrap_or(at).0,
        number: 0,
        reply_to: None,
        reactions: reactions(message),
        accepted: false,
        mentions,
        tags: Vec::new(),
        question: false,
        views: 0,
        standing: if kind == Kind::Tombstone { Standing::Deleted } else { Standing::Shown },
        closed: false,
        old_paths: vec![format!("/archives/{channel}/p{}", message.ts.replace('.', ""))],
        topic_paths: Vec::new(),
        at_source: at_source.to_owned(),
    })
}

/// A user, a bot that is a user, or a bot known by its own id and the name it posts under.
pub(super) fn author(message: &Message, people: &People) -> Option<IncomingPerson> {
    if let Some(user) = message.user.as_deref().filter(|user| !user.is_empty()) {
        let shown = message.user_profile.as_ref();
        let shown =
            shown.and_then(|profile| profile.display_name.as_deref().or(profile.real_name.as_deref()));
        return Some(people.person(user, shown.unwrap_or("")));
    }
    let bot = message.bot_id.as_deref().filter(|bot| !bot.is_empty());
    let profile = message.bot_profile.as_ref().and_then(|profile| profile.name.as_deref());
    let name = message.username.as_deref().or(profile).filter(|name| !name.trim().is_empty());
    if let (Some(bot), None) = (bot, name)
        && let Some(user) = people.of_bot(bot)
    {
        return Some(people.person(user, ""));
    }
    let external_id = match (bot, name) {
        (Some(bot), Some(name)) => format!("{bot}:{name}"),
        (Some(bot), None) => bot.to_owned(),
        (None, Some(name)) => format!("name:{name}"),
        (None, None) => return None,
    };
    let name = name.or(bot).unwrap_or_default().to_owned();
    Some(IncomingPerson {
        handle: mainstreet_kernel::text::slug(&name),
        external_id,
        name,
        class: ActorClass::Bot,
        joined_at: None,
        old_path: None,
    })
}

/// How many reacted in one way.
pub(super) fn count(reaction: &Reaction) -> i64 {
    reaction.count.unwrap_or(0).max(reaction.users.len() as i64)
}

fn reactions(message: &Message) -> Vec<IncomingReaction> {
    let one = |reaction: &Reaction| IncomingReaction {
        kind: markup::reaction(&reaction.name),
        count: count(reaction),
        by: reaction.users.clone(),
    };
    message.reactions.iter().map(one).filter(|reaction| reaction.count > 0).collect()
}

fn text(message: &Message, people: &People, mentions: &mut Vec<String>) -> String {
    let written = message.text.as_deref().unwrap_or("");
    let mut blocks = vec![mrkdwn::to_markdown(written, people, mentions)];
    for attachment in &message.attachments {
        if !is_preview(attachment, written) {
            blocks.push(attached(attachment, people, mentions));
        }
    }
    for file in &message.files {
        let name = file.title.as_deref().or(file.name.as_deref()).unwrap_or("a file");
        blocks.push(match (file.permalink.as_deref().and_then(link_target), file.mode.as_deref()) {
            (Some(url), _) => format!("File: [{}]({url})", escape(name)),
            (None, Some("tombstone")) => "*A file was deleted.*".to_owned(),
            (None, _) => format!("*{} was attached; it is not in the archive.*", escape(&capital(name))),
        });
    }
    blocks.retain(|block| !block.trim().is_empty());
    if blocks.is_empty() {
        let said = message.subtype.as_deref().unwrap_or("message without text").replace('_', " ");
        return format!("*{}*", capital(&said));
    }
    let text = blocks.join("\n\n");
    if kind(message.subtype.as_deref()) == Kind::Notice && !text.contains('\n') {
        return format!("*{}*", capital(text.trim().trim_matches('*')));
    }
    text
}

/// A preview of a link that stands in the text says nothing of its own.
fn is_preview(attachment: &Attachment, written: &str) -> bool {
    [&attachment.from_url, &attachment.original_url, &attachment.app_unfurl_url]
        .into_iter()
        .flatten()
        .any(|url| written.contains(url.as_str()) || written.contains(&url.replace('&', "&amp;")))
}

fn attached(attachment: &Attachment, people: &People, mentions: &mut Vec<String>) -> String {
    let mut lines = Vec::new();
    let mut convert = |text: &str| mrkdwn::to_markdown(text, people, mentions);
    if let Some(pretext) = attachment.pretext.as_deref() {
        lines.push(convert(pretext));
    }
    if let Some(title) = attachment.title.as_deref().or(attachment.author_name.as_deref()) {
        lines.push(match attachment.title_link.as_deref().and_then(link_target) {
            Some(url) => format!("[{}]({url})", escape(title)),
            None => format!("**{}**", escape(title)),
        });
    }
    if let Some(text) = attachment.text.as_deref() {
        lines.push(convert(text));
    }
    for field in &attachment.fields {
        let value = match &field.value {
            Some(serde_json::Value::String(text)) => convert(text),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        lines.push(format!("**{}** {value}", escape(field.title.as_deref().unwrap_or(""))));
    }
    lines.retain(|line| !line.trim().is_empty());
    if lines.is_empty() {
        lines.push(convert(attachment.fallback.as_deref().unwrap_or("")));
    }
    let text = lines.join("\n\n");
    if text.trim().is_empty() { String::new() } else { quote("", "", &text) }
}

/// A topic's title: the first line that says something, cut after its first sentence or at a word's end.
fn title(message: &Message, channel: &str, people: &People) -> String {
    let attached = message.attachments.first().and_then(|attachment| {
        attachment.title.as_deref().or(attachment.fallback.as_deref()).or(attachment.text.as_deref())
    });
    let file = message.files.first().and_then(|file| file.title.as_deref().or(file.name.as_deref()));
    let texts = [message.text.as_deref(), attached, file];
    for text in texts.into_iter().flatten() {
        let plain = mrkdwn::to_plain(text, people);
        let says = |line: &&str| line.chars().filter(|c| c.is_alphanumeric()).count() > 2;
        if let Some(line) = plain.lines().map(str::trim).find(says) {
            return excerpt(first_sentence(line.trim_start_matches(['>', '•', '-', ' '])), 90);
        }
    }
    match texts.first().copied().flatten().map(|text| mrkdwn::to_plain(text, people)) {
        Some(plain) if !plain.trim().is_empty() => excerpt(&plain, 90),
        _ => format!("Message in #{channel}"),
    }
}

fn first_sentence(line: &str) -> &str {
    for (at, letter) in line.char_indices() {
        let end = at + letter.len_utf8();
        let next = line.get(end..).and_then(|rest| rest.chars().next());
        if matches!(letter, '.' | '?' | '!') && end >= 25 && next.is_none_or(char::is_whitespace) {
            return line.get(..end).unwrap_or(line).trim_end_matches('.');
        }
    }
    line.trim_end_matches(['.', ':'])
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
