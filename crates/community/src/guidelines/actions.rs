use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Role, Verb, text};
use serde_json::json;

use super::model::{Clause, NewClause, Severity, Text, Version};
use super::starters::{STARTERS, Starter};
use super::store;

/// The draft's number.
const DRAFT: i64 = 0;

fn may_write(actor: Actor) -> Result<()> {
    if actor.role >= Role::Manager {
        return Ok(());
    }
    Err(Error::forbidden("Only managers write the guidelines. Tell one what should change."))
}

/// The version that holds; nothing where none was ever published.
pub fn holds(tx: &mut Tx<'_>) -> Result<Option<Version>> {
    match store::latest(tx)? {
        Some(number) => version(tx, number).map(Some),
        None => Ok(None),
    }
}

/// A published version with its clauses.
pub fn version(tx: &mut Tx<'_>, number: i64) -> Result<Version> {
    store::version(tx, number)?
        .filter(|version| version.published_at.is_some())
        .ok_or_else(|| Error::not_found("There is no such version of the guidelines."))
}

/// Every published version without its clauses, latest first.
pub fn versions(tx: &mut Tx<'_>) -> Result<Vec<Version>> {
    store::versions(tx)
}

/// What managers work on. Empty at first.
pub fn draft(tx: &mut Tx<'_>) -> Result<Version> {
    let nothing = || Version {
        number: DRAFT,
        changes: String::new(),
        language: "en".to_owned(),
        published_at: None,
        published_by: None,
        clauses: Vec::new(),
    };
    Ok(store::version(tx, DRAFT)?.unwrap_or_else(nothing))
}

/// The starter set with this name.
fn starter(name: &str) -> Result<&'static Starter> {
    STARTERS
        .iter()
        .find(|set| set.name == name)
        .ok_or_else(|| Error::invalid("Choose one of the starter sets from the list."))
}

/// Fills the draft from a starter set. Errors: not a manager; the draft holds something already.
pub fn from_starter(tx: &mut Tx<'_>, actor: Actor, name: &str) -> Result<()> {
    may_write(actor)?;
    let set = starter(name)?;
    if !draft(tx)?.clauses.is_empty() {
        return Err(Error::conflict("The draft has clauses already. Remove them first, or change them."));
    }
    store::open_draft(tx, "en")?;
    for (place, clause) in (1_i64..).zip(set.clauses()) {
        let text = Text {
            language: "en".to_owned(),
            title: clause.title.to_owned(),
            summary: clause.summary.to_owned(),
            body: clause.body.to_owned(),
        };
        store::put_clause(tx, DRAFT, clause.slug, place, clause.severity)?;
        store::put_text(tx, DRAFT, clause.slug, &text)?;
    }
    Ok(())
}

/// Fills the draft from a starter set and publishes it: for a community that has none.
pub fn adopt(tx: &mut Tx<'_>, actor: Actor, name: &str) -> Result<i64> {
    from_starter(tx, actor, name)?;
    publish(tx, actor, "The first version.")
}

/// True when this can be a tag of a language: letters, digits and dashes, such as `de` or `pt-BR`.
fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.chars().all(|letter| letter.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_alphanumeric())
        })
}

fn checked(new: &NewClause, language: &str) -> Result<Text> {
    let text = Text {
        language: if new.language.trim().is_empty() { language } else { new.language.trim() }.to_owned(),
        title: new.title.trim().to_owned(),
        summary: new.summary.trim().to_owned(),
        body: new.body.trim().replace("\r\n", "\n"),
    };
    let long = |text: &str, most: usize| text.is_empty() || text.chars().count() > most;
    if !is_tag(&text.language) {
        return Err(Error::invalid("A language is written as a tag, such as en, de or pt-BR."));
    }
    if long(&text.title, 80) {
        return Err(Error::invalid("A clause has a title of at most 80 characters."));
    }
    if long(&text.summary, 200) {
        return Err(Error::invalid("Say it in one plain sentence of at most 200 characters."));
    }
    if text.body.chars().count() > 8_000 {
        return Err(Error::invalid("Keep the text of a clause under 8,000 characters."));
    }
    Ok(text)
}

/// Writes a clause of the draft, or one of its translations. Answers its slug. Errors: not a manager; a mistake in
/// the form; a translation of a clause that is not there.
pub fn save_clause(tx: &mut Tx<'_>, actor: Actor, new: &NewClause) -> Result<String> {
    may_write(actor)?;
    let before = draft(tx)?;
    let text = checked(new, &before.language)?;
    let slug = text::slug(if new.slug.trim().is_empty() { &text.title } else { new.slug.trim() });
    let known = before.clauses.iter().position(|clause| clause.slug == slug);
    store::open_draft(tx, &before.language)?;
    if text.language == before.language {
        let severity: Severity = new.severity.parse()?;
        let place = known.map_or(before.clauses.len(), |at| at) as i64 + 1;
        store::put_clause(tx, DRAFT, &slug, place, severity)?;
    } else if known.is_none() {
        return Err(Error::conflict(
            "Write the clause in the language that counts first, then translate it.",
        ));
    }
    store::put_text(tx, DRAFT, &slug, &text)?;
    Ok(slug)
}

/// Takes a clause out of the draft. Versions that have it keep it.
pub fn drop_clause(tx: &mut Tx<'_>, actor: Actor, slug: &str) -> Result<()> {
    may_write(actor)?;
    store::drop_clause(tx, DRAFT, slug)
}

/// Makes the draft a version that holds from now on. Errors: not a manager; nothing in it; nothing new; no word on
/// what changed.
pub fn publish(tx: &mut Tx<'_>, actor: Actor, changes: &str) -> Result<i64> {
    may_write(actor)?;
    let changes = changes.trim();
    if changes.is_empty() || changes.chars().count() > 500 {
        return Err(Error::invalid("Say in at most 500 characters what is new. Members will read it."));
    }
    let draft = draft(tx)?;
    if draft.clauses.is_empty() {
        return Err(Error::conflict("The draft is empty. Write a clause or take a starter set first."));
    }
    let before = holds(tx)?;
    if before.as_ref().is_some_and(|before| before.clauses == draft.clauses) {
        return Err(Error::conflict("The draft says the same as the version that holds."));
    }
    let number = before.map_or(1, |before| before.number + 1);
    store::put_version(tx, number, changes, &draft.language, actor.person)?;
    copy(tx, number, &draft.clauses)?;
    let site = Object { kind: "site", id: 0 };
    let props = json!({ "version": number, "changes": changes });
    tx.record(&Activity::new(Verb::GuidelinesPublished, actor, site, tx.now()).with(props))?;
    if let Some(person) = actor.person {
        acknowledge(tx, person, number)?;
    }
    Ok(number)
}

fn copy(tx: &mut Tx<'_>, number: i64, clauses: &[Clause]) -> Result<()> {
    for (place, clause) in (1_i64..).zip(clauses) {
        store::put_clause(tx, number, &clause.slug, place, clause.severity)?;
        for text in std::iter::once(&clause.text).chain(&clause.translations) {
            store::put_text(tx, number, &clause.slug, text)?;
        }
    }
    Ok(())
}

/// A member says that they have read a version. Twice is once.
pub fn acknowledge(tx: &mut Tx<'_>, person: PersonId, number: i64) -> Result<()> {
    version(tx, number)?;
    if store::acknowledge(tx, person, number)? {
        let actor = Actor::signed_in(person, Role::Member);
        let activity = Activity::new(Verb::GuidelinesAcknowledged, actor, person, tx.now())
            .seen_by(mainstreet_kernel::Visibility::Staff)
            .with(json!({ "version": number }));
        tx.record(&activity)?;
    }
    Ok(())
}

/// The version that this member has yet to read; nothing when they have read the one that holds.
pub fn is_due(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<i64>> {
    store::unread(tx, person)
}

#[cfg(test)]
mod tests {
    use super::is_tag;

    #[test]
    fn tags_of_languages_are_told_from_other_words() {
        for (tag, expect) in [
            ("en", true),
            ("pt-BR", true),
            ("gsw", true),
            ("zh-Hant-TW", true),
            ("", false),
            ("e", false),
            ("english", false),
            ("de_AT", false),
            ("de-", false),
            ("1a", false),
        ] {
            assert_eq!(is_tag(tag), expect, "{tag}");
        }
    }
}
