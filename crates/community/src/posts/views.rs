//! Posts as a viewer sees them.

use std::borrow::Cow;
use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::page::Page;
use mainstreet_kernel::{Result, text};

use super::model::{Post, ReplyTo, Row, State, View};
use super::{rules, store};
use crate::markdown::{self, Links, RENDERER};
use crate::people::{self, Handles, Viewer};
use crate::topics::{self, Topic};

/// Where each handle leads.
pub(super) fn links(handles: &Handles) -> Links {
    handles.iter().map(|(handle, person)| (handle.clone(), people::path(*person))).collect()
}

/// A post's text, rendered and safe: as stored, or made now when what is stored is empty or of an older renderer.
/// `mentioned` are the people it mentions.
pub fn html<'a>(post: &'a Post, mentioned: &Handles) -> Cow<'a, str> {
    if is_fresh(post) {
        Cow::Borrowed(&post.html)
    } else {
        Cow::Owned(markdown::render(&post.body, &links(mentioned)))
    }
}

fn is_fresh(post: &Post) -> bool {
    post.renderer == RENDERER && (!post.html.is_empty() || post.body.is_empty())
}

/// Renders those of `ids` whose stored form is empty or old, and stores what came out.
pub(crate) fn store_renderings(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<()> {
    let ids = store::unrendered(tx, ids)?;
    if ids.is_empty() {
        return Ok(());
    }
    let mentioned = mentioned(tx, &ids)?;
    let none = Handles::new();
    for post in store::find_all(tx, &ids)? {
        let html = markdown::render(&post.body, &links(mentioned.get(&post.id).unwrap_or(&none)));
        store::set_html(tx, post.id, post.version, &html)?;
    }
    Ok(())
}

/// One page of a topic: the posts with its twenty numbers, as `viewer` sees them. Ask [`topics::seen`] first.
pub fn page(tx: &mut Tx<'_>, viewer: Viewer, topic: &Topic, page: i64) -> Result<Vec<View>> {
    let (first, last) = rules::numbers_of(page);
    let posts = store::between(tx, topic.id, first, last)?;
    dress(tx, viewer, topic, posts)
}

/// One post as `viewer` sees it. Ask [`topics::seen`] first.
pub fn view(tx: &mut Tx<'_>, viewer: Viewer, topic: &Topic, post: Post) -> Result<View> {
    dress(tx, viewer, topic, vec![post])?
        .pop()
        .ok_or_else(|| mainstreet_kernel::Error::not_found("There is no such post."))
}

fn dress(tx: &mut Tx<'_>, viewer: Viewer, topic: &Topic, mut posts: Vec<Post>) -> Result<Vec<View>> {
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let stale: Vec<PostId> = posts.iter().filter(|post| !is_fresh(post)).map(|post| post.id).collect();
    let mentioned = if stale.is_empty() { HashMap::new() } else { mentioned(tx, &stale)? };
    let mut reactions = store::reaction_counts(tx, viewer.person, &ids)?;
    let answered: Vec<i64> =
        posts.iter().filter_map(|post| post.reply_to.filter(|number| *number + 1 != post.number)).collect();
    let answered = store::authors_of(tx, topic.id, &answered)?;
    let mut people: Vec<PersonId> = posts.iter().map(|post| post.person).collect();
    people.extend(answered.values());
    let faces = people::store::faces(tx, &people)?;
    let mut labels = crate::moderation::labels_of(tx, &ids)?;
    let nobody = || mainstreet_kernel::Error::internal("a post's author has no row");
    posts
        .drain(..)
        .map(|mut post| {
            let withheld = !(post.state == State::Published || viewer.is(post.person) || viewer.is_staff());
            if withheld {
                post.body.clear();
                post.html.clear();
            }
            let none = Handles::new();
            let html = html(&post, mentioned.get(&post.id).unwrap_or(&none)).into_owned();
            let reply_to = post.reply_to.and_then(|number| {
                let author = faces.get(answered.get(&number)?)?.clone();
                Some(ReplyTo { number, author })
            });
            Ok(View {
                html,
                author: faces.get(&post.person).cloned().ok_or_else(nobody)?,
                reply_to,
                reactions: if withheld { Vec::new() } else { reactions.remove(&post.id).unwrap_or_default() },
                accepted: topic.accepted_post == Some(post.id),
                label: labels.remove(&post.id),
                withheld,
                post,
            })
        })
        .collect()
}

/// The people that each of these posts mentions, by every name they have.
pub(crate) fn mentioned(tx: &mut Tx<'_>, posts: &[PostId]) -> Result<HashMap<PostId, Handles>> {
    let pairs = store::mentions_of(tx, posts)?;
    let mut people: Vec<PersonId> = pairs.iter().map(|(_, person)| *person).collect();
    people.sort_unstable();
    people.dedup();
    let names = people::store::handles_of(tx, &people)?;
    let mut found: HashMap<PostId, Handles> = HashMap::new();
    for (post, person) in pairs {
        let own = names.iter().filter(|(_, named)| **named == person).map(|(name, _)| (name.clone(), person));
        found.entry(post).or_default().extend(own);
    }
    Ok(found)
}

/// A person's published posts that `viewer` may see, latest first, after the post `before`.
pub fn by_person(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    person: PersonId,
    before: Option<PostId>,
    limit: usize,
) -> Result<Page<Row>> {
    let posts = store::by_person(tx, viewer, person, before, limit + 1)?;
    let Page { rows, more } = Page::cut(posts, limit);
    Ok(Page { rows: place(tx, rows)?, more })
}

/// A person's accepted answers that `viewer` may see, latest first.
pub fn accepted_by_person(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    person: PersonId,
    limit: usize,
) -> Result<Vec<Row>> {
    let posts = store::accepted_by_person(tx, viewer, person, limit)?;
    place(tx, posts)
}

/// Adds to posts of many topics where they stand.
fn place(tx: &mut Tx<'_>, posts: Vec<Post>) -> Result<Vec<Row>> {
    let mut ids: Vec<_> = posts.iter().map(|post| post.topic).collect();
    ids.sort_unstable();
    ids.dedup();
    let places: HashMap<_, _> =
        topics::store::find_all(tx, &ids)?.into_iter().map(|place| (place.0.id, place)).collect();
    Ok(posts
        .into_iter()
        .filter_map(|post| {
            let (topic, space) = places.get(&post.topic)?.clone();
            let excerpt = text::excerpt(&markdown::plain(&post.body), 240);
            let accepted = topic.accepted_post == Some(post.id);
            Some(Row { post, topic, space, excerpt, accepted })
        })
        .collect())
}

/// The Markdown that quotes `body` by `handle`, with a link to where it stands: what the Quote button puts into
/// the composer.
pub fn quote(handle: &str, path: &str, body: &str) -> String {
    let mut quoted = format!("> @{handle} [wrote]({path}):\n");
    for line in body.trim().lines() {
        quoted.push_str("> ");
        quoted.push_str(line);
        quoted.push('\n');
    }
    quoted.push('\n');
    quoted
}
