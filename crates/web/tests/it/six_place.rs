//! What the six sample rules name and a new place does not have. Also used by the journey that writes them with keys.

use mainstreet_community::guidelines::{self, NewClause};
use mainstreet_community::{spaces, topics};
use mainstreet_db::Tx;
use mainstreet_desk::segments;
use mainstreet_kernel::{Actor, Result, Visibility};

/// Two spaces, a clause, a segment and a tag, made by `owner`. The guidelines must have a draft.
pub(crate) fn furnish(tx: &mut Tx<'_>, owner: Actor) -> Result<()> {
    let mut open = |name: &str| {
        let draft = spaces::Draft {
            name: name.to_owned(),
            description: String::new(),
            kind: spaces::Kind::Questions,
            visibility: Visibility::Public,
            hue: 3,
        };
        spaces::open(tx, owner, draft)
    };
    open("How-to")?;
    let space = open("Integrations")?.id;
    let clause = NewClause {
        slug: "protect-personal-data".to_owned(),
        severity: "severe".to_owned(),
        language: "en".to_owned(),
        title: "Protect personal data".to_owned(),
        summary: "Keep keys and numbers to yourself.".to_owned(),
        body: "Nobody posts what belongs to one person alone.".to_owned(),
    };
    guidelines::save_clause(tx, owner, &clause)?;
    guidelines::publish(tx, owner, "One clause more.")?;
    let customers = "segment: customers\nif:\n  - author.labels includes any: [customer]\n";
    segments::save(tx, owner, None, customers)?;
    let new = topics::NewTopic {
        space,
        title: "My first question here".to_owned(),
        body: "Where do I begin?".to_owned(),
        tags: vec!["first-post".to_owned()],
        question: true,
        form_token: None,
    };
    topics::open(tx, owner, &new).map(drop)
}
