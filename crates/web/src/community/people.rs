//! A person: who they are and what they gave, whatever channel they came from.

use askama::Template;
use mainstreet_community::moderation::{Standing, standing_of};
use mainstreet_community::people::{self, Profile};
use mainstreet_community::posts::{self, Row};
use mainstreet_community::{accounts, link_limits, markdown, mutes, settings};
use mainstreet_desk::recognitions::{self, Recognition};
use mainstreet_desk::segments::{self, Given, Segment};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::{PersonId, PostId};
use serde::Deserialize;

use crate::pages::Depends;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/people/{id}", show).get("/u/{username}", named)
}

#[derive(Template)]
#[template(path = "community/person.html")]
struct Show {
    chrome: Chrome,
    profile: Profile,
    path: String,
    about: String,
    posts: Vec<Row>,
    answers: Vec<Row>,
    next: Option<PostId>,
    first_page: bool,
    /// Whether the viewer can mute them, does, or is kept apart from them.
    mute: Mute,
    badges: Vec<Recognition>,
    /// What they may not do just now; only they and staff see it.
    limits: Vec<String>,
    /// What the desk knows of them; only staff see it.
    kept: Kept,
}

/// Labels somebody has, and segments they are in.
#[derive(Default)]
struct Kept {
    labels: Vec<Given>,
    segments: Vec<Segment>,
}

/// How the viewer stands to a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mute {
    /// Not signed in, themselves, or somebody of the team.
    Cannot,
    /// They see each other.
    Sees,
    /// The viewer muted them.
    Muted,
    /// Staff keep the two apart.
    Apart,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<PostId>,
}

/// `GET /people/{id}?before=…`
async fn show(cx: Cx) -> Page {
    let (id, viewer, before) = (cx.path::<PersonId>("id")?, cx.reader(), cx.query::<Asked>()?.before);
    let (merged, loaded) = cx
        .read(move |tx| {
            if let Some(other) = people::store::merged_into(tx, id)? {
                return Ok((Some(other), None));
            }
            let profile = people::store::profile(tx, id)?;
            let posts = posts::by_person(tx, viewer, id, before, 20)?;
            let answers = posts::accepted_by_person(tx, viewer, id, 5)?;
            let mute = mute_of(tx, viewer.person, &profile)?;
            let kept = match viewer.is_staff() {
                true => Kept { labels: segments::held(tx, id)?, segments: segments::of_person(tx, id)? },
                false => Kept::default(),
            };
            let beside = (recognitions::of(tx, id)?, limits_of(tx, viewer, id)?, kept);
            Ok((None, Some((profile, posts, answers, mute, beside))))
        })
        .await?;
    if let Some(other) = merged {
        return views::moved(&people::path(other));
    }
    let Some((profile, posts, answers, mute, (badges, limits, kept))) = loaded else {
        return Err(Error::not_found("There is no such person."));
    };
    let next = posts.more.then(|| posts.rows.last().map(|row| row.post.id)).flatten();
    let about = markdown::render(&profile.about, &markdown::Links::default());
    let page = Show {
        chrome: cx.chrome(),
        path: people::path(id),
        profile,
        about,
        posts: posts.rows,
        answers,
        next,
        first_page: before.is_none(),
        mute,
        badges,
        limits,
        kept,
    };
    let mut response = views::html(&page)?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

/// What a member may not do just now, in words, for themselves and for staff.
fn limits_of(
    tx: &mut mainstreet_db::Tx<'_>,
    viewer: people::Viewer,
    person: PersonId,
) -> mainstreet_kernel::Result<Vec<String>> {
    if !viewer.is(person) && !viewer.is_staff() {
        return Ok(Vec::new());
    }
    let mut limits = Vec::new();
    let stands = standing_of(tx, person)?;
    if stands.standing != Standing::Active {
        let until = match stands.until {
            Some(until) => format!(" until {}", settings::spoken(tx, until)?),
            None => String::new(),
        };
        limits.push(format!("{}{until}", stands.standing.label()));
    }
    if let Some(limit) = link_limits::of(tx, person)? {
        limits.push(format!("{} until {}", limit.says(), settings::spoken(tx, limit.until())?));
    }
    Ok(limits)
}

fn mute_of(
    tx: &mut mainstreet_db::Tx<'_>,
    viewer: Option<PersonId>,
    profile: &Profile,
) -> mainstreet_kernel::Result<Mute> {
    let staff = profile.face.role.is_some_and(mainstreet_kernel::Role::is_staff);
    let Some(me) = viewer.filter(|me| *me != profile.face.id && !staff) else { return Ok(Mute::Cannot) };
    let theirs: Vec<_> =
        mutes::of_person(tx, me)?.into_iter().filter(|mute| mute.other == profile.face.id).collect();
    Ok(match theirs.iter().map(|mute| mute.by_staff).max() {
        None => Mute::Sees,
        Some(false) => Mute::Muted,
        Some(true) => Mute::Apart,
    })
}

/// `GET /u/{username}`: on to the member's page.
async fn named(cx: Cx) -> Page {
    let username: String = cx.path("username")?;
    let person = cx
        .read(move |tx| match accounts::find_by_username(tx, &username)? {
            Some(member) => Ok(Some(member.person)),
            None => people::store::by_handle(tx, &username),
        })
        .await?;
    match person {
        Some(person) => views::see(&people::path(person)),
        None => super::missing(cx).await,
    }
}
