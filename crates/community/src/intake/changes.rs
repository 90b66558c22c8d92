//! The step for posts that are here already: a newer copy may say something else.

use std::collections::BTreeSet;

use mainstreet_db::Tx;
use mainstreet_kernel::channel::{IncomingMessage, Standing};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, ActorClass, Result, Role, Verb, text};
use serde_json::json;

use super::model::{DropReason, Faces, Outcome, Source, Topic};
use super::posts::{Reacted, reacted, state};
use super::store::{self, KnownPost};
use super::topic::Topics;
use crate::people;

/// Brings a post up to date with a copy that is as new as what is here, or newer. What somebody changed here
/// stays: only what differs from the *last copy* is taken over.
pub(super) fn bring_up_to_date(
    tx: &mut Tx<'_>,
    source: &Source,
    post: &KnownPost,
    message: &IncomingMessage,
    people: &Faces,
    topics: &mut Topics,
) -> Result<Outcome> {
    if message.snapshot < post.source_version {
        return Ok(Outcome::Dropped(DropReason::OlderCopy));
    }
    let newer = message.snapshot > post.source_version;
    let mut change =
        Change { tx, post, message, people, topic: topics.get_mut(&post.topic_external), any: false };
    change.text()?;
    change.standing()?;
    change.reactions()?;
    change.answer();
    if newer {
        change.title()?;
    }
    let any = change.any;
    if any || newer {
        store::update_original(tx, post.id, message)?;
    }
    if any {
        let paths = message.old_paths.iter().map(|path| (path.clone(), "post", post.id.0)).collect();
        store::add_paths(tx, paths)?;
        let paths = message.topic_paths.iter().map(|path| (path.clone(), "topic", post.topic.0)).collect();
        store::add_paths(tx, paths)?;
        tracing::debug!(account = %source.account, post = %post.id, "a newer copy changed a post");
        return Ok(Outcome::Changed);
    }
    Ok(Outcome::Dropped(DropReason::SameCopy))
}

struct Change<'a, 'b, 'c> {
    tx: &'a mut Tx<'b>,
    post: &'c KnownPost,
    message: &'c IncomingMessage,
    people: &'c Faces,
    /// Its topic, unless the copy says that it was moved to another.
    topic: Option<&'c mut Topic>,
    any: bool,
}

impl Change<'_, '_, '_> {
    fn text(&mut self) -> Result<()> {
        if self.message.original == self.post.original || self.message.markdown == self.post.body {
            return Ok(());
        }
        let at = self.message.edited_at.unwrap_or(self.message.at);
        store::edit_post(self.tx, self.post, &self.message.markdown, at)?;
        let named = self.message.mentions.iter();
        let named: BTreeSet<PersonId> =
            named.filter_map(|name| self.people.by_handle.get(&text::fold(name)).copied()).collect();
        let mentions: Vec<_> = named.into_iter().map(|person| (self.post.id, person)).collect();
        store::add_mentions(self.tx, &mentions)?;
        let edited = self.activity(Verb::PostEdited, self.author()).with(json!({ "by": "archive" }));
        self.tx.record(&Activity { occurred_at: at, ..edited })?;
        self.touch();
        Ok(())
    }

    fn standing(&mut self) -> Result<()> {
        let wanted = state(self.message.standing);
        let shown = self.message.standing == Standing::Shown;
        let by_archive = self.post.state_by.as_deref() == Some("archive");
        if wanted == self.post.state || (!by_archive && (self.post.state != "published" || shown)) {
            return Ok(());
        }
        store::set_state(self.tx, self.post.id, wanted, self.message.edited_at.unwrap_or(self.message.at))?;
        let verb = match self.message.standing {
            Standing::Shown => Verb::PostRestored,
            Standing::Hidden => Verb::PostHidden,
            Standing::Deleted => Verb::PostDeleted,
        };
        let first = self.post.number == 1;
        let taken = self.activity(verb, Actor::SYSTEM).with(json!({ "by": "archive", "first": first }));
        self.tx.record(&taken)?;
        let sign = i64::from(shown) - i64::from(self.post.state == "published");
        people::store::recount_posts(self.tx, self.post.person, sign)?;
        if let Some(topic) = self.topic.as_deref_mut() {
            if let Some(slim) = topic.posts.iter_mut().find(|slim| slim.id == self.post.id) {
                slim.published = shown;
            }
            if first {
                wanted.clone_into(&mut topic.state);
            }
            if !shown && topic.accepted.is_some_and(|(post, _)| post == self.post.id) {
                topic.accepted = None;
            }
        }
        self.touch();
        Ok(())
    }

    fn reactions(&mut self) -> Result<()> {
        let wanted = reacted(&self.message.reactions, self.people);
        let mut sum_changed = false;
        for reaction in &wanted {
            let stored = self.post.reactions.iter().find(|stored| stored.kind == reaction.kind);
            let (known, unnamed) =
                stored.map_or((0, 0), |stored| (stored.count - stored.unnamed, stored.unnamed));
            if unnamed != unnamed_in(reaction) || known < reaction.by.len() as i64 {
                self.reaction(reaction, unnamed)?;
                sum_changed = true;
            }
        }
        let gone = |kind: &str| wanted.iter().all(|reaction| reaction.kind != kind);
        for stored in self.post.reactions.iter().filter(|stored| stored.unnamed > 0 && gone(&stored.kind)) {
            let none = Reacted { kind: stored.kind.clone(), count: 0, by: BTreeSet::new() };
            self.reaction(&none, stored.unnamed)?;
            sum_changed = true;
        }
        if sum_changed {
            let sum = store::sum_reactions(self.tx, self.post.id)?;
            if let Some(slim) = self
                .topic
                .as_deref_mut()
                .and_then(|topic| topic.posts.iter_mut().find(|slim| slim.id == self.post.id))
            {
                slim.reactions = sum;
            }
            self.touch();
        }
        Ok(())
    }

    fn reaction(&mut self, reaction: &Reacted, unnamed_before: i64) -> Result<()> {
        let new = store::set_reaction(self.tx, self.post.id, self.message.at, reaction)?;
        for person in new {
            let actor = Actor { person: Some(person), role: Role::Member, class: ActorClass::Member };
            let added = self.activity(Verb::ReactionAdded, actor).to(self.post.person);
            self.tx.record(&added.with(json!({ "kind": reaction.kind })))?;
        }
        let difference = unnamed_in(reaction) - unnamed_before;
        if difference != 0 {
            let verb = if difference > 0 { Verb::ReactionAdded } else { Verb::ReactionRemoved };
            let nobody = Actor { person: None, role: Role::Member, class: ActorClass::Member };
            let counted = self.activity(verb, nobody).to(self.post.person);
            self.tx.record(&counted.with(json!({ "kind": reaction.kind, "count": difference.abs() })))?;
        }
        Ok(())
    }

    fn answer(&mut self) {
        let (post, message) = (self.post, self.message);
        let Some(topic) = self.topic.as_deref_mut() else { return };
        let shown = topic.posts.iter().any(|slim| slim.id == post.id && slim.published);
        if message.accepted && topic.accepted.is_none() && shown {
            topic.accepted = Some((post.id, message.at));
            topic.told.accepted = Some((post.id, post.person, message.at));
            self.touch();
        }
    }

    fn title(&mut self) -> Result<()> {
        let Some(topic) = self.topic.as_deref_mut().filter(|_| self.post.number == 1) else { return Ok(()) };
        let title = self.message.title.as_deref().map(|title| text::excerpt(title, 200)).unwrap_or_default();
        if title.is_empty() || title == topic.title {
            return Ok(());
        }
        let was = std::mem::replace(&mut topic.title, title);
        let edited =
            self.activity(Verb::TopicEdited, self.author()).with(json!({ "was": was, "by": "archive" }));
        self.tx.record(&edited)?;
        self.touch();
        Ok(())
    }

    fn author(&self) -> Actor {
        Actor { person: Some(self.post.person), role: Role::Member, class: self.message.author.class }
    }

    fn activity(&self, verb: Verb, actor: Actor) -> Activity {
        let mut activity =
            Activity::new(verb, actor, self.post.id, self.message.edited_at.unwrap_or(self.message.at));
        activity.topic = Some(self.post.topic);
        if let Some(topic) = self.topic.as_deref() {
            activity.space = Some(topic.space);
            activity.visibility = topic.visibility;
        }
        activity
    }

    fn touch(&mut self) {
        self.any = true;
        if let Some(topic) = self.topic.as_deref_mut() {
            topic.touched = true;
            topic.version += 1;
        }
    }
}

/// How many of those who reacted we do not know.
pub(super) fn unnamed_in(reaction: &Reacted) -> i64 {
    (reaction.count - reaction.by.len() as i64).max(0)
}
