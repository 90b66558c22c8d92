//! A rule as it was meant: typed, and the same whether it came from a text or from the form editor.

use crate::finding::At;
use crate::length::Length;
use crate::schedule::{Each, Schedule};

/// One rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// Comments above it, without the `#`.
    pub comments: Vec<String>,
    /// What it is called; no two rules of a community share a name.
    pub name: String,
    /// Why it is there, for members and for the next moderator.
    pub why: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// The guideline it enforces.
    pub guideline: Option<String>,
    /// The events that set it off.
    pub when: Vec<String>,
    /// For a rule on a schedule: at which times.
    pub every: Option<Schedule>,
    /// For a rule on a schedule: what it looks at, one by one.
    pub each: Option<Each>,
    /// All of these must hold.
    pub all: Vec<Condition>,
    /// At least one of these must hold, when there are any.
    pub any: Vec<Condition>,
    /// None of these may hold.
    pub unless: Vec<Condition>,
    /// What is done.
    pub then: Vec<Step>,
    /// How often at most.
    pub limits: Vec<Limit>,
    /// When it ends.
    pub expires: Option<Ending>,
    /// When somebody looks at it again.
    pub review: Option<Ending>,
    /// Percent of members it deliberately leaves alone, to measure what it changes.
    pub hold_out: Option<u8>,
    /// Texts it must match.
    pub matching: Vec<Example>,
    /// Texts it must not match.
    pub not_matching: Vec<Example>,
    /// Where it begins.
    pub at: At,
    /// Where its parts stand.
    pub places: Places,
}

/// Where the parts of a rule stand that are not typed values of their own. Does not take part in comparisons.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Places {
    /// The value of `guideline:`.
    pub guideline: At,
    /// The value of `when:`.
    pub when: At,
    /// The value of `then:`.
    pub then: At,
    /// The value of `owner:`.
    pub owner: At,
    /// The value of `every:`.
    pub every: At,
    /// The value of `for each:`.
    pub each: At,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Every one.
    All(Vec<Condition>),
    /// At least one.
    Any(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// Nothing: the event is reason enough.
    Always(At),
    /// One question to one field or counter.
    Test(Comparison),
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is asked about.
    pub subject: Subject,
    /// What is asked.
    pub test: Test,
    /// Where it stands.
    pub at: At,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A field of the vocabulary.
    Field(String),
    /// How often something happened.
    Times {
        /// What is counted.
        event: String,
        /// How far back.
        window: Length,
    },
    /// How many different ones there were.
    Distinct {
        /// Who is told apart.
        who: String,
        /// What they did.
        event: String,
        /// How far back.
        window: Length,
    },
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The flag is set.
    IsSet,
    /// Compares with an amount.
    Compare(Order, Amount),
    /// From one amount to another, both included.
    Between(Amount, Amount),
    /// Words in a text.
    Words(Quantity, Way, Vec<String>),
    /// Words with `*` and `?` in a text.
    Matches(Way, Vec<String>),
    /// Regular expressions in a text, any of them.
    Regex(Way, Vec<String>),
    /// Things of a known shape in a text, any of them.
    LooksLike(Vec<String>),
    /// Members of a list. The flag: written `includes` instead of `has`.
    Members(Quantity, bool, Vec<String>),
    /// The word is one of these (or none of these, when the flag is set).
    OneOf(bool, Vec<String>),
    /// One of these calendars is open (or none, when the flag is set).
    Within(bool, Vec<String>),
}

/// How two amounts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Order {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }
}

/// A number or a length of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// A number.
    Number(f64),
    /// A length of time.
    Length(Length),
}

/// How many of several must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// At least one.
    Any,
    /// Every one.
    All,
    /// Not one.
    None,
}

/// Where in a text a word may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spot {
    /// As a whole word.
    #[default]
    Word,
    /// Anywhere, inside of other words too.
    Anywhere,
    /// At the beginning of the text.
    Starts,
    /// At the end of the text.
    Ends,
    /// It is the whole text.
    Exact,
}

/// How words are looked for in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Way {
    /// Where they may stand.
    pub spot: Spot,
    /// `f4ke` and `faaake` count as `fake`.
    pub loose: bool,
    /// Capitals matter.
    pub case: bool,
    /// Quoted text is searched too.
    pub quotes: bool,
    /// Code is searched too.
    pub code: bool,
}

impl Way {
    /// The options and how they are written, in the order in which they are written.
    pub(crate) fn options(self) -> Vec<&'static str> {
        let spot = match self.spot {
            Spot::Word => None,
            Spot::Anywhere => Some("anywhere"),
            Spot::Starts => Some("starts"),
            Spot::Ends => Some("ends"),
            Spot::Exact => Some("exact"),
        };
        let rest = [
            (self.loose, "loose"),
            (self.case, "case"),
            (self.quotes, "with quotes"),
            (self.code, "with code"),
        ];
        spot.into_iter().chain(rest.into_iter().filter(|(on, _)| *on).map(|(_, word)| word)).collect()
    }

    /// Every option.
    pub(crate) const OPTIONS: [&str; 8] =
        ["anywhere", "starts", "ends", "exact", "loose", "case", "with quotes", "with code"];

    /// Sets the option of this name; false when there is none.
    pub(crate) fn set(&mut self, option: &str) -> bool {
        match option {
            "anywhere" => self.spot = Spot::Anywhere,
            "starts" => self.spot = Spot::Starts,
            "ends" => self.spot = Spot::Ends,
            "exact" => self.spot = Spot::Exact,
            "loose" => self.loose = true,
            "case" => self.case = true,
            "with quotes" => self.quotes = true,
            "with code" => self.code = true,
            _ => return false,
        }
        true
    }
}

/// Something a rule does, at once or later.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// At once.
    Now(Action),
    /// After a while.
    Later {
        /// How long.
        wait: Length,
        /// Not when somebody has answered meanwhile.
        without_reply: bool,
        /// What is done then.
        actions: Vec<Action>,
        /// Where it stands.
        at: At,
    },
}

impl Step {
    /// The actions of this step.
    pub fn actions(&self) -> &[Action] {
        match self {
            Self::Now(action) => std::slice::from_ref(action),
            Self::Later { actions, .. } => actions,
        }
    }
}

/// One action with what it needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// A name of the vocabulary.
    pub name: String,
    /// Parameters by name, in the order of the vocabulary.
    pub given: Vec<(String, Given)>,
    /// Where it stands.
    pub at: At,
}

impl Action {
    /// The parameter of this name, when it was given.
    pub fn get(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|(known, _)| known == name).map(|(_, given)| given)
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// A word or a text.
    Word(String),
    /// A number.
    Number(f64),
    /// A length of time.
    Length(Length),
    /// Yes or no.
    Flag(bool),
    /// Several words.
    Many(Vec<String>),
}

/// How often a rule may act: beyond it, what it would do goes to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many times.
    pub count: u32,
    /// The word behind the number, when one was written: `requests`.
    pub noun: Option<String>,
    /// Counted for each member on their own.
    pub per_person: bool,
    /// In which time.
    pub per: crate::length::Unit,
}

/// When something ends or is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Never.
    Never,
    /// So long after the rule was saved.
    In(Length),
    /// On a day: year, month, day.
    On(i16, i8, i8),
}

/// A text, or several facts, that a rule is tried on.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Field and value as written; a text alone has an empty field name.
    pub facts: Vec<(String, Given)>,
    /// Where it stands.
    pub at: At,
}
