//! Posts that calm or raid mode held when they were written: each is a decision, so that its author reads which clause
//! and why, and can appeal.

use mainstreet_community::calm;
use mainstreet_community::moderation::{Act, Before, Detail, Done, Order, State, Target};
use mainstreet_community::notices::{self, About};
use mainstreet_community::posts;
use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::id::{CalmId, PostId};
use mainstreet_kernel::{Result, Verb};

use super::model::{Case, Ground, Kept, Source};
use super::store::{self, NewDecision};

/// Writes the decisions for what these entries of the log say was held.
pub(crate) fn note_holds(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    for entry in entries.iter().filter(|entry| entry.verb == Verb::PostHidden) {
        let calm = entry.props.get("calm").and_then(serde_json::Value::as_str);
        if let Some(id) = calm.and_then(|id| id.parse::<CalmId>().ok()) {
            note(tx, PostId(entry.object_id), id)?;
        }
    }
    Ok(())
}

fn note(tx: &mut Tx<'_>, id: PostId, calm: CalmId) -> Result<()> {
    let calm = calm::find(tx, calm)?;
    let topic = posts::store::find(tx, id)?.topic;
    let (topic, _) = mainstreet_community::topics::store::hold(tx, topic)?;
    let post = posts::store::find(tx, id)?;
    // Told before, dealt with already, or no guidelines to cite.
    if post.state != mainstreet_community::topics::State::Held
        || calm.guideline_version == 0
        || calm.clause.is_empty()
        || !store::of_object(tx, "post", id.0)?.is_empty()
    {
        return Ok(());
    }
    let why = post.state_why.clone().unwrap_or_else(|| calm.why.clone());
    let case = Case {
        order: Order { target: Target::Post(id), act: Act::Hold, why, until: None, detail: Detail::None },
        clause: calm.clause.clone(),
        source: Source::Rule,
        source_id: None,
        detected: true,
        ground: Ground::Incompatible,
    };
    let before = Before::Post { post: id, state: "published".to_owned(), by: None, why: None, at: None };
    let done = Done {
        was: State::Post(mainstreet_community::topics::State::Published),
        became: State::Post(mainstreet_community::topics::State::Held),
        person: post.person,
        space: Some(topic.space),
        post: Some((post.version, post.created_at)),
        before: before.clone(),
    };
    let kept = Kept { before, flags: Vec::new(), detail: Some(Detail::None) };
    let version = calm.guideline_version;
    let new = NewDecision {
        case: &case,
        done: &done,
        version,
        kept: &kept,
        strikes: None,
        by: None,
        language: super::decisions::language(tx, Target::Post(id))?,
        salt: mainstreet_community::accounts::random_token()?,
    };
    let decision = store::insert(tx, &new)?;
    let made = store::find(tx, decision)?;
    crate::audit::note(tx, None, crate::audit::What::Decided, &made)?;
    let said = format!("{}. Read why, and how to appeal.", Act::Hold.label());
    notices::tell(tx, post.person, About::Decision, decision.0, &said)
}
