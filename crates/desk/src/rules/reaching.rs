//! Actions of rules that reach people and programs: telling, assigning, asking, replying, labelling, starting a series
//! of messages, calling another program.

use mainstreet_community::{accounts, posts, settings};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};
use mainstreet_rules::{Action, Given, Unit};

use super::acting::{Acting, Claim, Outcome, length, millis, word};
use super::store::{people, waits};
use crate::escalations::{self, Question};
use crate::sequences::{self, Started};
use crate::signals::{self, Ask, Sight};
use crate::triage::{self, Owner, Urgency};
use crate::{letters, webhooks};

/// Whoever a rule tells.
enum Told {
    /// A team of owners, by mail.
    Team(Owner),
    /// People of the desk, in the product and by mail.
    People(Vec<PersonId>, Option<String>),
}

impl Acting<'_> {
    /// Does one of these; nothing: the action is none of them.
    pub(super) fn reach(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Option<Outcome>> {
        Ok(Some(match action.name.as_str() {
            "notify" => self.notify(tx, claim, action)?,
            "assign" => self.assign(tx, claim, &word(action, "to"))?,
            "escalate" => self.escalate(tx, claim, action)?,
            "label" => label(tx, claim, action)?,
            "reply with" => self.reply(tx, claim, action)?,
            "suggest answerers" => self.suggest(tx, claim, action)?,
            "add to sequence" => begin(tx, claim, &word(action, "sequence"))?,
            "send webhook" => self.webhook(tx, claim, &word(action, "webhook"))?,
            _ => return Ok(None),
        }))
    }

    fn notify(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let (kept, _) = self.rule(claim)?;
        let who = word(action, "who");
        let subject = format!("The rule “{}” matched", kept.name);
        let path = match claim.hit.object_kind.as_str() {
            "post" => format!("/desk/posts/{}/why", PostId(claim.hit.object)),
            _ => format!("/desk/rules/{}", kept.id),
        };
        let body = format!("{subject}. Why, and what it is about:");
        let from = when(tx, action)?;
        match told(tx, &who)? {
            Told::Team(owner) => {
                let team = triage::owners::team(tx, owner)?;
                if team.email.is_empty() {
                    return Ok(Err(format!(
                        "the team {owner} has no address; give it one under Settings, Owners"
                    )));
                }
                let leads = settings::link(tx, &path)?;
                let body = format!("{body} {leads}\n");
                accounts::post_mail(tx, &team.email, &subject, &body, from)?;
                Ok(Ok(format!("told the team {owner}")))
            }
            Told::People(people, instead) => {
                let post = (claim.hit.object_kind == "post").then_some(PostId(claim.hit.object));
                let sender = format!("the rule “{}”", kept.name);
                let mut told = 0;
                for to in people {
                    let draft = letters::Draft {
                        to,
                        post,
                        subject: &subject,
                        body: &body,
                        path: &path,
                        sender: &sender,
                        automatic: true,
                        from,
                    };
                    told += i64::from(letters::write(tx, &draft)?.is_some());
                }
                Ok(match (told, instead) {
                    (0, _) => Err("there is nobody in the desk who could be told".to_owned()),
                    (_, Some(instead)) => Ok(instead),
                    (_, None) if from > tx.now() => Ok(format!("tells {who} when the office opens")),
                    (1, None) => Ok(format!("told {who}")),
                    (n, None) => Ok(format!("told {who}: {n} people")),
                })
            }
        }
    }

    fn ask<'a>(&'a self, claim: &Claim, owner: Option<Owner>, urgency: Option<Urgency>) -> Result<Ask<'a>> {
        let (kept, _) = self.rule(claim)?;
        Ok(Ask {
            post: PostId(claim.hit.object),
            hit: claim.hit.id,
            rule: &kept.name,
            person: claim.hit.person,
            occurred_at: claim.hit.occurred_at,
            intent: None,
            urgency,
            risk: None,
            owner,
        })
    }

    /// The item about this hit, opened if there is none.
    fn own_item(&self, tx: &mut Tx<'_>, claim: &Claim, owner: Option<Owner>) -> Result<Option<Sight>> {
        self.item_at(tx, claim, owner, None)
    }

    /// As `own_item`; a new one as urgent as this.
    pub(super) fn item_at(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        owner: Option<Owner>,
        urgency: Option<Urgency>,
    ) -> Result<Option<Sight>> {
        if claim.hit.object_kind != "post" {
            return Ok(None);
        }
        let asked = signals::ask(tx, &self.ask(claim, owner, urgency)?)?;
        let id = match asked {
            Some(id) => Some(id),
            None => waits::item_of(tx, PostId(claim.hit.object))?,
        };
        Ok(id.map(|id| Sight { id, version: None }))
    }

    fn assign(&self, tx: &mut Tx<'_>, claim: &Claim, to: &str) -> Result<Outcome> {
        if let Ok(owner) = to.trim_end_matches(" team").parse::<Owner>() {
            let item = self.own_item(tx, claim, Some(owner))?;
            return Ok(match item {
                Some(_) => Ok(format!("gave the item to {owner}")),
                None => Err("there is no item to give".to_owned()),
            });
        }
        let Some(person) = people::staff_named(tx, to)? else {
            return Ok(Err(format!("nobody in the desk is called \"{to}\"")));
        };
        match self.own_item(tx, claim, None)? {
            Some(sight) => {
                signals::assign(tx, mainstreet_kernel::Actor::SYSTEM, sight, person)?;
                Ok(Ok(format!("gave the item to {to}")))
            }
            None => Ok(Err("there is no item to give".to_owned())),
        }
    }

    fn escalate(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let (kept, _) = self.rule(claim)?;
        let Ok(owner) = word(action, "to").parse::<Owner>() else {
            return Ok(Err("there is no such team".to_owned()));
        };
        let Some(sight) = self.own_item(tx, claim, None)? else {
            return Ok(Err("there is nothing to ask about".to_owned()));
        };
        let asked = word(action, "question");
        let question = if asked.is_empty() {
            format!(
                "The rule “{}” matched. Please look at it and say what we can tell the member.",
                kept.name
            )
        } else {
            asked
        };
        let ask = Question { owner, question, promise: String::new(), due_at: None };
        // The mail with the link to answer is written where links are signed.
        escalations::escalate(tx, mainstreet_kernel::Actor::SYSTEM, sight, &ask)?;
        Ok(Ok(format!("asked the team {owner}")))
    }

    /// A draft waits in the item for a person; what is sent goes to the author alone, marked as automatic.
    fn reply(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let (kept, _) = self.rule(claim)?;
        let title = word(action, "template");
        let Some(template) = letters::template(tx, &title)? else {
            return Ok(Err(format!("there is no prepared answer \"{title}\" any more")));
        };
        let Some(person) = claim.hit.person else {
            return Ok(Err("nobody is known as its author".to_owned()));
        };
        let post = (claim.hit.object_kind == "post").then_some(PostId(claim.hit.object));
        if word(action, "mode") == "send" {
            let sender = format!("the rule “{}”", kept.name);
            let sent = letters::send(tx, (person, post), &template, &sender)?;
            return Ok(if sent {
                Ok(format!("sent the author \"{title}\""))
            } else {
                Err("the author has no account here and cannot be written to".to_owned())
            });
        }
        let Some(sight) = self.own_item(tx, claim, None)? else {
            return Ok(Err("there is no item to put the draft into".to_owned()));
        };
        let body = letters::filled(tx, &template, person, post)?;
        waits::add_draft(tx, (sight.id, claim.hit.id), (&kept.name, &title, &body))?;
        Ok(Ok(format!("put the draft \"{title}\" into the item")))
    }

    /// Asks people who may know. Nobody is asked twice about one thread, nor more often than the rule's limit for each
    /// person says.
    fn suggest(&self, tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
        let (kept, rule) = self.rule(claim)?;
        let Some(topic) = claim.hit.topic else { return Ok(Err("there is no thread".to_owned())) };
        let count = match action.get("count") {
            Some(Given::Number(count)) => *count as usize,
            _ => 1,
        };
        let now = tx.now();
        let rest = match action.get("rest") {
            Some(Given::Length(_)) => millis(action, "rest"),
            _ => 0,
        };
        let found = match word(action, "pool").as_str() {
            "people active in this space" => {
                people::active_in_space(tx, topic, now.plus(-90 * length(Unit::Day)))?
            }
            "champions" => people::champions(tx)?,
            _ => people::who_answered(tx, topic)?,
        };
        let mut asked = Vec::new();
        for person in found {
            if asked.len() >= count {
                break;
            }
            let busy = rest > 0 && people::asked_since(tx, person, None, now.plus(-rest))? > 0;
            let mut over = false;
            for limit in rule.limits.iter().filter(|limit| limit.per_person) {
                let since = now.plus(-length(limit.per));
                over |= people::asked_since(tx, person, Some(kept.id), since)? >= i64::from(limit.count);
            }
            if busy || over || claim.hit.person == Some(person) || people::wrote_in(tx, topic, person)? {
                continue;
            }
            let body = "Somebody asked a question that you may be able to answer. If you know, answer it; if not, nothing \
                        happens, and you are not asked again for a while.\n";
            let sender = format!("the rule “{}”", kept.name);
            let post = Some(PostId(claim.hit.object));
            if people::ask(tx, person, topic, (claim.hit.id, kept.id))?
                && letters::tell(tx, (person, post), "A question you may know the answer to", body, &sender)?
            {
                asked.push(person);
            }
        }
        Ok(match asked.len() {
            0 => Err("nobody was found who may know and was not asked lately".to_owned()),
            1 => Ok("asked 1 person who may know".to_owned()),
            n => Ok(format!("asked {n} people who may know")),
        })
    }

    fn webhook(&self, tx: &mut Tx<'_>, claim: &Claim, name: &str) -> Result<Outcome> {
        self.call(tx, claim, name, None)
    }

    /// Tells another program; `ticket`: it is to make a ticket of it, of this priority.
    pub(super) fn call(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        name: &str,
        ticket: Option<&str>,
    ) -> Result<Outcome> {
        let (kept, _) = self.rule(claim)?;
        let hit = &claim.hit;
        let text = match hit.object_kind.as_str() {
            "post" => Some(posts::store::find(tx, PostId(hit.object))?.body),
            _ => None,
        };
        let path = match hit.object_kind.as_str() {
            "post" => format!("/p/{}", PostId(hit.object)),
            _ => format!("/desk/rules/{}", kept.id),
        };
        let url = settings::link(tx, &path)?;
        let mut body = serde_json::json!({
            "rule": kept.name, "version": kept.version, "event": hit.event, "hit": hit.id,
            "at": hit.occurred_at.to_string(), "kind": hit.object_kind,
            "post": (hit.object_kind == "post").then_some(PostId(hit.object)), "topic": hit.topic, "person": hit.person,
            "text": text, "url": url,
        });
        if let (Some(priority), Some(fields)) = (ticket, body.as_object_mut()) {
            let priority = if priority.is_empty() { "normal" } else { priority };
            fields.insert("ticket".to_owned(), serde_json::json!({ "priority": priority }));
        }
        Ok(if webhooks::call(tx, name, hit.id, &body)? {
            Ok(if ticket.is_some() { format!("made a ticket in {name}") } else { format!("told {name}") })
        } else {
            Err(format!("there is no webhook \"{name}\"; an owner adds it under Settings"))
        })
    }
}

/// What a name stands for. A name nobody has reaches the managers, who then know that it is wrong.
fn told(tx: &mut Tx<'_>, who: &str) -> Result<Told> {
    if let Ok(owner) = who.trim_end_matches(" team").parse() {
        return Ok(Told::Team(owner));
    }
    Ok(match who {
        "on-call moderator" => Told::People(people::last_seen_staff(tx)?.into_iter().collect(), None),
        "moderators" | "team" => Told::People(people::staff(tx, false)?, None),
        "managers" => Told::People(people::staff(tx, true)?, None),
        name => match people::staff_named(tx, name)? {
            Some(person) => Told::People(vec![person], None),
            None => {
                let instead = format!("told the managers, because nobody is known as \"{name}\"");
                Told::People(people::staff(tx, true)?, Some(instead))
            }
        },
    })
}

/// When a mail goes out: at once, or with `within` when the office opens next.
fn when(tx: &mut Tx<'_>, action: &Action) -> Result<Timestamp> {
    let now = tx.now();
    if word(action, "within").is_empty() {
        return Ok(now);
    }
    let hours = triage::clocks(tx)?.hours;
    Ok(if hours.is_open(now) { now } else { hours.due(now, 1) })
}

fn label(tx: &mut Tx<'_>, claim: &Claim, action: &Action) -> Result<Outcome> {
    let Some(person) = claim.hit.person else { return Ok(Err("nobody is known as its author".to_owned())) };
    let label = word(action, "label");
    let until = tx.now().plus(millis(action, "for"));
    people::add_label(tx, person, &label, claim.hit.id, until)?;
    Ok(Ok(format!("labelled the author {label}")))
}

fn begin(tx: &mut Tx<'_>, claim: &Claim, sequence: &str) -> Result<Outcome> {
    let Some(person) = claim.hit.person else { return Ok(Err("nobody is known as its author".to_owned())) };
    let post = (claim.hit.object_kind == "post").then_some(PostId(claim.hit.object));
    Ok(match sequences::start(tx, sequence, (person, post), Some(claim.hit.id))? {
        Started::Yes => Ok(format!("began the sequence {sequence}")),
        Started::Already => Err(format!("the member has walked the sequence {sequence} already")),
        Started::Unknown => Err(format!("there is no sequence {sequence} any more")),
    })
}

/// Tells whoever looks after a rule that it was stopped; the managers when nobody is named.
pub(super) fn page_owner(tx: &mut Tx<'_>, kept: &super::model::Kept, why: &str) -> Result<()> {
    let named = match kept.owner.as_str() {
        "" => None,
        name => people::staff_named(tx, name)?,
    };
    let author = match named {
        Some(person) => Some(person),
        None => super::store::texts::versions(tx, kept.id)?.first().and_then(|version| version.author),
    };
    let to = match author {
        Some(person) => vec![person],
        None => people::staff(tx, true)?,
    };
    let subject = format!("The rule “{}” was stopped", kept.name);
    let body = format!("{subject}: {why}. It only watches now. Look at it:");
    let (path, from) = (format!("/desk/rules/{}", kept.id), tx.now());
    for to in to {
        let draft = letters::Draft {
            to,
            post: None,
            subject: &subject,
            body: &body,
            path: &path,
            sender: "Mainstreet",
            automatic: true,
            from,
        };
        letters::write(tx, &draft)?;
    }
    Ok(())
}

/// What a person who reads an error needs to hear.
pub(super) fn safe(error: Error) -> Outcome {
    Err(error.safe.into_owned())
}
