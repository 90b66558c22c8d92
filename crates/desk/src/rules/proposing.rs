//! Actions of rules that need a person: forms as drafts, thanks, introductions; and tickets, which an owner outside
//! the desk gets.

use mainstreet_community::moderation::{Act, Detail, Target};
use mainstreet_db::Tx;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Actor, Result, text};
use mainstreet_rules::{Action, Given};

use super::acting::{Acting, Claim, Outcome, millis, word};
use crate::escalations::{self, Question};
use crate::forms::{self, Sent};
use crate::proposals::{self, Kind, NewProposal, Pool, partner};
use crate::triage::{self, Owner, Urgency};
use crate::{recognitions, webhooks};

/// Whom a ticket can be given to.
pub(super) enum Desk {
    /// A team of owners, by mail.
    Team(Owner),
    /// A program behind a webhook.
    Program,
}

/// The help desk of a name; why there is none otherwise.
pub(super) fn help_desk(tx: &mut Tx<'_>, name: &str) -> Result<std::result::Result<Desk, String>> {
    let known = webhooks::all(tx)?.iter().any(|one| text::fold(&one.name) == text::fold(name));
    if known {
        return Ok(Ok(Desk::Program));
    }
    let Ok(owner) = name.trim_end_matches(" team").parse::<Owner>() else {
        return Ok(Err(format!("there is no team and no webhook called \"{name}\"")));
    };
    if triage::owners::team(tx, owner)?.email.is_empty() {
        return Ok(Err(format!("the team {owner} has no address; give it one under Settings, Owners")));
    }
    Ok(Ok(Desk::Team(owner)))
}

impl Acting<'_> {
    /// Does one of these; nothing: the action is none of them.
    pub(super) fn propose(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Option<Outcome>> {
        Ok(Some(match action.name.as_str() {
            "ask with form" => self.form(tx, claim, action)?,
            "nominate for recognition" => self.nominate(tx, claim, &word(action, "badge"))?,
            "suggest connection" => self.connect(tx, claim, &word(action, "with"))?,
            "create ticket" => self.ticket(tx, claim, action)?,
            "limit links for" => self.limit_links(tx, claim, action)?,
            _ => return Ok(None),
        }))
    }

    fn limit_links(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        let most = match action.get("most") {
            Some(Given::Number(most)) => *most as i64,
            _ => 0,
        };
        let until = tx.now().plus(millis(action, "for"));
        self.decide(tx, claim, (Target::Person(person), Act::LimitLinks), Some(until), Detail::Links(most))?;
        Ok(Ok(match most {
            0 => "the author may post no links for a while".to_owned(),
            1 => "the author may post 1 link at a time for a while".to_owned(),
            most => format!("the author may post {most} links at a time for a while"),
        }))
    }

    /// A draft waits for a person; what is sent goes to the author, marked as automatic.
    fn form(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let (kept, _) = self.rule(claim)?;
        let name = word(action, "form");
        let Some(form) = forms::find(tx, &name)? else {
            return Ok(Err(format!("there is no form \"{name}\" any more")));
        };
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        let post = post_of(claim);
        if word(action, "mode") != "send" {
            let why = format!("its questions: {}", form.questions.len());
            return self.put(tx, claim, (Kind::Form, &form.name), None, &why).map(|new| {
                new.map(|()| format!("proposed to send the form \"{}\"; a person sends it", form.name))
            });
        }
        let sender = format!("the rule “{}”", kept.name);
        Ok(match forms::ask(tx, (person, post), &form, Some(claim.hit.id), (&sender, true))? {
            Sent::Yes(_) => Ok(format!("sent the author the form \"{}\"", form.name)),
            Sent::Already => Err("the author was sent this form and has not answered it yet".to_owned()),
            Sent::Nobody => Err("the author has no account here and cannot be asked".to_owned()),
        })
    }

    fn nominate(&self, tx: &mut Tx<'_>, claim: &Claim, badge: &str) -> Result<Outcome> {
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        if recognitions::has(tx, person, badge)? {
            return Ok(Err(format!("the author has the badge \"{badge}\" already")));
        }
        let (_, rule) = self.rule(claim)?;
        let why = rule.why.as_deref().unwrap_or("the rule matched").trim_end_matches('.').to_owned();
        let new = self.put(tx, claim, (Kind::Recognition, badge), None, &why)?;
        Ok(new.map(|()| format!("proposed the author for the badge \"{badge}\"; a person decides")))
    }

    fn connect(&self, tx: &mut Tx<'_>, claim: &Claim, with: &str) -> Result<Outcome> {
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        let Some((other, why)) = partner(tx, person, claim.hit.topic, Pool::of(with))? else {
            return Ok(Err(
                "nobody was found who fits, wants to be introduced and was not proposed before".to_owned()
            ));
        };
        let name = forms::name_of(tx, other)?;
        let new = self.put(tx, claim, (Kind::Connection, ""), Some(other), &why)?;
        Ok(new.map(|()| format!("proposed to introduce the author and {name}; a person does")))
    }

    /// Writes a proposal down; why not, when the same waits already.
    fn put(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        (kind, what): (Kind, &str),
        other: Option<mainstreet_kernel::id::PersonId>,
        why: &str,
    ) -> Result<std::result::Result<(), String>> {
        let (kept, _) = self.rule(claim)?;
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        let new = NewProposal {
            kind,
            rule: &kept.name,
            hit: claim.hit.id,
            person,
            other,
            post: post_of(claim),
            what,
            why,
        };
        Ok(if proposals::propose(tx, &new)? {
            Ok(())
        } else {
            Err("the same is proposed already".to_owned())
        })
    }

    /// A ticket is a question handed to people outside the desk: a team gets it by mail with a link to answer, a
    /// program by a signed call.
    fn ticket(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let (kept, _) = self.rule(claim)?;
        let (name, priority) = (word(action, "in"), word(action, "priority"));
        let owner = match help_desk(tx, &name)? {
            Err(why) => return Ok(Err(why)),
            Ok(Desk::Program) => return self.call(tx, claim, &name, Some(&priority)),
            Ok(Desk::Team(owner)) => owner,
        };
        let urgency: Option<Urgency> = priority.parse().ok();
        let Some(sight) = self.item_at(tx, claim, Some(owner), urgency)? else {
            return Ok(Err("there is no post to make a ticket of".to_owned()));
        };
        let asks = escalations::of_signal(tx, sight.id)?;
        if asks.iter().any(|one| one.owner == owner && one.state == escalations::Stand::Asked) {
            return Ok(Err(format!("the team {owner} has a ticket about this already")));
        }
        let urgent = if priority.is_empty() { String::new() } else { format!(", {priority}") };
        let question = format!(
            "A ticket{urgent}: the rule “{}” matched. Please see to it, and say what we can tell the member.",
            kept.name
        );
        let ask = Question { owner, question, promise: String::new(), due_at: None };
        escalations::escalate(tx, Actor::SYSTEM, sight, &ask)?;
        Ok(Ok(format!("made a ticket for the team {owner}")))
    }
}

fn post_of(claim: &Claim) -> Option<PostId> {
    (claim.hit.object_kind == "post").then_some(PostId(claim.hit.object))
}
