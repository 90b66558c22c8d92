//! Writes a story into a database: the story is told on one thread and written on another, in batches.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mainstreet_community::bulk::{self, Batch, NewFlag, NewMember, NewPost, NewSpace, NewTopic, Spot};
use mainstreet_community::settings;
use mainstreet_db::Db;
use mainstreet_kernel::id::{AccountId, PersonId, TagId, TopicId};
use mainstreet_kernel::{Actor, Error, IdMint, Result, Timestamp};

use super::governance;
use super::happening::{Happening, Place, What};
use super::story::{Space, Story};

/// Activities written in one transaction.
const BATCH: usize = 40_000;
/// Batches that may wait for the writer.
const AHEAD: usize = 2;
/// What the community is called.
pub(crate) const NAME: &str = "Osier Lane";
const TAGLINE: &str = "Growers, tinkerers and the open watering controller Rill.";

/// Writes the whole story into `db`, which must hold no people yet; answers the story with its truth.
pub(crate) fn write(db: &Db, story: Story) -> Result<Story> {
    let account = prepare(db, story.spaces().to_vec(), story.start())?;
    db.begin_load(bulk::store::LOOKED_UP)?;
    let (sender, receiver) = std::sync::mpsc::sync_channel::<(Batch, f64, u64)>(AHEAD);
    let teller: thread::JoinHandle<(Story, Vec<Happening>)> = thread::Builder::new()
        .name("story".to_owned())
        .spawn(move || tell(story, account, &sender))
        .map_err(Error::internal)?;
    let bar = progress();
    for (batch, told, posts) in receiver {
        db.load(move |tx| batch.write(tx))?;
        bar.set_position((told * 1_000.0) as u64);
        bar.set_message(format!(
            "{posts} posts, {} a second",
            posts * 1_000 / (bar.elapsed().as_millis() as u64).max(1)
        ));
    }
    bar.finish();
    let (story, acts) = teller.join().map_err(|_| Error::internal("the story ended early"))?;
    db.end_load()?;
    governance::keep_order(db, &story, acts)?;
    Ok(story)
}

/// Opens the place: account, spaces, name.
fn prepare(db: &Db, spaces: Vec<Space>, at: Timestamp) -> Result<AccountId> {
    db.write_now(move |tx| {
        let (people, topics) = bulk::store::population(tx)?;
        if people > 0 || topics > 0 {
            return Err(Error::conflict(format!(
                "this database already holds a community ({people} people, {topics} topics). Give an empty one with --database"
            )));
        }
        let account = AccountId(tx.mint_at(at));
        let account = bulk::store::own_account(tx, account, at)?;
        let rows: Vec<NewSpace> = spaces.iter().zip(1_i64..).map(|(space, position)| new_space(space, position, at)).collect();
        bulk::store::insert_spaces(tx, account, &rows)?;
        let known = settings::load(tx)?;
        let named = settings::Settings { name: NAME.to_owned(), tagline: TAGLINE.to_owned(), ..known };
        settings::save(tx, Actor::SYSTEM, &named)?;
        Ok(account)
    })
}

fn new_space(space: &Space, position: i64, at: Timestamp) -> NewSpace {
    let kind = match (space.slug.as_str(), space.questions) {
        ("news", _) => "announcements",
        (_, true) => "questions",
        _ => "discussion",
    };
    NewSpace {
        id: space.id,
        slug: space.slug.clone(),
        name: space.name.clone(),
        description: space.about.clone(),
        kind,
        hue: 1 + (position * 3) % 8,
        position,
        at,
    }
}

fn tell(
    mut story: Story,
    account: AccountId,
    sender: &std::sync::mpsc::SyncSender<(Batch, f64, u64)>,
) -> (Story, Vec<Happening>) {
    let mut scribe = Scribe::new(account, story.start());
    while let Some(happening) = story.next() {
        scribe.take(happening);
        if scribe.batch.len() >= BATCH {
            let batch = std::mem::replace(&mut scribe.batch, Batch::new(account));
            if sender.send((batch, story.told(), story.truth().posts())).is_err() {
                return (story, scribe.acts);
            }
        }
    }
    let _ = sender.send((scribe.batch, 1.0, story.truth().posts()));
    (story, scribe.acts)
}

/// Turns happenings into rows, and keeps apart what the team decided: that is done when everything else is there.
struct Scribe {
    batch: Batch,
    acts: Vec<Happening>,
    mint: IdMint,
    start: Timestamp,
    tags: HashMap<String, TagId>,
    handles: HashMap<String, PersonId>,
}

impl Scribe {
    fn new(account: AccountId, start: Timestamp) -> Self {
        let (batch, mint) = (Batch::new(account), IdMint::new(0, 1 << 18));
        Self { batch, acts: Vec::new(), mint, start, tags: HashMap::new(), handles: HashMap::new() }
    }

    fn take(&mut self, happening: Happening) {
        let (at, actor) = (happening.at, happening.actor());
        match happening.what {
            What::Joined(newcomer) => {
                self.handles.insert(newcomer.handle.clone(), happening.who);
                let about = match (newcomer.place.as_str(), newcomer.about) {
                    ("", about) => about,
                    (place, about) => format!("From {place}. {about}").trim().to_owned(),
                };
                self.batch.joined(NewMember {
                    person: happening.who,
                    name: newcomer.name,
                    email: format!("{}@osier-lane.example", newcomer.handle),
                    username: newcomer.handle,
                    about,
                    role: happening.role,
                    at,
                });
            }
            What::Visited => self.batch.visited(actor, at),
            What::Asked(opening) => {
                let tags: Vec<TagId> = opening.tags.iter().map(|tag| self.tag(tag)).collect();
                let (place, question) = (opening.place, opening.question);
                let topic = NewTopic {
                    id: place.topic,
                    space: place.space,
                    person: happening.who,
                    title: opening.title,
                    question,
                    first: place.post,
                    at,
                };
                let post = self.post(&actor, place, at, opening.body);
                self.batch.opened(actor, topic, post, &tags);
            }
            What::Replied { place, asker, people, parent, body } => {
                let (to, reply_to) =
                    (parent.map_or(asker, |parent| parent.author), parent.map(|parent| parent.number));
                let post = NewPost { asker, people, reply_to, ..self.post(&actor, place, at, body) };
                self.batch.replied(actor, post, parent.map(|parent| parent.post), to);
            }
            What::Hidden { .. } | What::Judged { .. } | What::Suspended { .. } | What::Closed { .. } => {
                self.acts.push(happening);
            }
            other => self.rest(actor, at, other),
        }
    }

    fn rest(&mut self, actor: Actor, at: Timestamp, what: What) {
        let batch = &mut self.batch;
        match what {
            What::Edited { place, body } => batch.edited(actor, spot(place), body, at),
            What::Deleted { place } => batch.taken(actor, spot(place), at),
            What::Reacted { place, kind } => batch.reacted(actor, spot(place), kind, at),
            What::Accepted { place } => batch.accepted(actor, spot(place), at),
            What::Flagged { flag, place, reason, note } => {
                let Some(person) = actor.person else { return };
                let flag = NewFlag { id: flag, post: place.post, person, reason, note, at };
                batch.flagged(actor, spot(place), flag);
            }
            _ => {}
        }
    }

    fn post(&self, actor: &Actor, place: Place, at: Timestamp, body: String) -> NewPost {
        NewPost {
            spot: spot(place),
            person: place.author,
            class: actor.class,
            asker: place.author,
            reply_to: None,
            people: 1,
            mentions: self.mentions(&body),
            body,
            at,
        }
    }

    fn mentions(&self, body: &str) -> Vec<PersonId> {
        let handles = body.split('@').skip(1).map(|rest| {
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            rest.get(..end.unwrap_or(rest.len())).unwrap_or("")
        });
        handles.filter_map(|handle| self.handles.get(handle).copied()).collect()
    }

    fn tag(&mut self, name: &str) -> TagId {
        if let Some(tag) = self.tags.get(name) {
            return *tag;
        }
        let tag = TagId(self.mint.mint_past(self.start));
        self.tags.insert(name.to_owned(), tag);
        self.batch.tag(tag, name);
        tag
    }
}

fn spot(place: Place) -> Spot {
    let topic: TopicId = place.topic;
    Spot { space: place.space, topic, post: place.post, number: place.number, author: place.author }
}

fn progress() -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(1_000), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent}%  {msg}, {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
