//! `mention seen`: a post of another channel that names this community. Listening means reading what those channels
//! bring in, archives and connections alike; nobody searches elsewhere. The names are today's, for the live evaluation
//! and for the back-test; when they change, the rules that ask for them are watched anew.

use mainstreet_community::settings;
use mainstreet_db::Tx;
use mainstreet_kernel::{Actor, Result};
use mainstreet_rules::{
    At, Comparison, Condition, Quantity, Rule, RuleSet, Subject, Test, Truth, Vocabulary, Way,
};

use super::facts::{Known, Setting};
use super::happenings::Happening;
use super::past::Past;
use super::saving;
use super::store::texts as store;
use crate::triage;

/// The event.
pub(super) const MENTION: &str = "mention seen";
/// The channel that is ours: who writes there is not elsewhere.
const OWN: &str = "forum";

/// Keeps of the happenings only those mentions that name us.
pub(super) fn only_named(tx: &mut Tx<'_>, past: &Past, found: &mut Vec<Happening>) -> Result<()> {
    if !found.iter().any(|one| one.event == MENTION) {
        return Ok(());
    }
    let asks = naming(&settings::names(tx)?);
    let hours = triage::clocks(tx)?.hours;
    let setting = Setting { past, hours: &hours, vocabulary: Vocabulary::standard() };
    let elsewhere = |one: &Happening| past.places.get(&one.topic).is_some_and(|place| place.channel != OWN);
    found.retain(|one| {
        one.event != MENTION
            || elsewhere(one) && asks.look(MENTION, &Known::new(&setting, one)).truth(0) == Truth::Yes
    });
    Ok(())
}

/// The question whether a post or its title holds one of these names.
fn naming(names: &[String]) -> RuleSet {
    let ask = |field: &str| {
        Condition::Test(Comparison {
            subject: Subject::Field(field.to_owned()),
            test: Test::Words(Quantity::Any, Way::default(), names.to_vec()),
            at: At::default(),
        })
    };
    let any = vec![ask("post.text"), ask("post.title")];
    RuleSet::new(vec![Rule { when: vec![MENTION.to_owned()], any, ..Rule::default() }])
}

/// What somebody who writes such a rule should know.
pub(super) fn told(tx: &mut Tx<'_>) -> Result<String> {
    let names: Vec<String> = settings::names(tx)?.into_iter().map(|name| format!("“{name}”")).collect();
    let others = store::channels(tx)?.into_iter().filter(|kind| kind != "own").count();
    let none = if others == 0 {
        " No other channel is connected yet, so nothing sets it off until one is."
    } else {
        ""
    };
    Ok(format!(
        "“{MENTION}” is a post of another channel that holds {}. An owner adds other names under Settings.{none}",
        names.join(" or ")
    ))
}

/// Changes the names that are listened for, besides the community's own. Rules that ask for mentions are watched anew.
///
/// # Errors
/// As [`settings::keep_names`].
pub fn listen_for(tx: &mut Tx<'_>, actor: Actor, names: &str) -> Result<()> {
    settings::keep_names(tx, actor, names)?;
    let asking = store::all(tx)?
        .into_iter()
        .filter(|kept| kept.rule().is_some_and(|rule| rule.when.iter().any(|event| event == MENTION)));
    for kept in asking {
        saving::anew(tx, actor, &kept, "the names that are listened for changed")?;
    }
    Ok(())
}
