//! The background step: reads what people began, finds what belongs together, writes what is new.

use std::collections::HashMap;

use mainstreet_community::meaning::{self, Beginnings};
use mainstreet_db::{Db, Tx};
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PostId, ThemeId, TopicId};
use mainstreet_language::themes::{Before, Corpus, Groups, Meaning, Terms, group, name, terms};
use mainstreet_language::{Context, Intent as Read, read};

use super::model::{Act, Kind, PlacedBy};
use super::store::{self, NewStep, NewTheme, looking};
use crate::triage::Intent;

/// Conversations of so long are grouped.
pub const WINDOW: i64 = 180 * DAY;
/// Of more than these, the latest are.
const MOST: usize = 20_000;
/// Phrases in a theme's name.
const PHRASES: usize = 3;
/// A name is made from so many of a theme's conversations, those nearest to its centre.
const NAMED_FROM: usize = 80;
/// Nearness that moved less than this is not written again.
const STIR: f64 = 0.1;
/// How often the step begins again when somebody changed a theme meanwhile.
const TRIES: usize = 3;

/// The beginning of a conversation.
#[derive(Clone, Debug)]
pub(super) struct Opener {
    pub topic: TopicId,
    pub post: PostId,
    pub title: String,
    pub body: String,
    pub question: bool,
    pub kept: Option<Kept>,
}

/// What was found of it before.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub theme: Option<ThemeId>,
    pub by: PlacedBy,
    pub kind: Kind,
    pub kind_by_person: bool,
    pub hash: i64,
    pub near: f64,
}

/// A theme of before.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub id: ThemeId,
    pub name: String,
    pub named: bool,
    pub size: usize,
    pub settled: bool,
}

/// Everything the step works on, as it was in one moment.
#[derive(Debug)]
struct Gathered {
    revision: i64,
    openers: Vec<Opener>,
    corrected: HashMap<PostId, String>,
    themes: Vec<Known>,
    parted: Vec<(ThemeId, ThemeId)>,
    /// What the sentence model in use says; nothing without one.
    meant: Option<Beginnings>,
    /// The model and the round that were looked at last.
    seen: Option<(i64, i64)>,
}

/// Where a conversation belongs now.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub topic: TopicId,
    /// Index into the themes known, and past them the new ones.
    pub theme: Option<usize>,
    pub by: PlacedBy,
    pub kind: Kind,
    pub hash: i64,
    pub near: f32,
}

/// What is to be written.
#[derive(Debug, Default)]
struct Found {
    placed: Vec<Placed>,
    /// New themes by their index, with name and size.
    new: Vec<(usize, String, usize)>,
    renamed: Vec<(ThemeId, String, usize)>,
    merged: Vec<(ThemeId, ThemeId)>,
    /// The model and the round that were looked at.
    meant: Option<(i64, i64)>,
}

/// Brings the themes up to date: reads in one transaction, works outside of any, writes in a short one. Answers how
/// many conversations found a place. For background work and commands, not for requests: of the twenty thousand
/// conversations it looks at most, it takes about a second, and some four with the vectors of a sentence model.
///
/// # Errors
/// Those of the database.
pub fn refresh(db: &Db) -> Result<usize> {
    for _ in 0..TRIES {
        let gathered = db.read_now(gather)?;
        let revision = gathered.revision;
        if !gathered.is_news() {
            return Ok(0);
        }
        let (known, found) =
            (gathered.themes.iter().map(|theme| theme.id).collect::<Vec<_>>(), find(&gathered));
        let written = db.write_now(move |tx| keep(tx, revision, &known, &found))?;
        if let Some(count) = written {
            return Ok(count);
        }
    }
    Ok(0)
}

fn gather(tx: &mut Tx<'_>) -> Result<Gathered> {
    let revision = store::revision(tx)?;
    let from = tx.now().plus(-WINDOW);
    let gone = looking::gone(tx)?;
    let standing = |mut id: ThemeId| {
        for _ in 0..gone.len() {
            match gone.get(&id) {
                Some(next) => id = *next,
                None => break,
            }
        }
        id
    };
    let parted = looking::parted(tx)?.into_iter().map(|(a, b)| (standing(a), standing(b))).collect();
    Ok(Gathered {
        revision,
        openers: looking::openers(tx, from, MOST)?,
        corrected: looking::corrected(tx)?,
        themes: looking::standing(tx)?,
        parted,
        meant: meaning::beginnings(tx, from)?,
        seen: store::meant(tx)?,
    })
}

impl Gathered {
    /// The model in use and the latest round of its vectors.
    fn looked_at(&self) -> Option<(i64, i64)> {
        self.meant.as_ref().map(|meant| (meant.model, meant.round))
    }

    /// True when vectors were made since the last time, or those of another model are there.
    fn means_more(&self) -> bool {
        let Some((model, round)) = self.looked_at().filter(|(_, round)| *round > 0) else { return false };
        self.seen.is_none_or(|(last, until)| last != model || round > until)
    }

    /// True when something was begun or changed since the last time.
    fn is_news(&self) -> bool {
        let changed = self.openers.iter().any(|opener| match &opener.kept {
            None => true,
            Some(kept) => kept.hash != opener.hash() || kept.kind != opener.kind(&self.corrected),
        });
        changed || self.means_more()
    }
}

impl Opener {
    /// True when a person said where it belongs.
    fn is_fixed(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.by == PlacedBy::Person)
    }

    /// What put it where it is now: what has kept its theme came there as it did.
    fn by(&self, theme: Option<usize>, before: Option<usize>, meant: bool) -> PlacedBy {
        match &self.kept {
            Some(kept) if theme.is_some() && before.is_some() => kept.by,
            _ if meant => PlacedBy::Meaning,
            _ => PlacedBy::Words,
        }
    }

    /// FNV-1a of title and text: whether it still reads as it did.
    fn hash(&self) -> i64 {
        let all = self.title.bytes().chain([0]).chain(self.body.bytes());
        let hash = all
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        hash.cast_signed()
    }

    /// What it was begun for: what a person said before what was read. Each text is read once.
    fn kind(&self, corrected: &HashMap<PostId, String>) -> Kind {
        let kept = self.kept.as_ref();
        if let Some(kept) = kept.filter(|kept| kept.kind_by_person) {
            return kept.kind;
        }
        let said = corrected.get(&self.post).and_then(|word| word.parse::<Intent>().ok());
        match (said, kept) {
            (Some(said), _) => kind_of(said, self.question),
            (None, Some(kept)) if kept.hash == self.hash() => kept.kind,
            _ => read_kind(&self.title, &self.body, self.question),
        }
    }
}

/// What a person said of it, as a kind of theme.
fn kind_of(intent: Intent, question: bool) -> Kind {
    match intent {
        Intent::Feedback => Kind::Request,
        Intent::Complaint => Kind::Objection,
        Intent::Support | Intent::Learning => Kind::Question,
        Intent::Networking | Intent::Unclear if question => Kind::Question,
        Intent::Networking | Intent::Unclear => Kind::Talk,
    }
}

/// What the text says it is for. What asks for an answer is a question unless it wants or minds something; what neither
/// is marked as a question nor waits for anybody is talk, whatever it is about.
fn read_kind(title: &str, body: &str, question: bool) -> Kind {
    let reading = read(body, &Context { title, ..Context::default() });
    let asks = question || reading.needs_reply.probability >= 0.5;
    match reading.intent.decided() {
        Read::Feedback => Kind::Request,
        Read::Complaint => Kind::Objection,
        Read::Support | Read::Learning if asks => Kind::Question,
        _ if question => Kind::Question,
        _ => Kind::Talk,
    }
}

fn before(gathered: &Gathered) -> Before {
    let place: HashMap<ThemeId, usize> =
        gathered.themes.iter().enumerate().map(|(at, theme)| (theme.id, at)).collect();
    let of = |opener: &Opener| {
        // What was rewritten since the program placed it is placed again.
        let kept =
            opener.kept.as_ref().filter(|kept| kept.by == PlacedBy::Person || kept.hash == opener.hash())?;
        place.get(&kept.theme?).copied()
    };
    Before {
        of: gathered.openers.iter().map(of).collect(),
        fixed: gathered.openers.iter().map(Opener::is_fixed).collect(),
        settled: gathered.themes.iter().map(|theme| theme.settled).collect(),
        apart: gathered
            .parted
            .iter()
            .filter_map(|(one, other)| Some((*place.get(one)?, *place.get(other)?)))
            .collect(),
        meaning: gathered
            .meant
            .as_ref()
            .map(|meant| directions(meant, &gathered.openers))
            .unwrap_or_default(),
    }
}

/// What the model says of each of them.
fn directions(meant: &Beginnings, openers: &[Opener]) -> Meaning {
    let all = openers.iter().map(|opener| meant.of.get(&opener.post).cloned());
    Meaning::new(meant.floor as f32, all.collect())
}

/// Works out what belongs where. Pure.
fn find(gathered: &Gathered) -> Found {
    let all: Vec<Terms> = gathered.openers.iter().map(|opener| terms(&opener.title, &opener.body)).collect();
    let corpus = Corpus::new(&all);
    let before = before(gathered);
    let groups = group(&corpus, &before);
    let (new, renamed) = names(gathered, &corpus, &groups);
    let id = |at: usize| gathered.themes.get(at).map(|theme| theme.id);
    let placed = gathered.openers.iter().enumerate().filter_map(|(at, opener)| {
        let theme = groups.of.get(at).copied().flatten();
        let near = groups.near.get(at).copied().unwrap_or_default();
        let (kind, hash) = (opener.kind(&gathered.corrected), opener.hash());
        let meant = groups.meant.get(at).copied().unwrap_or_default();
        let by = opener.by(theme, before.of.get(at).copied().flatten(), meant);
        let same = opener.kept.as_ref().is_some_and(|kept| {
            let stirred = (kept.near - f64::from(near)).abs() > STIR;
            kept.theme == theme.and_then(id)
                && (kept.theme.is_some() || theme.is_none())
                && kept.kind == kind
                && kept.hash == hash
                && !stirred
        });
        (!same).then_some(Placed { topic: opener.topic, theme, by, kind, hash, near })
    });
    Found {
        placed: placed.collect(),
        meant: gathered.looked_at(),
        new,
        renamed,
        merged: groups.merged.iter().filter_map(|(gone, into)| Some((id(*gone)?, id(*into)?))).collect(),
    }
}

/// Names for the new themes, and for those that grew by half since the program named them.
#[expect(clippy::type_complexity, reason = "two lists, each used once")]
fn names(
    gathered: &Gathered,
    corpus: &Corpus,
    groups: &Groups,
) -> (Vec<(usize, String, usize)>, Vec<(ThemeId, String, usize)>) {
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, theme) in groups.of.iter().enumerate() {
        if let Some(theme) = theme {
            members.entry(*theme).or_default().push(at);
        }
    }
    let mut members: Vec<(usize, Vec<usize>)> = members.into_iter().collect();
    members.sort_unstable_by_key(|(theme, _)| *theme);
    let (mut new, mut renamed) = (Vec::new(), Vec::new());
    for (theme, mut texts) in members {
        let known = gathered.themes.get(theme);
        let size = texts.len();
        if known.is_some_and(|known| known.named || size * 2 < known.size * 3) {
            continue;
        }
        texts.sort_by(|a, b| groups.near.get(*b).partial_cmp(&groups.near.get(*a)).unwrap_or(a.cmp(b)));
        texts.truncate(NAMED_FROM);
        let texts: Vec<(&str, &str)> = texts
            .iter()
            .filter_map(|at| gathered.openers.get(*at))
            .map(|opener| (opener.title.as_str(), opener.body.as_str()))
            .collect();
        let called = called(&name(&texts, corpus, PHRASES), &texts);
        match known {
            None => new.push((theme, called, size)),
            Some(known) if known.name != called => renamed.push((known.id, called, size)),
            Some(_) => {}
        }
    }
    (new, renamed)
}

/// The phrases as a name; a title where the texts share no phrase.
fn called(phrases: &[String], texts: &[(&str, &str)]) -> String {
    if phrases.is_empty() {
        let title = texts.first().map_or("", |(title, _)| *title);
        return mainstreet_kernel::text::excerpt(title, 60);
    }
    let all = phrases.join(", ");
    let mut letters = all.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Writes what was found, unless somebody changed something since `revision`: then nothing, and nothing is answered.
fn keep(tx: &mut Tx<'_>, revision: i64, known: &[ThemeId], found: &Found) -> Result<Option<usize>> {
    if !store::next_revision_after(tx, revision)? {
        return Ok(None);
    }
    let mut ids: HashMap<usize, ThemeId> = known.iter().copied().enumerate().collect();
    for (at, name, size) in &found.new {
        let id = store::insert(tx, &NewTheme { name, size: *size, by_person: false })?;
        ids.insert(*at, id);
    }
    for (gone, into) in &found.merged {
        let topics = store::topics_of(tx, *gone)?;
        looking::follow(tx, *gone, *into)?;
        store::set_merged(tx, *gone, *into)?;
        let why = "They had become the same.";
        let (act, other) = (Act::Merged, Some(*gone));
        store::add_step(tx, &NewStep { theme: *into, act, actor: None, why, other, topics: &topics })?;
    }
    for (id, name, size) in &found.renamed {
        store::rename(tx, *id, name, *size)?;
    }
    let placed: Vec<(Placed, Option<ThemeId>)> = found
        .placed
        .iter()
        .map(|one| (one.clone(), one.theme.and_then(|theme| ids.get(&theme).copied())))
        .collect();
    looking::write(tx, &placed)?;
    if let Some(meant) = found.meant {
        store::set_meant(tx, meant)?;
    }
    Ok(Some(placed.len()))
}
