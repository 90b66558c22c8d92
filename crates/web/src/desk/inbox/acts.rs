//! Acting: one form for each thing that can be done to an item. What is refused is shown with its reason, beside
//! what was typed; what was done can be undone from the next page.

use axum::http::StatusCode;
use mainstreet_db::Tx;
use mainstreet_desk::drafting;
use mainstreet_desk::escalations::{self, Question};
use mainstreet_desk::judgement::Judgement;
use mainstreet_desk::signals::lists::{self, Filter};
use mainstreet_desk::signals::{self, Reply, Sight, Signal, Verdict, view};
use mainstreet_desk::triage::{self, Correction, Risk, RiskLevel};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{EntryId, PersonId, SignalId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp, Zone};
use serde::Deserialize;

use super::page::{Mistake, Wanted, address, draw, draw_typed};
use crate::hand_off;
use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Flash, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/desk/inbox/{id}/assignment", assign)
        .post("/desk/inbox/{id}/reply", reply)
        .post("/desk/inbox/{id}/note", note)
        .post("/desk/inbox/{id}/snooze", snooze)
        .post("/desk/inbox/{id}/escalation", escalate)
        .post("/desk/inbox/{id}/escalation/{entry}/answer", answer)
        .post("/desk/inbox/{id}/approval", approve)
        .post("/desk/inbox/{id}/resolution", resolve)
        .post("/desk/inbox/{id}/dismissal", dismiss)
        .post("/desk/inbox/{id}/merge", merge)
        .post("/desk/inbox/{id}/reopening", reopen)
        .post("/desk/inbox/{id}/triage", correct)
        .post("/desk/inbox/{id}/undo/{step}", undo)
}

/// Every field of every form here; each form sends its own.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    pub(super) list: String,
    pub(super) version: Option<i64>,
    pub(super) token: String,
    pub(super) canned: String,
    pub(super) act: String,
    pub(super) body: String,
    pub(super) person: String,
    pub(super) until: String,
    pub(super) day: String,
    pub(super) owner: String,
    /// The owner who is asked; `owner` is the label.
    pub(super) to: String,
    pub(super) question: String,
    pub(super) promise: String,
    pub(super) outcome: String,
    pub(super) told_back: String,
    pub(super) why: String,
    pub(super) reason: String,
    pub(super) into: String,
    pub(super) intent: String,
    pub(super) urgency: String,
    pub(super) misinformation: String,
    pub(super) harassment: String,
    pub(super) brand_safety: String,
    pub(super) compliance: String,
    pub(super) clause: String,
    pub(super) needs_reply: String,
    pub(super) sentiment: String,
    pub(super) spam: String,
    pub(super) right: String,
    pub(super) quick: String,
    pub(super) drafted: String,
    pub(super) read: String,
    /// What had been typed before a draft came.
    pub(super) beside: String,
    /// A note for the team.
    pub(super) note: String,
    /// The fingerprint of what would go to a model.
    pub(super) print: String,
    /// The act was a button of the composer: what stands in it is still wanted.
    pub(super) carried: String,
}

impl Form {
    /// Whose it shall be; a button that says it outdoes the list of people, which is always sent with the composer.
    fn whom(&self) -> &str {
        match self.act.as_str() {
            "take" => "",
            "release" => "none",
            _ => &self.person,
        }
    }

    /// The fields of the composer, for a page between it and what comes next.
    pub(super) fn composer(&self) -> Vec<(&'static str, String)> {
        let version = self.version.map(|version| version.to_string()).unwrap_or_default();
        let fields = [
            ("carried", &self.carried),
            ("body", &self.body),
            ("beside", &self.beside),
            ("version", &version),
            ("token", &self.token),
            ("canned", &self.canned),
            ("drafted", &self.drafted),
            ("read", &self.read),
        ];
        fields
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name, text.clone()))
            .collect()
    }

    /// What is left of it after an act that had fields of its own.
    fn done(mut self, name: &str) -> Self {
        match name {
            "note" => self.note = String::new(),
            "escalation" => (self.question, self.promise) = (String::new(), String::new()),
            _ => {}
        }
        self
    }

    /// True when the composer was sent along and holds something.
    pub(super) fn carries(&self) -> bool {
        let holds = !self.body.trim().is_empty() || !self.beside.trim().is_empty();
        holds && !self.carried.is_empty()
    }
}

/// A request to act: who, on what as they saw it, with which words.
struct Acting {
    actor: Actor,
    sight: Sight,
    list: Filter,
    form: Form,
}

impl Acting {
    fn of(cx: &Cx, actor: Actor) -> Result<Self> {
        let form = cx.form::<Form>()?;
        let sight = Sight { id: cx.path::<SignalId>("id")?, version: form.version };
        Ok(Self { actor, sight, list: form.list.parse().unwrap_or(Filter::Mine), form })
    }

    /// Does it, then goes to `place` saying `said`; a refusal is drawn on the item's page beside the form.
    async fn run(
        self,
        cx: &Cx,
        name: &'static str,
        place: Place,
        said: &'static str,
        work: impl FnOnce(&mut Tx<'_>, Actor, Sight, &Form) -> Result<Signal> + Send + 'static,
    ) -> Page {
        let Self { actor, sight, list, form } = self;
        let typed = form.clone();
        let carried = matches!(place, Place::Here) && name != "reply" && typed.carries();
        let me = actor.person.ok_or_else(|| Error::forbidden("Sign in to work in the desk."))?;
        let done = cx
            .write(move |tx| {
                let following = match place {
                    Place::Next => lists::next(tx, list, me, sight.id)?,
                    Place::Here => None,
                };
                let signal = work(tx, actor, sight, &form)?;
                let undo = view::last_undoable(tx, actor)?.filter(|step| step.signal == signal.id);
                Ok((signal, following, undo))
            })
            .await;
        match done {
            Ok((signal, following, undo)) => {
                let path = match (place, following) {
                    (Place::Here, _) => address(signal.id, list),
                    (Place::Next, Some(next)) => address(next, list),
                    (Place::Next, None) => format!("/desk/inbox?list={list}"),
                };
                let undo = undo.map(|step| format!("/desk/inbox/{}/undo/{}", signal.id, step.id));
                let flash = Flash { text: said.to_owned(), undo };
                if carried {
                    return draw_typed(cx, actor, list, signal.id, typed.done(name), Some(flash)).await;
                }
                views::see_with(cx, &path, &flash)
            }
            Err(error) if is_mistake(&error) => {
                let status = crate::error::status(error.kind);
                let text = error.safe.into_owned();
                let wanted = Wanted { list, page: 0, item: Some(sight.id), canned: None };
                draw(
                    cx,
                    actor,
                    wanted,
                    Some(Mistake { form: name, text, typed, status, ..Mistake::default() }),
                )
                .await
            }
            Err(error) => Err(error),
        }
    }
}

/// Where an act leads.
#[derive(Clone, Copy)]
enum Place {
    /// The same item.
    Here,
    /// The next one in the list.
    Next,
}

/// `POST /desk/inbox/{id}/assignment`: to the person named, to me without a name or with `take`, to nobody with `none`.
async fn assign(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| match form.whom() {
        "" => signals::claim(tx, actor, sight),
        "none" => signals::release(tx, actor, sight),
        person => signals::assign(tx, actor, sight, person.parse::<PersonId>()?),
    };
    let said = match acting.form.whom() {
        "" => "You have it for ten minutes; what you do renews them.",
        "none" => "It is back with everybody.",
        _ => "Handed on.",
    };
    acting.run(&cx, "assignment", Place::Here, said, work).await
}

/// `POST /desk/inbox/{id}/reply`
async fn reply(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let wait = acting.form.act != "stay";
    let said = if wait { "Sent. It waits for the member now." } else { "Sent. It stays with you." };
    let work = move |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        if !form.drafted.is_empty() && form.read.is_empty() {
            return Err(Error::invalid(
                "A model wrote this draft. Read it, make it yours, and tick that you stand by every sentence.",
            ));
        }
        let token = Some(form.token.clone()).filter(|token| !token.is_empty());
        let reply =
            Reply { body: form.body.clone(), wait, form_token: token, canned: form.canned.parse().ok() };
        let signal = signals::reply(tx, actor, sight, &reply)?;
        if !form.drafted.is_empty() {
            drafting::used(tx, sight.id)?;
        }
        Ok(signal)
    };
    acting.run(&cx, "reply", if wait { Place::Next } else { Place::Here }, said, work).await
}

/// `POST /desk/inbox/{id}/note`
async fn note(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        signals::note(tx, actor, sight, &form.note)
    };
    acting.run(&cx, "note", Place::Here, "Noted, for the desk only.", work).await
}

/// `POST /desk/inbox/{id}/snooze`: `until` is a number of hours, or `day` a date, from nine in the morning.
async fn snooze(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let zone = cx.app.site().zone;
    let work = move |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        let until = wake(&zone, tx.now(), form)?;
        signals::snooze(tx, actor, sight, until)
    };
    acting
        .run(&cx, "snooze", Place::Next, "Put off. It comes back by itself, or when something happens.", work)
        .await
}

fn wake(zone: &Zone, now: Timestamp, form: &Form) -> Result<Timestamp> {
    if let Ok(hours) = form.until.parse::<i64>() {
        return Ok(now.plus(hours.clamp(0, 10_000) * HOUR));
    }
    let day = form.day.parse::<Timestamp>().map_err(|_| Error::invalid("Choose until when, or a day."))?;
    Ok(zone.start_of(Zone::utc().day_of(day)).plus(9 * HOUR).max(Timestamp(day.0 - DAY)))
}

/// `POST /desk/inbox/{id}/escalation`
async fn escalate(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let mail = hand_off::send(&cx);
    let work = move |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        let ask = Question {
            owner: form.to.parse()?,
            question: form.question.clone(),
            promise: form.promise.clone(),
            due_at: None,
        };
        let signal = escalations::escalate(tx, actor, sight, &ask)?;
        mail(tx, &signal)?;
        Ok(signal)
    };
    acting.run(&cx, "escalation", Place::Here, "Asked. The item waits for the owner.", work).await
}

/// `POST /desk/inbox/{id}/escalation/{entry}/answer`
async fn answer(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let entry = cx.path::<EntryId>("entry")?;
    let work = move |tx: &mut Tx<'_>, actor: Actor, _: Sight, form: &Form| {
        escalations::answer(tx, actor, entry, &form.body)
    };
    acting.run(&cx, "answer", Place::Here, "The owner's answer is kept. Tell the member.", work).await
}

/// `POST /desk/inbox/{id}/approval`: publishes the held post, or rejects it by a clause.
async fn approve(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let said = match acting.form.act.as_str() {
        "publish" => "Published. Everybody sees it now.",
        "revise" => "Rejected. Its author is told what to change, and can send it again.",
        _ => "Rejected. Its author is told why, and how to appeal.",
    };
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        let verdict = match form.act.as_str() {
            "publish" => Verdict::Publish,
            "reject" | "revise" => {
                Verdict::Reject { clause: form.clause.clone(), revise: form.act == "revise" }
            }
            _ => return Err(Error::invalid("Say whether the post is published or rejected.")),
        };
        signals::answer_held(tx, actor, sight, &verdict, &form.why)
    };
    let page = acting.run(&cx, "approval", Place::Next, said, work).await;
    cx.app.wake_mail();
    page
}

/// `POST /desk/inbox/{id}/resolution`
async fn resolve(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        let told = !form.told_back.is_empty();
        signals::resolve(tx, actor, sight, form.outcome.parse()?, &form.why, told)
    };
    acting.run(&cx, "resolution", Place::Next, "Resolved.", work).await
}

/// `POST /desk/inbox/{id}/dismissal`
async fn dismiss(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        signals::dismiss(tx, actor, sight, form.reason.parse()?, &form.why)
    };
    acting.run(&cx, "dismissal", Place::Next, "Dismissed.", work).await
}

/// `POST /desk/inbox/{id}/merge`
async fn merge(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        let into =
            form.into.parse::<SignalId>().map_err(|_| Error::invalid("Choose the item it belongs to."))?;
        signals::merge(tx, actor, sight, into)
    };
    acting.run(&cx, "merge", Place::Here, "Merged into the other item.", work).await
}

/// `POST /desk/inbox/{id}/reopening`
async fn reopen(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        signals::reopen(tx, actor, sight, &form.why)
    };
    acting.run(&cx, "reopening", Place::Here, "It is open again.", work).await
}

/// `POST /desk/inbox/{id}/triage`: corrects what is why it is here, or confirms it.
async fn correct(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let work = |tx: &mut Tx<'_>, actor: Actor, sight: Sight, form: &Form| {
        triage::correct(tx, actor, sight, &correction(form)?)
    };
    acting.run(&cx, "triage", Place::Here, "Kept. What a person set stays.", work).await
}

fn correction(form: &Form) -> Result<Correction> {
    fn word<T: std::str::FromStr<Err = Error>>(text: &str) -> Result<Option<T>> {
        if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
    }
    let mut risks = Vec::new();
    for (risk, text) in [
        (Risk::Misinformation, &form.misinformation),
        (Risk::Harassment, &form.harassment),
        (Risk::BrandSafety, &form.brand_safety),
        (Risk::Compliance, &form.compliance),
    ] {
        if let Some(level) = word::<RiskLevel>(text)? {
            risks.push((risk, level));
        }
    }
    let mut said = Vec::new();
    for (judgement, text) in [
        (Judgement::NeedsReply, &form.needs_reply),
        (Judgement::Sentiment, &form.sentiment),
        (Judgement::Spam, &form.spam),
    ] {
        let known = judgement.words().iter().find(|word| *word == text);
        match known {
            Some(word) => said.push((judgement, *word)),
            None if text.is_empty() => {}
            None => return Err(Error::invalid("Choose one of the words of the form.")),
        }
    }
    // A key that says what it wants means it, also where that was read; a list that was left alone does not.
    if !form.quick.is_empty() {
        let word = Judgement::Intent.words().iter().find(|word| **word == form.intent);
        said.extend(word.map(|word| (Judgement::Intent, *word)));
    }
    Ok(Correction {
        said,
        right: !form.right.is_empty(),
        intent: word(&form.intent)?,
        urgency: word(&form.urgency)?,
        owner: word(&form.owner)?,
        risks,
        why: form.why.clone(),
    })
}

/// `POST /desk/inbox/{id}/undo/{step}`
async fn undo(cx: Cx) -> Page {
    let acting = Acting::of(&cx, cx.staff()?.actor())?;
    let step = cx.path::<EntryId>("step")?;
    let work = move |tx: &mut Tx<'_>, actor: Actor, _: Sight, _: &Form| signals::undo(tx, actor, step);
    acting.run(&cx, "undo", Place::Here, "Undone. It stands as before.", work).await
}

impl Default for Mistake {
    fn default() -> Self {
        let (typed, status) = (Form::default(), StatusCode::OK);
        Self { form: "", text: String::new(), typed, status, flash: None }
    }
}
