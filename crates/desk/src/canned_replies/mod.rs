//! Prepared answers, with places for the name of the person and the title of the conversation.
//!
//! **Invariant:** a stored text names only variables that exist; that is checked when it is saved, not when
//! somebody waits for an answer.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{CannedReplyId, PersonId};
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Timestamp, Verb, Visibility};

use crate::signals::rules::may_work;

/// The longest title, in characters.
const LONGEST_TITLE: usize = 80;
/// The longest text, in characters.
const LONGEST_BODY: usize = 8_000;

/// What a text may hold in double braces, and what it stands for.
pub const VARIABLES: &[(&str, &str)] = &[
    ("name", "the person's name"),
    ("first_name", "the first word of it"),
    ("topic", "the title of the conversation"),
    ("community", "the name of this community"),
    ("me", "your name"),
];

/// A prepared answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannedReply {
    /// Its id.
    pub id: CannedReplyId,
    /// By what name it is found.
    pub title: String,
    /// Markdown with variables such as `{{first_name}}`.
    pub body: String,
    /// How often it was sent.
    pub used_count: i64,
    /// Who changed it last.
    pub changed_by: PersonId,
    /// When.
    pub changed_at: Timestamp,
}

/// What the variables stand for in one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The person's name.
    pub name: String,
    /// The title of the conversation.
    pub topic: String,
    /// The name of the community.
    pub community: String,
    /// The name of whoever answers.
    pub me: String,
}

/// Fills the variables in. A brace that names none stays as it is.
pub fn fill(body: &str, values: &Values) -> String {
    let mut out = String::with_capacity(body.len());
    for piece in pieces(body) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable("name") => out.push_str(&values.name),
            Piece::Variable("first_name") => {
                out.push_str(values.name.split_whitespace().next().unwrap_or(&values.name));
            }
            Piece::Variable("topic") => out.push_str(&values.topic),
            Piece::Variable("community") => out.push_str(&values.community),
            Piece::Variable("me") => out.push_str(&values.me),
            Piece::Variable(other) => {
                out.push_str("{{");
                out.push_str(other);
                out.push_str("}}");
            }
        }
    }
    out
}

enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

fn pieces(body: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Variable(name.trim()));
        rest = tail;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// What is wrong with a title and text, as a sentence.
pub fn check(title: &str, body: &str) -> Result<()> {
    if title.trim().is_empty() {
        return Err(Error::invalid("Give it a title, so that it can be found."));
    }
    if title.chars().count() > LONGEST_TITLE {
        return Err(Error::invalid("A title has 80 characters at most."));
    }
    if body.trim().is_empty() {
        return Err(Error::invalid("Write the answer first."));
    }
    if body.chars().count() > LONGEST_BODY {
        return Err(Error::invalid("A prepared answer holds 8000 characters at most."));
    }
    let known = |name: &str| VARIABLES.iter().any(|(variable, _)| *variable == name);
    let wrong = pieces(body).into_iter().find_map(|piece| match piece {
        Piece::Variable(name) if !known(name) => Some(name.to_owned()),
        _ => None,
    });
    if let Some(name) = wrong {
        let all: Vec<String> = VARIABLES.iter().map(|(variable, _)| format!("{{{{{variable}}}}}")).collect();
        return Err(Error::invalid(format!(
            "There is no variable {{{{{name}}}}}. There are {}.",
            all.join(", ")
        )));
    }
    if body.matches("{{").count() != body.matches("}}").count() {
        return Err(Error::invalid("A variable is not closed. Write it like {{first_name}}."));
    }
    Ok(())
}

/// Saves a prepared answer: a new one, or a changed one.
///
/// # Errors
/// `Invalid` with what is wrong; `Conflict` when another one has the title.
pub fn save(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: Option<CannedReplyId>,
    title: &str,
    body: &str,
) -> Result<CannedReplyId> {
    may_work(actor)?;
    check(title, body)?;
    let by = actor.person.ok_or_else(|| Error::invalid("Only a person can do this."))?;
    let (title, body) = (title.trim(), body.trim());
    let folded = mainstreet_kernel::text::fold(title);
    if store::by_title(tx, &folded)?.is_some_and(|other| Some(other) != id) {
        return Err(Error::conflict("Another prepared answer has this title. Choose a different one."));
    }
    let id = match id {
        Some(id) => {
            store::update(tx, id, title, &folded, body, by)?;
            id
        }
        None => {
            let id = CannedReplyId(tx.mint());
            store::insert(tx, id, title, &folded, body, by)?;
            id
        }
    };
    record(tx, actor, id, "saved")?;
    Ok(id)
}

/// Removes a prepared answer. Answers sent from it stay.
pub fn remove(tx: &mut Tx<'_>, actor: Actor, id: CannedReplyId) -> Result<()> {
    may_work(actor)?;
    store::delete(tx, id)?;
    record(tx, actor, id, "removed")
}

fn record(tx: &mut Tx<'_>, actor: Actor, id: CannedReplyId, what: &str) -> Result<()> {
    let site = Object { kind: "site", id: 0 };
    let props = serde_json::json!({ "key": "canned_replies", "id": id, "what": what });
    let now = tx.now();
    tx.record(&Activity::new(Verb::SettingChanged, actor, site, now).seen_by(Visibility::Staff).with(props))
}

/// All of them, those most used first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<CannedReply>> {
    store::all(tx)
}

/// One of them.
pub fn find(tx: &mut Tx<'_>, id: CannedReplyId) -> Result<CannedReply> {
    store::find(tx, id)?.ok_or_else(|| Error::not_found("There is no such prepared answer."))
}

/// It was sent once more.
pub(crate) fn count_use(tx: &mut Tx<'_>, id: CannedReplyId) -> Result<()> {
    store::count_use(tx, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled() {
        let values = Values {
            name: "Mira Okafor".to_owned(),
            topic: "Pulse sensor".to_owned(),
            community: "Lumen Home".to_owned(),
            me: "Max".to_owned(),
        };
        for (body, expect) in [
            ("Hi {{first_name}}, about {{ topic }}: wait. {{me}}", "Hi Mira, about Pulse sensor: wait. Max"),
            ("{{name}} of {{community}}", "Mira Okafor of Lumen Home"),
            ("braces {{ stay", "braces {{ stay"),
            ("{{nope}}", "{{nope}}"),
        ] {
            assert_eq!(fill(body, &values), expect);
        }
    }

    #[test]
    fn mistakes_are_found_when_it_is_saved() {
        for (title, body, part) in [
            ("", "text", "title"),
            ("A", " ", "Write the answer"),
            ("A", "Hi {{firstname}}", "no variable {{firstname}}"),
            ("A", "Hi {{first_name", "not closed"),
        ] {
            assert!(check(title, body).is_err_and(|error| error.safe.contains(part)), "{body}");
        }
        assert!(check("A", "Hi {{first_name}}").is_ok());
    }
}
