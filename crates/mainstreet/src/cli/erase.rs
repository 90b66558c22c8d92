//! `mainstreet erase`: what the record of moderation says in words about a member.

use mainstreet_community::accounts;
use mainstreet_desk::audit;
use mainstreet_kernel::{Actor, Role};

use crate::boot::{Common, Done, Failure};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The member's username
    #[arg(value_name = "USERNAME")]
    member: String,
    /// Why; it stays in the log of moderation
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The username of the owner in whose name it is done
    #[arg(long = "as", value_name = "OWNER")]
    owner: String,
    /// Do it; without this, only say what would go
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let db = common.open()?;
    let asked = options.clone();
    let (person, actor, texts) = db.read_now(move |tx| {
        let person = accounts::find_by_username(tx, &asked.member)?.map(|member| member.person);
        let owner = accounts::find_by_username(tx, &asked.owner)?;
        let texts = match person {
            Some(person) => audit::texts_about(tx, person)?,
            None => audit::Texts::default(),
        };
        Ok((person, owner.map(|owner| (owner.person, owner.role)), texts))
    })?;
    let person = person.ok_or_else(|| nobody(&options.member))?;
    let (owner, role) = actor.ok_or_else(|| nobody(&options.owner))?;
    if role < Role::Owner {
        return Err(Failure::Failed(format!(
            "{} is no owner. Only an owner can erase texts.",
            options.owner
        )));
    }
    if !options.yes {
        let text = format!(
            "{} decisions and {} appeals of {} hold words. Nothing was erased: say --yes to erase them for good.",
            texts.decisions, texts.appeals, options.member
        );
        let found =
            serde_json::json!({ "decisions": texts.decisions, "appeals": texts.appeals, "erased": false });
        return common.answer(&found, &text);
    }
    let why = options.why.clone();
    let actor = Actor::signed_in(owner, role);
    let count = db.write_now(move |tx| audit::erase_texts(tx, actor, person, &why))?;
    let found = serde_json::json!({ "decisions": count, "appeals": texts.appeals, "erased": true });
    common.answer(&found, &format!("The words of {count} decisions about {} were erased.", options.member))
}

fn nobody(name: &str) -> Failure {
    Failure::Failed(format!("Nobody here is called “{name}”. Give the username, without @."))
}
