//! Forms: a few questions that a member is asked, in the product and by mail, and what they answer. A rule asks, or a
//! person sends what a rule proposed.
//!
//! **Invariants.** Every question was written by somebody before it is asked. What was asked stays as it was, whatever
//! becomes of the form. A member is asked the same form again only after they answered, and never twice about one post.

mod store;

use mainstreet_community::people;
use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::text::{excerpt, fold};
use mainstreet_kernel::{Actor, Error, Result, Role, Timestamp};
use serde::{Deserialize, Serialize};

use crate::letters::{self, Draft};
use crate::signals;

/// Questions of a form.
pub const MOST_QUESTIONS: usize = 8;
/// Choices of a question.
const MOST_CHOICES: usize = 12;
/// The longest answer, in characters.
const LONGEST: usize = 4_000;
/// Forms of a community.
const MOST: usize = 100;

/// How a question is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// In a line.
    #[default]
    Short,
    /// In several lines.
    Long,
    /// By one of several choices.
    Choice,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Short, Self::Long, Self::Choice];

    /// The word of the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Choice => "choice",
        }
    }

    /// The words shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::Short => "a line",
            Self::Long => "several lines",
            Self::Choice => "one of the choices",
        }
    }

    /// The kind of this word; a line when there is none.
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap_or_default()
    }
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// What is asked.
    pub label: String,
    /// How it is answered.
    pub kind: Kind,
    /// The choices.
    pub options: Vec<String>,
    /// It may not be left out.
    pub required: bool,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// As rules call it.
    pub name: String,
    /// What the member reads above it.
    pub title: String,
    /// Why they are asked.
    pub intro: String,
    /// Its questions in their order.
    pub questions: Vec<Question>,
    /// True when it is shipped and nobody changed it.
    pub shipped: bool,
    /// How often it was sent, and answered.
    pub counts: (i64, i64),
}

/// A form that a member was asked to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub id: EntryId,
    /// The form's name.
    pub form: String,
    /// Its title, intro and questions as they were then.
    pub title: String,
    /// Why they were asked.
    pub intro: String,
    /// What they were asked.
    pub questions: Vec<Question>,
    /// Who was asked.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What it is about.
    pub post: Option<PostId>,
    /// What or who asked.
    pub sender: String,
    /// When.
    pub asked_at: Timestamp,
    /// The answers beside the questions.
    pub answers: Option<Vec<String>>,
    /// When they came.
    pub answered_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    pub(crate) letter: Option<EntryId>,
}

impl Asked {
    /// Each question with its answer; empty where nothing was answered.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let answer = |place: usize| {
            self.answers.as_ref().and_then(|all| all.get(place)).map(String::as_str).unwrap_or_default()
        };
        self.questions.iter().enumerate().map(|(place, one)| (one.label.as_str(), answer(place))).collect()
    }
}

/// The form that is there before anybody wrote one.
fn shipped() -> Form {
    let ask = |label: &str, kind, required| Question {
        label: label.to_owned(),
        kind,
        options: Vec::new(),
        required,
    };
    Form {
        name: "missing-details".to_owned(),
        title: "Help us to help you".to_owned(),
        intro: "Your question is easier to answer with a few more details. Leave out what you do not know, and no \
                passwords or keys, please."
            .to_owned(),
        questions: vec![
            ask("What did you want to do?", Kind::Long, true),
            ask("What happened instead?", Kind::Long, true),
            ask("Which version do you use, and where?", Kind::Short, false),
            ask("What have you tried so far?", Kind::Long, false),
        ],
        shipped: true,
        counts: (0, 0),
    }
}

/// All of them, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Form>> {
    let mut all = store::all(tx)?;
    let first = shipped();
    if !all.iter().any(|one| one.name == first.name) {
        all.push(first);
    }
    for one in &mut all {
        one.counts = store::counts(tx, &one.name)?;
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// The one of this name.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<Form>> {
    Ok(all(tx)?.into_iter().find(|one| fold(&one.name) == fold(name)))
}

/// Saves a form; one of the same name is changed. Whoever was asked already answers what they were asked.
///
/// # Errors
/// Not a manager; no name or title; no question, or too many; a question with no choices to choose from.
pub fn save(tx: &mut Tx<'_>, actor: Actor, form: &Form) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("A manager writes forms. Ask one."));
    }
    check(form)?;
    let known = all(tx)?;
    let same = known.iter().find(|one| fold(&one.name) == fold(form.name.trim()));
    if same.is_none() && known.len() >= MOST {
        return Err(Error::invalid("There are a hundred forms already. Change one of them."));
    }
    let name = same.map_or(form.name.trim(), |one| one.name.as_str());
    store::put(tx, name, form, actor.person)
}

fn check(form: &Form) -> Result<()> {
    let refuse = |why: String| Err(Error::invalid(why));
    let name = form.name.trim();
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ');
    if name.is_empty() || name.chars().count() > 60 || !name.chars().all(plain) {
        return refuse("Give it a name of letters, digits and hyphens, such as missing-details.".to_owned());
    }
    if form.title.trim().is_empty() || form.title.chars().count() > 120 {
        return refuse("Give it a title in at most 120 characters: the member reads it first.".to_owned());
    }
    if form.intro.trim().is_empty() || form.intro.chars().count() > 2_000 {
        return refuse("Say in at most 2,000 characters why you ask.".to_owned());
    }
    if form.questions.is_empty() || form.questions.len() > MOST_QUESTIONS {
        return refuse(format!("A form has 1 to {MOST_QUESTIONS} questions."));
    }
    for (place, question) in form.questions.iter().enumerate() {
        let place = place + 1;
        if question.label.chars().count() > 300 {
            return refuse(format!("Question {place}: ask it in at most 300 characters."));
        }
        if question.kind == Kind::Choice && !(2..=MOST_CHOICES).contains(&question.options.len()) {
            return refuse(format!("Question {place}: write 2 to {MOST_CHOICES} choices, one a line."));
        }
        if question.options.iter().any(|option| option.chars().count() > 120) {
            return refuse(format!("Question {place}: keep every choice under 120 characters."));
        }
    }
    Ok(())
}

/// What became of asking somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes(EntryId),
    /// They have not answered this form yet, or were asked about this post.
    Already,
    /// The person has no account here.
    Nobody,
}

/// Asks a member to fill in a form. `sender`: what asks, and whether it is a program.
pub(crate) fn ask(
    tx: &mut Tx<'_>,
    (person, post): (PersonId, Option<PostId>),
    form: &Form,
    hit: Option<EntryId>,
    (sender, automatic): (&str, bool),
) -> Result<Sent> {
    if store::open(tx, person, &form.name, post)? {
        return Ok(Sent::Already);
    }
    let id = EntryId(tx.mint());
    let path = format!("/forms/{id}");
    let questions: Vec<String> = form.questions.iter().map(|one| format!("- {}", one.label)).collect();
    let name = name_of(tx, person)?;
    let first = name.split_whitespace().next().unwrap_or(&name);
    let body = format!("Hello {first},\n\n{}\n\n{}\n\nAnswer here:", form.intro.trim(), questions.join("\n"));
    let from = tx.now();
    let draft =
        Draft { to: person, post, subject: &form.title, body: &body, path: &path, sender, automatic, from };
    let Some(letter) = letters::write(tx, &draft)? else { return Ok(Sent::Nobody) };
    store::add(tx, id, form, (person, post, hit), (sender, letter))?;
    Ok(Sent::Yes(id))
}

/// What a member was asked.
///
/// # Errors
/// `NotFound` for anybody else, `Gone` when it was taken back.
pub fn open(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<Asked> {
    let asked = store::find(tx, id)?.filter(|asked| asked.person == person);
    let asked = asked.ok_or_else(|| Error::not_found("There is no such form for you."))?;
    if asked.withdrawn_at.is_some() {
        return Err(Error::gone("This form was taken back, so it needs no answer."));
    }
    if let Some(letter) = asked.letter {
        mainstreet_community::notices::read(tx, person, letter.0)?;
    }
    Ok(asked)
}

/// The member answers. The answer is an item of the inbox, or one more reason of the item about the post.
///
/// # Errors
/// As [`open`]; `Invalid` naming the question that is missing or too long; `Conflict` when it was answered.
pub fn answer(tx: &mut Tx<'_>, actor: Actor, id: EntryId, answers: &[String]) -> Result<()> {
    let person = actor.person.ok_or_else(|| Error::forbidden("Sign in to answer."))?;
    let asked = open(tx, person, id)?;
    let mut kept = Vec::new();
    for (place, question) in asked.questions.iter().enumerate() {
        let answer = answers.get(place).map(|answer| answer.trim()).unwrap_or_default();
        let said = excerpt(&question.label, 80);
        if question.required && answer.is_empty() {
            return Err(Error::invalid(format!("Answer “{said}” too: it is needed.")));
        }
        if answer.chars().count() > LONGEST {
            return Err(Error::invalid(format!("Keep the answer to “{said}” under 4,000 characters.")));
        }
        let chosen = question.kind != Kind::Choice
            || answer.is_empty()
            || question.options.iter().any(|option| option == answer);
        if !chosen {
            return Err(Error::invalid(format!("Choose one of the answers to “{said}”.")));
        }
        kept.push(answer.to_owned());
    }
    if kept.iter().all(String::is_empty) {
        return Err(Error::invalid("Answer at least one of the questions."));
    }
    store::set_answers(tx, id, &kept)?;
    tell(tx, &Asked { answers: Some(kept), ..asked })
}

/// The desk hears of an answer: in the inbox where there is a post it is about, by letter where there is none.
fn tell(tx: &mut Tx<'_>, asked: &Asked) -> Result<()> {
    let said: Vec<String> = asked
        .pairs()
        .into_iter()
        .filter(|(_, answer)| !answer.is_empty())
        .map(|(question, answer)| format!("{question} {answer}"))
        .collect();
    let why = format!("{} answered the form “{}”. {}", asked.name, asked.title, said.join("; "));
    let why = excerpt(&why, 1_000);
    if let Some(post) = asked.post
        && signals::form_answered(tx, post, asked.id, asked.person, &why)?.is_some()
    {
        return Ok(());
    }
    let subject = format!("{} answered a form", asked.name);
    let path = format!("/desk/rules/forms/answers/{}", asked.id);
    let from = tx.now();
    for to in store::staff(tx)? {
        let draft = Draft {
            to,
            post: None,
            subject: &subject,
            body: &why,
            path: &path,
            sender: &asked.sender,
            automatic: true,
            from,
        };
        letters::write(tx, &draft)?;
    }
    Ok(())
}

/// What somebody was asked and answered, for the desk.
///
/// # Errors
/// `NotFound` when there is no such thing.
pub fn asked(tx: &mut Tx<'_>, id: EntryId) -> Result<Asked> {
    store::find(tx, id)?.ok_or_else(|| Error::not_found("There is no such form."))
}

/// Who was asked lately, the latest first.
pub fn lately(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Asked>> {
    store::lately(tx, most)
}

/// Takes back what was asked, with its letter when nobody has read it.
///
/// # Errors
/// Not staff; `Conflict` when it was answered or taken back.
pub fn withdraw(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<()> {
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Forms are for those who work in the desk."));
    }
    let asked = asked(tx, id)?;
    store::withdraw(tx, id)?;
    if let Some(letter) = asked.letter {
        letters::take_back(tx, asked.person, letter)?;
    }
    Ok(())
}

/// A member's name.
pub(crate) fn name_of(tx: &mut Tx<'_>, person: PersonId) -> Result<String> {
    Ok(people::store::face_of(tx, person)?.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_whole_before_it_is_saved() {
        let good = shipped();
        assert!(check(&good).is_ok());
        let refused = |change: &dyn Fn(&mut Form), part: &str| {
            let mut form = shipped();
            change(&mut form);
            assert!(check(&form).is_err_and(|error| error.safe.contains(part)), "{part}");
        };
        refused(&|form| form.name = "a/b".to_owned(), "name of letters");
        refused(&|form| form.title = " ".to_owned(), "title");
        refused(&|form| form.intro.clear(), "why you ask");
        refused(&|form| form.questions.clear(), "1 to 8");
        refused(&|form| form.questions = vec![Question::default(); 9], "1 to 8");
        refused(&|form| form.questions[1].kind = Kind::Choice, "Question 2");
        refused(&|form| form.questions[0].label = "x".repeat(301), "Question 1");
    }
}
