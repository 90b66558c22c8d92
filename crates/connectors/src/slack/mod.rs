//! Slack: the zip that a workspace's owner can export, or the folder it was unpacked into.

mod export;
mod message;
mod model;
mod mrkdwn;
mod people;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use mainstreet_kernel::channel::{Incoming, IncomingJoin, IncomingSpace, Skipped};
use mainstreet_kernel::{Error, Result};
use serde::de::DeserializeOwned;

use crate::Found;
use crate::archive::{self, Progress, Record};
use export::Export;
use message::Kind;
use model::{Channel, Message, User};
use people::People;

/// A list of users or channels larger than this is not one.
const LONGEST_LIST: u64 = 1 << 30;

/// Reads every export in `paths`.
pub(crate) fn read(
    paths: &[PathBuf],
    progress: &Progress,
    each: &mut dyn FnMut(Found) -> Result<()>,
) -> Result<()> {
    for path in paths {
        let mut export = Export::open(path)?;
        let names = export.names()?;
        let days: Vec<&String> = names.iter().filter(|name| day_of(name).is_some()).collect();
        if days.is_empty() {
            return Err(Error::invalid(format!(
                "'{}' holds no messages: no file CHANNEL/YYYY-MM-DD.json. Export the workspace again.",
                path.display()
            )));
        }
        for day in &days {
            progress.expect(export.size(day));
        }
        let mut reader =
            Reader { each, people: People::default(), channels: HashMap::new(), joins: Vec::new() };
        let private = reader.lists(&mut export)?;
        reader.channels(&days, &private)?;
        for name in names.iter().filter(|name| name.contains('/')) {
            let Some(folder) = day_of(name) else {
                (reader.each)(Found::Left("canvases, lists and other documents"))?;
                continue;
            };
            let hidden = private.contains(folder);
            export.with(name, progress, &mut |input| {
                archive::records(input, &mut |record| reader.record(name, folder, hidden, &record))
                    .map(|_| ())
            })?;
        }
        reader.finish()?;
    }
    Ok(())
}

/// The channel's folder in `general/2021-02-03.json`; nothing for other names.
fn day_of(name: &str) -> Option<&str> {
    let (folder, file) = name.rsplit_once('/')?;
    let day = file.strip_suffix(".json")?;
    let shape = day.len() == 10
        && day
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    shape.then_some(folder)
}

struct Reader<'a> {
    each: &'a mut dyn FnMut(Found) -> Result<()>,
    people: People,
    /// Ids of channels by the folder their messages are in.
    channels: HashMap<String, String>,
    joins: Vec<IncomingJoin>,
}

impl Reader<'_> {
    /// Reads who and what there is. Answers the folders of conversations that are not public.
    fn lists(&mut self, export: &mut Export) -> Result<BTreeSet<String>> {
        for user in self.list::<User>(export, "users.json")? {
            let person = self.people.add(&user);
            (self.each)(Found::Incoming(Incoming::Person(person)))?;
        }
        for channel in self.list::<Channel>(export, "channels.json")? {
            self.people.add_channel(&channel);
            self.channels.insert(channel.name.clone(), channel.id.clone());
            let about =
                if channel.purpose.value.is_empty() { &channel.topic.value } else { &channel.purpose.value };
            let description = mrkdwn::to_markdown(about, &self.people, &mut Vec::new());
            self.space(&channel.id, &channel.name, description, channel.created)?;
        }
        let mut private = BTreeSet::new();
        for list in ["groups.json", "dms.json", "mpims.json"] {
            for channel in self.list::<Channel>(export, list)? {
                private.insert(if channel.name.is_empty() { channel.id } else { channel.name });
            }
        }
        Ok(private)
    }

    /// The entries of a list; one that cannot be read is reported.
    fn list<T: DeserializeOwned>(&mut self, export: &mut Export, name: &str) -> Result<Vec<T>> {
        let bytes = export.whole(name, LONGEST_LIST)?;
        let mut entries = Vec::new();
        archive::records(&mut bytes.as_slice(), &mut |record: Record<'_>| {
            let line = record.line;
            match record.bytes.map_err(str::to_owned).and_then(|bytes| from_json(bytes)) {
                Ok(entry) => entries.push(entry),
                Err(why) => self.skip(format!("{name}:{line}"), why)?,
            }
            Ok::<(), Error>(())
        })?;
        Ok(entries)
    }

    /// Folders of channels that the list has lost: the folder's name is all there is.
    fn channels(&mut self, days: &[&String], private: &BTreeSet<String>) -> Result<()> {
        let folders: BTreeSet<&str> = days.iter().filter_map(|day| day_of(day)).collect();
        for folder in folders {
            if !self.channels.contains_key(folder) && !private.contains(folder) {
                self.channels.insert(folder.to_owned(), folder.to_owned());
                self.space(folder, folder, String::new(), 0)?;
                (self.each)(Found::Gap("channels with messages that channels.json does not list"))?;
            }
        }
        Ok(())
    }

    fn space(&mut self, id: &str, name: &str, description: String, created: i64) -> Result<()> {
        let space = IncomingSpace {
            external_id: id.to_owned(),
            name: name.to_owned(),
            provisional: false,
            description,
            created_at: message::time(&created.to_string()),
            questions: false,
        };
        (self.each)(Found::Incoming(Incoming::Space(space)))
    }

    fn record(&mut self, file: &str, folder: &str, hidden: bool, record: &Record<'_>) -> Result<()> {
        let at = format!("{file}:{}", record.line);
        if hidden {
            return (self.each)(Found::Left("messages in private conversations"));
        }
        let message: Message = match record.bytes.map_err(str::to_owned).and_then(from_json) {
            Ok(message) => message,
            Err(why) => return self.skip(at, why),
        };
        let channel = self.channels.get(folder).cloned().unwrap_or_else(|| folder.to_owned());
        match message::kind(message.subtype.as_deref()) {
            Kind::Left(what) => (self.each)(Found::Left(what)),
            Kind::Join => match (message::author(&message, &self.people), message::time(&message.ts)) {
                (Some(person), Some(at)) => {
                    for _ in 0..message.reactions.iter().map(message::count).sum::<i64>() {
                        (self.each)(Found::Left("reactions to joins"))?;
                    }
                    self.joins.push(IncomingJoin { person, space: channel, at });
                    Ok(())
                }
                _ => self.skip(at, "The join does not say who joined, or when.".to_owned()),
            },
            _ => match message::message(&message, &channel, folder, &self.people, &at) {
                Ok(message) => (self.each)(Found::Incoming(Incoming::Message(Box::new(message)))),
                Err(why) => self.skip(at, why),
            },
        }
    }

    /// Joins come last and in order of time: the first one is when somebody came to the community.
    fn finish(mut self) -> Result<()> {
        self.joins.sort_by_key(|join| join.at);
        for join in std::mem::take(&mut self.joins) {
            (self.each)(Found::Incoming(Incoming::Join(join)))?;
        }
        Ok(())
    }

    fn skip(&mut self, at: String, why: String) -> Result<()> {
        (self.each)(Found::Skipped(Skipped { at, why }))
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_syntax() || error.is_eof() {
            format!("This is not JSON: {error}.")
        } else {
            format!("The record lacks something or has a field of another type: {error}.")
        }
    })
}

#[cfg(test)]
mod tests;
