//! Writing a rule: as a form that needs no script, or as text. Both are the same rule, and whatever button is pressed,
//! what was typed stays.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::posts;
use mainstreet_db::Tx;
use mainstreet_desk::rules::{self, Sample};
use mainstreet_kernel::id::{PostId, RuleId};
use mainstreet_kernel::{Error, Result, Role};
use mainstreet_rules::{
    FORM_PARTS, Finding, Names, Rule, Setting, Vocabulary, check, cost, from_form, may_be_saved, print,
};
use serde::Deserialize;

use super::choices::{
    self, Choice, Group, LineView, actions, days, each, endings, events, facts, nouns, per, subjects, units,
};
use super::deeds::{self, DeedView};
use super::fields::{self, Draft, LimitLine, Typed};
use super::press::press;
use super::samples::SampleView;
use super::told::{Told, sentence, told};
use super::trial::Trial;
use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

/// What a new rule begins with as text: small, and it only asks for attention.
const BEGIN: &str = "\
rule: Links of newcomers
why: Say here why the rule is there.
when: post published
if:
  - author.posts < 2
  - post.links.count >= 1
then:
  - open item: {urgency: normal}
";

/// The rule as it was typed.
#[derive(Clone, Debug)]
pub(super) enum Typing {
    Form(Box<Draft>),
    Text(String),
}

impl Typing {
    pub(super) fn read(typed: &Typed) -> Self {
        match typed.one("as").as_str() {
            "text" => Self::Text(typed.one("text")),
            _ => Self::Form(Box::new(Draft::read(typed))),
        }
    }
}

/// What the page is drawn from.
struct State {
    id: Option<RuleId>,
    typing: Typing,
    sample: Sample,
    /// Something was pressed that asks what is wrong.
    checked: bool,
    tried: bool,
    focus: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/rules/editor.html")]
struct Editor {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    id: Option<RuleId>,
    title: String,
    address: String,
    form: Option<FormView>,
    text: String,
    /// The text that the form writes, when it can be read.
    written: Option<String>,
    cost: Option<String>,
    told: Vec<Told>,
    error: Option<String>,
    sound: bool,
    focus: String,
    trial: Trial,
}

/// Everything of the form that is shown.
struct FormView {
    draft: Draft,
    guidelines: Vec<String>,
    parts: Vec<(&'static str, &'static str, &'static str, Vec<LineView>)>,
    subjects: Vec<Group>,
    events: Vec<Choice>,
    chosen: Vec<(String, String)>,
    deeds: Vec<DeedView>,
    actions: Vec<Group>,
    samples: Vec<(&'static str, &'static str, Vec<SampleView>)>,
    facts: Vec<Choice>,
    wrong: Vec<(u32, String)>,
}

impl FormView {
    /// What is wrong with a part that has no rows.
    fn of(&self, part: u32) -> Vec<&String> {
        self.wrong.iter().filter(|(of, _)| *of == part).map(|(_, message)| message).collect()
    }

    fn per(&self, limit: &LimitLine) -> Vec<Choice> {
        per(&limit.per)
    }

    fn nouns(&self, limit: &LimitLine) -> Vec<Choice> {
        nouns(&limit.noun)
    }

    fn expires(&self) -> Vec<Choice> {
        endings(&self.draft.expires, "not by itself", true)
    }

    fn review(&self) -> Vec<Choice> {
        endings(&self.draft.review, "as usual: in 180 days", false)
    }

    fn days(&self) -> Vec<Choice> {
        days(&self.draft.every.how)
    }

    fn each(&self) -> Vec<Choice> {
        each(&self.draft.each)
    }

    fn units(&self, chosen: &str) -> Vec<Choice> {
        units(if chosen.is_empty() { "days" } else { chosen }, false)
    }
}

/// The rule that stands there, if one does, and what is wrong with all that stands there.
fn reading(
    tx: &mut Tx<'_>,
    names: &Names,
    role: Role,
    typing: &Typing,
) -> Result<(Option<Rule>, Vec<Finding>)> {
    let setting = Setting { vocabulary: Vocabulary::standard(), names, role };
    let (rules, mut findings) = match typing {
        Typing::Text(text) => {
            let reading = mainstreet_rules::examine(text, &setting);
            (reading.rules, reading.findings)
        }
        Typing::Form(draft) => match from_form(&draft.form(), Vocabulary::standard()) {
            Ok(rule) => {
                let findings = check(std::slice::from_ref(&rule), &setting);
                (vec![rule], findings)
            }
            Err(findings) => (Vec::new(), findings),
        },
    };
    for rule in &rules {
        findings.extend(rules::feasible(tx, rule)?);
    }
    if matches!(typing, Typing::Text(_)) {
        findings.sort_by_key(|finding| (finding.at.line, finding.at.column));
    }
    Ok((rules.into_iter().next(), findings))
}

fn view(draft: Draft, names: &Names, told: &[Told]) -> FormView {
    let errors = |key: &str| -> Vec<String> {
        told.iter().filter(|one| one.anchor == key).map(|one| one.message.clone()).collect()
    };
    let lines = |part: &str, all: &[super::fields::Line]| {
        let rows = all.iter().enumerate();
        rows.map(|(row, line)| {
            choices::line(part, row, line, &draft, names, errors(&format!("{part}.{row}")))
        })
        .collect()
    };
    let samples = |part: &str, all: &[super::fields::Sample]| {
        let rows = all.iter().enumerate();
        rows.map(|(row, one)| super::samples::sample(part, row, one, errors(&format!("{part}.{row}"))))
            .collect()
    };
    let part = |name: &str| FORM_PARTS.iter().position(|known| *known == name).map_or(0, |at| at as u32 + 1);
    let mut wrong: Vec<(u32, String)> = Vec::new();
    for name in FORM_PARTS {
        let own = errors(&format!("part-{}", name.replace(' ', "-")));
        wrong.extend(own.into_iter().map(|message| (part(name), message)));
    }
    for row in 0..draft.limits.len() {
        wrong.extend(errors(&format!("limit.{row}")).into_iter().map(|message| (part("limit"), message)));
    }
    let says = |name: &String| {
        let event = Vocabulary::standard().event(name);
        (name.clone(), event.map_or_else(String::new, |event| event.says.clone()))
    };
    FormView {
        guidelines: names.set("guidelines").into_iter().flatten().cloned().collect(),
        parts: vec![
            ("all", "If all of these hold", "Every line must hold.", lines("all", &draft.all)),
            (
                "any",
                "and at least one of these",
                "Leave it empty when there is nothing to choose between.",
                lines("any", &draft.any),
            ),
            (
                "unless",
                "unless one of these holds",
                "Exceptions: people, spaces or words the rule leaves alone.",
                lines("unless", &draft.unless),
            ),
        ],
        subjects: subjects(&draft, names),
        events: events(&draft),
        chosen: draft.when.iter().map(says).collect(),
        deeds: draft
            .then
            .iter()
            .enumerate()
            .map(|(row, one)| deeds::deed(row, one, names, errors(&format!("then.{row}"))))
            .collect(),
        actions: actions(&draft),
        samples: vec![
            ("match", "Texts it must match", samples("match", &draft.matching)),
            ("nomatch", "Texts it must not match", samples("nomatch", &draft.not_matching)),
        ],
        facts: facts(),
        wrong,
        draft,
    }
}

async fn draw(cx: &Cx, state: State, status: StatusCode) -> Page {
    let role = cx.staff()?.role;
    let State { id, typing, sample, checked, tried, focus, error } = state;
    let asked = (typing.clone(), sample.clone());
    let (names, title, rule, findings, outcome) = cx
        .read(move |tx| {
            let names = rules::names(tx)?;
            let title = match id {
                Some(id) => Some(rules::find(tx, id)?.name),
                None => None,
            };
            let (rule, findings) = reading(tx, &names, role, &asked.0)?;
            let outcome = match &rule {
                Some(rule) if tried => Some(rules::try_out(tx, rule, id, &asked.1)?),
                _ => None,
            };
            Ok((names, title, rule, findings, outcome))
        })
        .await?;
    let told = if checked { told(&typing, &findings) } else { Vec::new() };
    let untold = rule.as_ref().map(rules::untold).unwrap_or_default();
    let outcome =
        outcome.map(|tried| tried.map_err(|findings| findings.iter().map(sentence).collect::<Vec<String>>()));
    let trial = Trial::new(sample, untold, outcome);
    let written = rule.as_ref().map(|rule| print(rule, Vocabulary::standard()));
    let (form, text) = match typing {
        Typing::Form(draft) => (Some(view(*draft, &names, &told)), String::new()),
        Typing::Text(text) => (None, text),
    };
    let editor = Editor {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        address: id.map_or_else(|| "/desk/rules/new".to_owned(), |id| format!("/desk/rules/{id}/edit")),
        title: title.unwrap_or_else(|| "A new rule".to_owned()),
        id,
        form,
        text,
        written,
        cost: rule.as_ref().map(cost),
        sound: may_be_saved(&findings),
        told,
        error,
        focus,
        trial,
    };
    views::html_with(status, &editor)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(rename = "as")]
    shape: String,
    /// A post that shall become an example of what must not match.
    not: Option<PostId>,
}

impl State {
    fn new(id: Option<RuleId>, typing: Typing) -> Self {
        let sample = Sample::default();
        Self { id, typing, sample, checked: false, tried: false, focus: String::new(), error: None }
    }
}

/// The form of a text, when one rule stands in it and can be read.
fn as_form(text: &str) -> Option<Draft> {
    let reading = mainstreet_rules::read(text, Vocabulary::standard());
    match reading.rules.as_slice() {
        [only] if may_be_saved(&reading.findings) => Some(Draft::of(only)),
        _ => None,
    }
}

/// `GET /desk/rules/new`
pub(super) async fn new(cx: Cx) -> Page {
    cx.staff()?;
    let asked: Asked = cx.query()?;
    let typing = match asked.shape.as_str() {
        "text" => Typing::Text(BEGIN.to_owned()),
        _ => Typing::Form(Box::default()),
    };
    draw(&cx, State::new(None, typing), StatusCode::OK).await
}

/// `GET /desk/rules/{id}/edit`
pub(super) async fn edit(cx: Cx) -> Page {
    cx.staff()?;
    let (id, asked) = (cx.path::<RuleId>("id")?, cx.query::<Asked>()?);
    let not = asked.not;
    let (text, not) = cx
        .read(move |tx| {
            let text = rules::find(tx, id)?.text;
            let not = match not {
                Some(post) => Some(posts::store::find(tx, post)?.body),
                None => None,
            };
            Ok((text, not))
        })
        .await?;
    let checked = not.is_some();
    let typing = match as_form(&text).filter(|_| asked.shape != "text") {
        Some(mut draft) => {
            draft.not_matching.extend(not.map(|text| fields::Sample { text, facts: Vec::new() }));
            Typing::Form(Box::new(draft))
        }
        None => Typing::Text(text),
    };
    draw(&cx, State { checked, ..State::new(Some(id), typing) }, StatusCode::OK).await
}

/// `POST /desk/rules/new`
pub(super) async fn create(cx: Cx) -> Page {
    cx.staff()?;
    pressed(cx, None).await
}

/// `POST /desk/rules/{id}/edit`
pub(super) async fn change(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<RuleId>("id")?;
    pressed(cx, Some(id)).await
}

/// A button of the editor.
async fn pressed(cx: Cx, id: Option<RuleId>) -> Page {
    cx.staff()?;
    cx.form::<serde::de::IgnoredAny>()?;
    let typed = Typed::of(&cx.body);
    let act = typed.one("act");
    let typing = Typing::read(&typed);
    let mut state = State { sample: Trial::read(&typed), ..State::new(id, typing) };
    match act.as_str() {
        "save" | "draft" => save(&cx, state, act == "draft").await,
        "as text" | "as form" => turn(&cx, state, &act).await,
        "try" => draw(&cx, State { checked: true, tried: true, ..state }, StatusCode::OK).await,
        "check" => draw(&cx, State { checked: true, ..state }, StatusCode::OK).await,
        _ => {
            if let Typing::Form(draft) = &mut state.typing {
                state.focus = press(draft, &typed, &act);
            }
            draw(&cx, state, StatusCode::OK).await
        }
    }
}

/// Shows the same rule the other way.
async fn turn(cx: &Cx, mut state: State, act: &str) -> Page {
    cx.staff()?;
    let turned = match &state.typing {
        Typing::Form(draft) if act == "as text" && draft.form() == Draft::default().form() => {
            Some(Typing::Text(BEGIN.to_owned()))
        }
        Typing::Form(draft) if act == "as text" => from_form(&draft.form(), Vocabulary::standard())
            .ok()
            .map(|rule| Typing::Text(print(&rule, Vocabulary::standard()))),
        Typing::Text(text) if act == "as form" => as_form(text).map(|draft| Typing::Form(Box::new(draft))),
        _ => None,
    };
    state.checked = turned.is_none();
    if turned.is_none() {
        state.error = Some(match act {
            "as text" => "It can be shown as text once what is marked below is right.".to_owned(),
            _ => "It can be shown as a form once it is one rule and what stands below is right.".to_owned(),
        });
    }
    state.typing = turned.unwrap_or(state.typing);
    draw(cx, state, StatusCode::OK).await
}

async fn save(cx: &Cx, state: State, draft: bool) -> Page {
    let (actor, role, id) = (cx.staff()?.actor(), cx.staff()?.role, state.id);
    let typing = state.typing.clone();
    let (rule, findings) = cx
        .read(move |tx| {
            let names = rules::names(tx)?;
            reading(tx, &names, role, &typing)
        })
        .await?;
    let text = match (&state.typing, rule) {
        (Typing::Text(text), _) => Some(text.clone()),
        (Typing::Form(_), Some(rule)) => Some(print(&rule, Vocabulary::standard())),
        (Typing::Form(_), None) => None,
    };
    let Some(text) = text.filter(|_| may_be_saved(&findings)) else {
        let state = State { checked: true, ..state };
        return draw(cx, state, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let saved: Result<_> = cx
        .write(move |tx| match id {
            Some(_) => rules::save(tx, actor, id, &text, draft),
            None => rules::save_new(tx, actor, &text, draft),
        })
        .await;
    match saved {
        Ok(saved) => {
            let path = match saved.as_slice() {
                [one] => format!("/desk/rules/{}", one.id),
                _ => "/desk/rules".to_owned(),
            };
            let said = if draft {
                "Saved as a draft. It is not tried on anything yet."
            } else {
                "Saved. It only watches until you let it act."
            };
            views::see_saying(cx, &path, said)
        }
        Err(error) if is_mistake(&error) => refused(cx, state, &error).await,
        Err(error) => Err(error),
    }
}

async fn refused(cx: &Cx, state: State, error: &Error) -> Page {
    let status = crate::error::status(error.kind);
    let state = State { checked: true, error: Some(error.safe.to_string()), ..state };
    draw(cx, state, status).await
}
