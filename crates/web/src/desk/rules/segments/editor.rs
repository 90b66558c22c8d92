//! Writing a segment: the rows of a rule's form, or text, and who it would choose.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::rules::{self, Chosen};
use mainstreet_desk::segments;
use mainstreet_kernel::id::SegmentId;
use mainstreet_kernel::{Error, Role};
use mainstreet_rules::{
    Finding, Names, Rule, Setting, Vocabulary, check_segment, examine_segments, may_be_saved, print_segment,
    read_segments, segment_from_form,
};
use serde::Deserialize;

use super::super::choices::{self, Group, LineView};
use super::super::editor::Typing;
use super::super::fields::{Draft, Typed};
use super::super::press::press;
use super::super::told::{Told, told};
use super::{Member, named};
use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

/// What a new segment begins with as text.
const BEGIN: &str = "\
segment: customers
why: Say here why these members are one group.
if:
  - author.labels includes any: [customer]
";

/// People shown beside the form.
const SHOWN: usize = 12;

/// What the page is drawn from.
struct State {
    id: Option<SegmentId>,
    typing: Typing,
    /// Something was pressed that asks what is wrong and who is in it.
    checked: bool,
    focus: String,
    error: Option<String>,
}

impl State {
    fn new(id: Option<SegmentId>, typing: Typing) -> Self {
        Self { id, typing, checked: false, focus: String::new(), error: None }
    }
}

/// Everything of the form that is shown.
struct FormView {
    draft: Draft,
    parts: Vec<(&'static str, &'static str, &'static str, Vec<LineView>)>,
    subjects: Vec<Group>,
    name_errors: Vec<String>,
    part_errors: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/segments/editor.html")]
struct Editor {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    id: Option<SegmentId>,
    title: String,
    address: String,
    form: Option<FormView>,
    text: String,
    written: Option<String>,
    told: Vec<Told>,
    error: Option<String>,
    sound: bool,
    focus: String,
    chosen: Option<Chosen>,
    members: Vec<Member>,
    /// Rules that ask for it.
    rules: Vec<String>,
}

/// The segment that stands there, if one does, and what is wrong.
fn reading(names: &Names, role: Role, typing: &Typing) -> (Option<Rule>, Vec<Finding>) {
    let setting = Setting { vocabulary: Vocabulary::standard(), names, role };
    match typing {
        Typing::Text(text) => {
            let reading = examine_segments(text, &setting);
            (reading.rules.into_iter().next(), reading.findings)
        }
        Typing::Form(draft) => match segment_from_form(&draft.form(), Vocabulary::standard()) {
            Ok(rule) => {
                let findings = check_segment(&rule, &setting);
                (Some(rule), findings)
            }
            Err(findings) => (None, findings),
        },
    }
}

/// The form knows a segment as what happens to members.
fn about_members(mut draft: Draft) -> Draft {
    draft.when = vec!["member joined".to_owned()];
    draft
}

fn view(draft: Draft, names: &Names, told: &[Told]) -> FormView {
    let draft = about_members(draft);
    let errors = |key: &str| -> Vec<String> {
        told.iter().filter(|one| one.anchor == key).map(|one| one.message.clone()).collect()
    };
    let lines = |part: &str, all: &[super::super::fields::Line]| {
        let rows = all.iter().enumerate();
        rows.map(|(row, line)| {
            choices::line(part, row, line, &draft, names, errors(&format!("{part}.{row}")))
        })
        .collect()
    };
    let parts = ["part-all", "part-any", "part-unless"];
    FormView {
        parts: vec![
            ("all", "All of these hold", "Every line must hold.", lines("all", &draft.all)),
            (
                "any",
                "and at least one of these",
                "Leave it empty when there is nothing to choose between.",
                lines("any", &draft.any),
            ),
            ("unless", "and none of these", "Who is left out all the same.", lines("unless", &draft.unless)),
        ],
        subjects: choices::about_members(&draft, names),
        name_errors: ["part-rule", "part-why", "part-owner"].iter().flat_map(|key| errors(key)).collect(),
        part_errors: parts.iter().flat_map(|key| errors(key)).collect(),
        draft,
    }
}

async fn draw(cx: &Cx, state: State, status: StatusCode) -> Page {
    let role = cx.staff()?.role;
    let State { id, typing, checked, focus, error } = state;
    let asked = typing.clone();
    let (names, kept, rule, findings, chosen, members) = cx
        .read(move |tx| {
            let names = rules::names(tx)?;
            let kept = match id {
                Some(id) => {
                    let segment = segments::find(tx, id)?;
                    let asking = segments::asked_by(tx, &segment)?;
                    Some((segment.name, asking.into_iter().map(|rule| rule.name).collect::<Vec<String>>()))
                }
                None => None,
            };
            let (rule, findings) = reading(&names, role, &asked);
            let chosen = match rule.as_ref().filter(|_| checked && may_be_saved(&findings)) {
                Some(rule) => rules::choose(tx, std::slice::from_ref(rule))?.pop(),
                None => None,
            };
            let members = match &chosen {
                Some(chosen) => named(tx, chosen, SHOWN)?,
                None => Vec::new(),
            };
            Ok((names, kept, rule, findings, chosen, members))
        })
        .await?;
    let told = if checked { told(&typing, &findings) } else { Vec::new() };
    let written = rule.as_ref().map(print_segment);
    let (form, text) = match typing {
        Typing::Form(draft) => (Some(view(*draft, &names, &told)), String::new()),
        Typing::Text(text) => (None, text),
    };
    let (title, rules) = kept.unwrap_or_else(|| ("A new segment".to_owned(), Vec::new()));
    let editor = Editor {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        address: id.map_or_else(|| "/desk/segments/new".to_owned(), |id| format!("/desk/segments/{id}/edit")),
        title,
        id,
        form,
        text,
        written,
        sound: may_be_saved(&findings),
        told,
        error,
        focus,
        chosen,
        members,
        rules,
    };
    views::html_with(status, &editor)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(rename = "as")]
    shape: String,
}

/// The form of a text, when one segment stands in it and can be read.
fn as_form(text: &str) -> Option<Draft> {
    let reading = read_segments(text, Vocabulary::standard());
    match reading.rules.as_slice() {
        [only] if may_be_saved(&reading.findings) => Some(Draft::of(only)),
        _ => None,
    }
}

/// `GET /desk/segments/new`
pub(in crate::desk::rules) async fn new(cx: Cx) -> Page {
    cx.staff()?;
    let asked: Asked = cx.query()?;
    let typing = match asked.shape.as_str() {
        "text" => Typing::Text(BEGIN.to_owned()),
        _ => Typing::Form(Box::default()),
    };
    draw(&cx, State::new(None, typing), StatusCode::OK).await
}

/// `GET /desk/segments/{id}/edit`
pub(in crate::desk::rules) async fn edit(cx: Cx) -> Page {
    cx.staff()?;
    let (id, asked) = (cx.path::<SegmentId>("id")?, cx.query::<Asked>()?);
    let text = cx.read(move |tx| Ok(segments::find(tx, id)?.text)).await?;
    let typing = match as_form(&text).filter(|_| asked.shape != "text") {
        Some(draft) => Typing::Form(Box::new(draft)),
        None => Typing::Text(text),
    };
    draw(&cx, State { checked: true, ..State::new(Some(id), typing) }, StatusCode::OK).await
}

/// `POST /desk/segments/new`
pub(in crate::desk::rules) async fn create(cx: Cx) -> Page {
    cx.staff()?;
    pressed(cx, None).await
}

/// `POST /desk/segments/{id}/edit`
pub(in crate::desk::rules) async fn change(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<SegmentId>("id")?;
    pressed(cx, Some(id)).await
}

/// A button of the editor.
async fn pressed(cx: Cx, id: Option<SegmentId>) -> Page {
    cx.staff()?;
    cx.form::<serde::de::IgnoredAny>()?;
    let typed = Typed::of(&cx.body);
    let act = typed.one("act");
    let typing = Typing::read(&typed);
    let mut state = State::new(id, typing);
    match act.as_str() {
        "save" => save(&cx, state).await,
        "as text" | "as form" => turn(&cx, state, &act).await,
        "check" => draw(&cx, State { checked: true, ..state }, StatusCode::OK).await,
        _ => {
            if let Typing::Form(draft) = &mut state.typing {
                state.focus = press(draft, &typed, &act);
            }
            draw(&cx, state, StatusCode::OK).await
        }
    }
}

/// Shows the same segment the other way.
async fn turn(cx: &Cx, mut state: State, act: &str) -> Page {
    let turned = match &state.typing {
        Typing::Form(draft) if act == "as text" => segment_from_form(&draft.form(), Vocabulary::standard())
            .ok()
            .map(|rule| Typing::Text(print_segment(&rule))),
        Typing::Text(text) if act == "as form" => as_form(text).map(|draft| Typing::Form(Box::new(draft))),
        _ => None,
    };
    state.checked = turned.is_none();
    if turned.is_none() {
        state.error = Some(match act {
            "as text" => "It can be shown as text once what is marked below is right.".to_owned(),
            _ => {
                "It can be shown as a form once it is one segment and what stands below is right.".to_owned()
            }
        });
    }
    state.typing = turned.unwrap_or(state.typing);
    draw(cx, state, StatusCode::OK).await
}

async fn save(cx: &Cx, state: State) -> Page {
    let (actor, role, id) = (cx.staff()?.actor(), cx.staff()?.role, state.id);
    let names = cx.read(rules::names).await?;
    let (rule, findings) = reading(&names, role, &state.typing);
    let text = match (&state.typing, rule) {
        (Typing::Text(text), _) => Some(text.clone()),
        (Typing::Form(_), rule) => rule.as_ref().map(print_segment),
    };
    let Some(text) = text.filter(|_| may_be_saved(&findings)) else {
        return draw(cx, State { checked: true, ..state }, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    match cx.write(move |tx| segments::save(tx, actor, id, &text)).await {
        Ok((segment, changed)) => {
            let said = match changed.as_slice() {
                [] => "Saved.".to_owned(),
                [one] => format!("Saved. The rule “{}” asks for it, so it is watched anew.", one.name),
                many => format!("Saved. {} rules ask for it, so they are watched anew.", many.len()),
            };
            views::see_saying(cx, &format!("/desk/segments/{}", segment.id), said)
        }
        Err(error) if is_mistake(&error) => refused(cx, state, &error).await,
        Err(error) => Err(error),
    }
}

async fn refused(cx: &Cx, state: State, error: &Error) -> Page {
    let status = crate::error::status(error.kind);
    draw(cx, State { checked: true, error: Some(error.safe.to_string()), ..state }, status).await
}
