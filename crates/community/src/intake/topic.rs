//! The step for topics: conversations are found or opened, and their counts follow from their posts.

use std::collections::{BTreeMap, HashMap, HashSet};

use mainstreet_db::Tx;
use mainstreet_kernel::channel::IncomingMessage;
use mainstreet_kernel::id::{PersonId, SpaceId, TopicId};
use mainstreet_kernel::{ActorClass, Error, Result, Timestamp, text};

use super::known::Known;
use super::model::{Counted, Faces, Place, Slim, Source, Told, Topic};
use super::store;

/// Topics of a batch by external id, in a fixed order.
pub(super) type Topics = BTreeMap<String, Topic>;

/// The topics that the messages belong to. One with nothing new in it is found as well: a copy may know more of it.
pub(super) fn find_or_open(
    tx: &mut Tx<'_>,
    source: &Source,
    messages: &[(usize, &IncomingMessage)],
    known: &Known,
    people: &Faces,
    spaces: &HashMap<String, Place>,
) -> Result<Topics> {
    let mut by_topic: BTreeMap<&str, Vec<&IncomingMessage>> = BTreeMap::new();
    for (_, message) in messages {
        by_topic.entry(&message.topic).or_default().push(message);
    }
    let ids: Vec<&str> = by_topic.keys().copied().collect();
    let mut topics = store::topics(tx, source.account, &ids)?;
    for (id, messages) in by_topic {
        let fresh: Vec<&IncomingMessage> = messages
            .iter()
            .filter(|message| !known.posts.contains_key(&message.external_id))
            .copied()
            .collect();
        match topics.get_mut(id) {
            Some(topic) => learn(topic, &messages),
            // A message that was moved to a topic which is not here stays in the one where it is.
            None if fresh.is_empty() => {}
            None => {
                let topic = open(tx, id, &fresh, people, spaces)?;
                topics.insert(id.to_owned(), topic);
            }
        }
    }
    load_posts(tx, &mut topics)?;
    Ok(topics)
}

fn open(
    tx: &mut Tx<'_>,
    id: &str,
    messages: &[&IncomingMessage],
    people: &Faces,
    spaces: &HashMap<String, Place>,
) -> Result<Topic> {
    let lost = || Error::internal("a topic without a message");
    let order = |message: &&&IncomingMessage| (message.number, message.at);
    let first = messages.iter().min_by_key(order).ok_or_else(lost)?;
    let place = spaces.get(&first.space).ok_or_else(lost)?;
    let mut topic = Topic {
        id: TopicId(tx.mint_at(first.at)),
        external_id: id.to_owned(),
        space: place.space,
        visibility: place.visibility,
        person: people.person(&first.author.external_id).ok_or_else(lost)?,
        title: title(first),
        question: place.questions,
        state: "published".to_owned(),
        closed_at: None,
        created_at: first.at,
        views: 0,
        version: 1,
        accepted: None,
        tags: Vec::new(),
        posts: Vec::new(),
        new: true,
        touched: true,
        before: Counted::default(),
        told: Told::default(),
    };
    learn(&mut topic, messages);
    topic.told.marked_question = false;
    Ok(topic)
}

/// The title that a message gives its topic; where the channel has none, its first words.
fn title(message: &IncomingMessage) -> String {
    let given = message.title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    match given {
        Some(title) if !title.is_empty() => text::excerpt(&title, 200),
        _ => {
            let plain: String = message.markdown.chars().filter(|c| !"*_`>#~".contains(*c)).collect();
            let words = text::excerpt(&plain, 90);
            if words.is_empty() { "(no title)".to_owned() } else { words }
        }
    }
}

/// What the messages say about the topic as a whole.
fn learn(topic: &mut Topic, messages: &[&IncomingMessage]) {
    for message in messages {
        if (message.question || message.accepted) && !topic.question {
            topic.question = true;
            topic.told.marked_question = !topic.new;
            topic.touched = true;
        }
        if message.closed && topic.closed_at.is_none() && !topic.told.closed {
            topic.told.closed = true;
            topic.touched = true;
        }
        if message.views > topic.views {
            topic.views = message.views;
            topic.touched = true;
        }
        if topic.new && topic.tags.is_empty() {
            topic.tags.clone_from(&message.tags);
        }
    }
}

fn load_posts(tx: &mut Tx<'_>, topics: &mut Topics) -> Result<()> {
    let known: HashMap<TopicId, String> = topics
        .values()
        .filter(|topic| !topic.new)
        .map(|topic| (topic.id, topic.external_id.clone()))
        .collect();
    let ids: Vec<TopicId> = known.keys().copied().collect();
    for (topic, slim) in store::slim_posts(tx, &ids)? {
        if let Some(topic) = known.get(&topic).and_then(|id| topics.get_mut(id)) {
            topic.posts.push(slim);
        }
    }
    for topic in topics.values_mut().filter(|topic| !topic.new) {
        topic.before = topic.counted();
    }
    Ok(())
}

/// A topic's counts, from its posts.
pub(super) struct Tally {
    pub(super) replies: i64,
    pub(super) people: i64,
    pub(super) reactions: i64,
    pub(super) highest: i64,
    pub(super) first_post: Option<i64>,
    pub(super) last_post: Option<(i64, PersonId)>,
    pub(super) bumped_at: Timestamp,
    pub(super) first_reply_at: Option<Timestamp>,
}

impl Topic {
    /// What it counts for in its space: a topic that is not published counts for nothing.
    pub(super) fn counted(&self) -> Counted {
        if self.state != "published" {
            return Counted::default();
        }
        Counted { topics: 1, posts: self.posts.iter().filter(|post| post.published).count() as i64 }
    }

    /// The post with the lowest number: the one that began the topic, if the archive has it.
    pub(super) fn first(&self) -> Option<&Slim> {
        self.posts.iter().min_by_key(|post| post.number)
    }

    pub(super) fn by_number(&self, number: i64) -> Option<&Slim> {
        self.posts.iter().find(|post| post.number == number)
    }

    /// Counts as `topics::Tally` does: published posts only, and only people answer.
    pub(super) fn tally(&self) -> Tally {
        let published = || self.posts.iter().filter(|post| post.published);
        let replies = || published().filter(|post| post.number > 1);
        let answers = |post: &&Slim| {
            post.person != self.person && matches!(post.class, ActorClass::Member | ActorClass::Staff)
        };
        let last = published().max_by_key(|post| post.number);
        Tally {
            replies: replies().count() as i64,
            people: published().map(|post| post.person).collect::<HashSet<_>>().len() as i64,
            reactions: published().map(|post| post.reactions).sum(),
            highest: self.posts.iter().map(|post| post.number).max().unwrap_or(0),
            first_post: self.first().map(|post| post.id.0),
            last_post: last.map(|post| (post.id.0, post.person)),
            bumped_at: last.map_or(self.created_at, |post| post.created_at),
            first_reply_at: replies().filter(answers).map(|post| post.created_at).min(),
        }
    }
}

/// Writes the topics that are new or changed; their posts come after them.
pub(super) fn save(tx: &mut Tx<'_>, source: &Source, topics: &Topics) -> Result<()> {
    let touched: Vec<&Topic> = topics.values().filter(|topic| topic.touched).collect();
    store::save_topics(tx, source.account, &touched)?;
    for topic in touched.iter().filter(|topic| topic.new && !topic.tags.is_empty()) {
        store::set_tags(tx, topic.id, &topic.tags, topic.state == "published")?;
    }
    Ok(())
}

/// Counts what the batch changed in people and, last, because every verb wants those rows, in spaces.
pub(super) fn count(tx: &mut Tx<'_>, topics: &Topics) -> Result<()> {
    let mut people: BTreeMap<PersonId, (i64, Timestamp, Timestamp)> = BTreeMap::new();
    let mut answers: BTreeMap<PersonId, i64> = BTreeMap::new();
    let mut spaces: BTreeMap<SpaceId, Counted> = BTreeMap::new();
    for topic in topics.values() {
        for post in topic.posts.iter().filter(|post| post.new && post.published) {
            let entry = people.entry(post.person).or_insert((0, post.created_at, post.created_at));
            *entry = (entry.0 + 1, entry.1.min(post.created_at), entry.2.max(post.created_at));
        }
        if let Some((_, person, _)) = topic.told.accepted.filter(|(_, person, _)| *person != topic.person) {
            *answers.entry(person).or_default() += 1;
        }
        let after = topic.counted();
        let entry = spaces.entry(topic.space).or_default();
        entry.topics += after.topics - topic.before.topics;
        entry.posts += after.posts - topic.before.posts;
    }
    for (person, (posts, first_at, last_at)) in people {
        store::count_posts(tx, person, posts, first_at, last_at)?;
    }
    for (person, count) in answers {
        store::count_accepted(tx, person, count)?;
    }
    for (space, counted) in spaces.into_iter().filter(|(_, counted)| *counted != Counted::default()) {
        store::count_space(tx, space, counted)?;
    }
    Ok(())
}
