//! Discourse: post objects (`/posts/ID.json`) and topic objects (`/t/ID.json`) as its API gives them.
//!
//! Field names and meanings: the Discourse API documentation, and what real archives hold.

mod bbcode;
mod breaks;
mod model;
mod post;

use std::collections::HashSet;
use std::path::PathBuf;

use mainstreet_kernel::channel::{Incoming, IncomingSpace, Skipped, placeholder_name};
use mainstreet_kernel::{Error, Result};
use serde_json::Value;

use crate::Found;
use crate::archive::{self, Progress, Record};
use model::{Post, Topic};
use post::Context;

/// Reads every file below `paths`.
pub(crate) fn read(
    paths: &[PathBuf],
    progress: &Progress,
    each: &mut dyn FnMut(Found) -> Result<()>,
) -> Result<()> {
    let mut files = Vec::new();
    for path in paths {
        files.extend(archive::files(path, &archive::holds_records)?);
    }
    for file in &files {
        progress.expect(std::fs::metadata(file).map_or(0, |about| about.len()));
    }
    let mut reader = Reader { each, spaces: HashSet::new(), records: 0, understood: 0 };
    for file in &files {
        archive::entries(file, progress, &mut |name, input| {
            archive::records(input, &mut |record| reader.record(name, &record)).map(|_| ())
        })?;
    }
    if reader.understood > 0 {
        return Ok(());
    }
    let shown = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("', '");
    Err(Error::invalid(if reader.records == 0 {
        format!(
            "'{shown}' is empty. Give the post or topic objects of a Discourse as JSON (plain, .gz, .zst, .tar or a folder)."
        )
    } else {
        format!(
            "'{shown}' holds no Discourse posts or topics. They are JSON objects with \"post_number\" or \"post_stream\"; for a Slack export use: mainstreet import slack."
        )
    }))
}

struct Reader<'a> {
    each: &'a mut dyn FnMut(Found) -> Result<()>,
    /// Categories that were announced, by id; true once the archive gave a name.
    spaces: HashSet<(i64, bool)>,
    records: u64,
    understood: u64,
}

impl Reader<'_> {
    fn record(&mut self, file: &str, record: &Record<'_>) -> Result<()> {
        self.records += 1;
        let at = format!("{file}:{}", record.line);
        let bytes = match record.bytes {
            Ok(bytes) => bytes,
            Err(why) => return self.skip(at, why),
        };
        if contains(bytes, b"\"post_stream\"") {
            return match serde_json::from_slice::<Topic>(bytes) {
                Ok(topic) => self.topic(&topic, &at),
                Err(error) => self.skip(at, &not_read("topic", &error)),
            };
        }
        if let Ok(post) = serde_json::from_slice::<Post>(bytes) {
            return self.post(&post, &Context::of_post(&post), &at);
        }
        self.other(bytes, at)
    }

    /// A record that is neither a topic nor a whole post: what it is, or what is wrong with it.
    fn other(&mut self, bytes: &[u8], at: String) -> Result<()> {
        match serde_json::from_slice::<Value>(bytes) {
            Err(error) => self.skip(at, &not_read("record", &error)),
            Ok(Value::Object(object)) if object.contains_key("post_number") => {
                self.post_value(Value::Object(object), &at)
            }
            Ok(Value::Object(mut object)) => {
                if let Some(categories) = categories(&object) {
                    self.understood += 1;
                    return self.categories(&categories);
                }
                match object.remove("latest_posts") {
                    Some(Value::Array(posts)) => {
                        posts.into_iter().try_for_each(|post| self.post_value(post, &at))
                    }
                    _ => self.skip(at, "This is neither a Discourse post nor a Discourse topic."),
                }
            }
            Ok(_) => self.skip(at, "This is neither a Discourse post nor a Discourse topic."),
        }
    }

    fn skip(&mut self, at: String, why: &str) -> Result<()> {
        (self.each)(Found::Skipped(Skipped { at, why: why.to_owned() }))
    }

    fn post_value(&mut self, value: Value, at: &str) -> Result<()> {
        match serde_json::from_value::<Post>(value) {
            Ok(post) => self.post(&post, &Context::of_post(&post), at),
            Err(error) => self.skip(at.to_owned(), &not_read("post", &error)),
        }
    }

    fn topic(&mut self, topic: &Topic, at: &str) -> Result<()> {
        self.understood += 1;
        if topic.archetype.as_deref() == Some("private_message") {
            return (self.each)(Found::Left("private conversations"));
        }
        if topic.post_stream.stream.len() > topic.post_stream.posts.len() {
            (self.each)(Found::Gap("topics of which the archive holds only the first posts"))?;
        }
        let context = Context::of_topic(topic);
        let mut posts: Vec<Result<Post, serde_json::Error>> =
            topic.post_stream.posts.iter().map(|post| serde_json::from_str(post.get())).collect();
        posts.sort_by_key(|post| post.as_ref().map_or(i64::MAX, |post| post.post_number));
        for post in posts {
            match post {
                Ok(mut post) => {
                    post.topic_id = post.topic_id.or(Some(topic.id));
                    self.post(&post, &context, at)?;
                }
                Err(error) => self.skip(at.to_owned(), &not_read("post", &error))?,
            }
        }
        Ok(())
    }

    fn post(&mut self, post: &Post, context: &Context<'_>, at: &str) -> Result<()> {
        let message = match post::message(post, context, at) {
            Ok(message) => message,
            Err(why) => return self.skip(at.to_owned(), &why),
        };
        self.understood += 1;
        if let Some(category) = context.category
            && !self.spaces.contains(&(category, true))
            && self.spaces.insert((category, false))
        {
            self.space(category, placeholder_name(&category.to_string()), String::new(), true)?;
        }
        (self.each)(Found::Incoming(Incoming::Message(Box::new(message))))
    }

    fn categories(&mut self, categories: &[Value]) -> Result<()> {
        for category in categories {
            let text = |key: &str| category.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            let Some(id) = category.get("id").and_then(Value::as_i64) else { continue };
            if !text("name").is_empty() && self.spaces.insert((id, true)) {
                let about = crate::markup::from_html(&text("description")).markdown;
                self.space(id, text("name"), about, false)?;
            }
        }
        Ok(())
    }

    fn space(&mut self, id: i64, name: String, description: String, provisional: bool) -> Result<()> {
        let space = IncomingSpace {
            external_id: id.to_string(),
            name,
            provisional,
            description,
            created_at: None,
            questions: false,
        };
        (self.each)(Found::Incoming(Incoming::Space(space)))
    }
}

/// The categories in `/categories.json` and `/site.json`.
fn categories(object: &serde_json::Map<String, Value>) -> Option<Vec<Value>> {
    let list =
        object.get("category_list").and_then(|list| list.get("categories")).or(object.get("categories"))?;
    list.as_array().cloned()
}

fn not_read(what: &str, error: &serde_json::Error) -> String {
    if error.is_syntax() || error.is_eof() {
        format!("This is not JSON: {error}.")
    } else {
        format!("The {what} lacks something or has a field of another type: {error}.")
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests;
