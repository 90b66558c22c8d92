//! Notices: what staff, rather than other members, have to tell a member. A decision about what they wrote, the answer
//! to their appeal, what came of their flag.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId};
use mainstreet_kernel::{Result, Timestamp};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A decision of moderation.
    Decision,
    /// An answer to an appeal; the object is the decision.
    Appeal,
    /// What came of a flag; the object is the post.
    Flag,
    /// Raid mode; the object is its number.
    Raid,
    /// A mediation that they take part in.
    Mediation,
    /// Their new account.
    SignUp,
    /// A letter of the community; the object is the letter.
    Letter,
}

impl About {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Appeal => "appeal",
            Self::Flag => "flag",
            Self::Raid => "raid",
            Self::Mediation => "mediation",
            Self::SignUp => "sign_up",
            Self::Letter => "letter",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "appeal" => Self::Appeal,
            "flag" => Self::Flag,
            "raid" => Self::Raid,
            "mediation" => Self::Mediation,
            "sign_up" => Self::SignUp,
            "letter" => Self::Letter,
            _ => Self::Decision,
        }
    }
}

/// Something that a member was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub id: EntryId,
    /// What it is about.
    pub about: About,
    /// The number of the decision or post.
    pub object: i64,
    /// What is said, in a sentence.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// True while it was not read.
    pub unread: bool,
}

/// Tells a member. Those who cannot sign in here are told nothing.
pub fn tell(tx: &mut Tx<'_>, person: PersonId, about: About, object: i64, text: &str) -> Result<()> {
    store::insert(tx, person, about, object, text)
}

/// Takes an unread notice back, with what it was about. True when there was one.
pub fn take_back(tx: &mut Tx<'_>, person: PersonId, about: About, object: i64) -> Result<bool> {
    store::delete_unread(tx, person, about, object)
}

/// The latest notices of a member.
pub fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Notice>> {
    store::of_person(tx, person)
}

/// A member has looked at what these are about.
pub fn read(tx: &mut Tx<'_>, person: PersonId, object: i64) -> Result<()> {
    store::mark(tx, person, Some(object))
}

/// All of them count as read.
pub fn read_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    store::mark(tx, person, None)
}
