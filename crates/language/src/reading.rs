//! What comes back from reading a text: plain values, each judgement with its probability and its reasons.

use serde::{Deserialize, Serialize};

/// A stretch of the text that was read, in bytes; both ends lie on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The words it covers in `text`; empty when it is not a span of that text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// Declares a closed list of labels with their words on the wire.
macro_rules! labels {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $label:ident = $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $wire)] $label,)* }

        impl $name {
            /// Every label, in the order of the probabilities.
            pub const ALL: &'static [Self] = &[$(Self::$label,)*];

            /// The word used in JSON, in the database and in training rows.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$label => $wire,)* }
            }

            /// Reads what [`Self::as_str`] wrote.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($wire => Some(Self::$label),)* _ => None }
            }
        }
    };
}

pub(crate) use labels;

labels! {
    /// What the writer wants from the community.
    Intent {
        /// Help with something that does not work or is not understood.
        Support = "support",
        /// An idea, a request or an opinion about how things should be.
        Feedback = "feedback",
        /// People: introductions, jobs, meeting, working together.
        Networking = "networking",
        /// Getting better at something: resources, practice, sharing what was learnt.
        Learning = "learning",
        /// Something went wrong and the writer is unhappy about it.
        Complaint = "complaint",
        /// Thanks or applause.
        Praise = "praise",
        /// News for everybody.
        Announcement = "announcement",
        /// A reply that helps or informs somebody who asked.
        Answer = "answer",
        /// Small talk, or not enough to tell.
        Unclear = "unclear",
    }
}

labels! {
    /// Harm that a text may do. A reading only ever says "possible": a person confirms.
    RiskKind {
        /// Insults, threats or contempt aimed at people.
        Harassment = "harassment",
        /// Unwanted advertising, scams, link drops.
        Spam = "spam",
        /// Data about a person, or a secret key, that should not stand in public.
        PersonalData = "personal_data",
        /// Claims in the manner of rumours; says nothing about truth.
        Misinformation = "misinformation",
        /// Things a brand does not want to stand beside: profanity, scandal, press.
        BrandSafety = "brand_safety",
        /// Law: data-protection requests, legal threats, copyright, minors.
        Compliance = "compliance",
    }
}

labels! {
    /// Why a text may not be able to wait.
    UrgencyKind {
        /// A person may come to harm.
        Harm = "harm",
        /// Something is down for many.
        Outage = "outage",
        /// A hole, a leak or a break-in.
        Security = "security",
        /// Work or data is gone.
        DataLoss = "data_loss",
        /// Lawyers or authorities with a date.
        Legal = "legal",
        /// The writer cannot go on.
        Blocked = "blocked",
        /// A date comes near.
        Deadline = "deadline",
        /// Several people have it.
        ManyPeople = "many_people",
        /// The writer says that it is urgent.
        Pressing = "pressing",
    }
}

impl UrgencyKind {
    /// How far the cue alone lifts an item.
    pub fn level(self) -> Urgency {
        match self {
            Self::Harm | Self::Outage | Self::Security | Self::Legal => Urgency::Urgent,
            Self::DataLoss | Self::Blocked | Self::ManyPeople | Self::Pressing | Self::Deadline => {
                Urgency::High
            }
        }
    }
}

labels! {
    /// How soon somebody should look, as far as the words say. Low first, so that `max` works.
    Urgency {
        /// Nothing in it asks for anybody.
        Low = "low",
        /// The usual.
        Normal = "normal",
        /// Today.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}

labels! {
    /// At whom or what a feeling is aimed.
    Target {
        /// A product, its code, a release, a document.
        Product = "product",
        /// The people spoken to.
        Person = "person",
        /// A group of people.
        Group = "group",
        /// The writer.
        Oneself = "self",
        /// Nobody in particular, or it cannot be told.
        Nobody = "nobody",
    }
}

labels! {
    /// What kind of personal data or secret a span holds.
    PersonalKind {
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
        /// A payment card number whose check digit holds.
        Card = "payment_card",
        /// A bank account number whose check digits hold.
        Iban = "iban",
        /// An internet address of a machine.
        Ip = "ip_address",
        /// An access key, token, private key or password.
        Secret = "secret",
        /// A national number such as a US social security number.
        NationalId = "national_id",
        /// A postal address.
        Address = "address",
    }
}

/// Something that moved a judgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// In words a moderator understands, such as `asks how to do something`.
    pub what: String,
    /// Where in the text; none when it is about the whole.
    pub span: Option<Span>,
    /// How far it moved the judgement, in log-odds: positive towards the label, negative away from it.
    pub weight: f32,
}

/// A yes-or-no judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Judged {
    /// Calibrated probability of yes, 0 to 1.
    pub probability: f32,
    /// What moved it most, strongest first.
    pub reasons: Vec<Reason>,
}

/// The probabilities of all intents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intents {
    /// One for each of [`Intent::ALL`], in that order; they sum to 1.
    pub probabilities: [f32; 9],
    /// What moved the likeliest intent most.
    pub reasons: Vec<Reason>,
}

/// Below this probability the likeliest intent is not good enough to act upon (desk, A1: "the model only
/// proposes"); [`Intents::decided`] then says unclear.
pub const INTENT_THRESHOLD: f32 = 0.4;

/// From this probability of [`Intent::Complaint`] on a text is worth a person's look, whatever else is likelier. A
/// complaint that nobody sees is taken to cost three times what it costs to close an item that was none, so the
/// threshold is one in four (see the model card for what it finds and what it raises in vain).
pub const COMPLAINT_THRESHOLD: f32 = 0.25;

impl Intents {
    /// The probability of one intent.
    pub fn of(&self, intent: Intent) -> f32 {
        Intent::ALL
            .iter()
            .zip(self.probabilities)
            .find(|(label, _)| **label == intent)
            .map_or(0.0, |(_, probability)| probability)
    }

    /// The likeliest intent and its probability.
    pub fn likeliest(&self) -> (Intent, f32) {
        Intent::ALL
            .iter()
            .zip(self.probabilities)
            .fold((Intent::Unclear, 0.0), |best, (label, p)| if p > best.1 { (*label, p) } else { best })
    }

    /// The likeliest intent where it reaches [`INTENT_THRESHOLD`], otherwise [`Intent::Unclear`].
    pub fn decided(&self) -> Intent {
        let (intent, probability) = self.likeliest();
        if probability < INTENT_THRESHOLD { Intent::Unclear } else { intent }
    }
}

/// The probabilities of the three feelings, and what they are about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sentiment {
    /// Probability of a positive text.
    pub positive: f32,
    /// Probability of a text without feeling.
    pub neutral: f32,
    /// Probability of a negative text.
    pub negative: f32,
    /// At whom or what it is aimed.
    pub target: Target,
    /// What moved it most.
    pub reasons: Vec<Reason>,
}

/// The harms a text may do, each judged for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Risks {
    /// Insults, threats or contempt aimed at people.
    pub harassment: Judged,
    /// Unwanted advertising, scams, link drops.
    pub spam: Judged,
    /// Personal data or secrets; certain kinds raise it more than others.
    pub personal_data: Judged,
    /// Rumour-like claims.
    pub misinformation: Judged,
    /// Things a brand does not want to stand beside.
    pub brand_safety: Judged,
    /// Legal matters.
    pub compliance: Judged,
}

impl Risks {
    /// The judgement on one kind.
    pub fn of(&self, kind: RiskKind) -> &Judged {
        match kind {
            RiskKind::Harassment => &self.harassment,
            RiskKind::Spam => &self.spam,
            RiskKind::PersonalData => &self.personal_data,
            RiskKind::Misinformation => &self.misinformation,
            RiskKind::BrandSafety => &self.brand_safety,
            RiskKind::Compliance => &self.compliance,
        }
    }

    /// The kinds at or above the threshold shipped for each, in the order of [`RiskKind::ALL`].
    pub fn possible(&self) -> impl Iterator<Item = (RiskKind, &Judged)> {
        RiskKind::ALL
            .iter()
            .map(|kind| (*kind, self.of(*kind)))
            .filter(|(kind, judged)| judged.probability >= kind.threshold())
    }
}

impl RiskKind {
    /// From this probability on the desk shows the risk as possible. Harassment: chosen so that less than two
    /// in a hundred civil developer comments reach it (see the model card).
    pub fn threshold(self) -> f32 {
        match self {
            Self::Harassment => 0.4,
            Self::Spam => 0.5,
            Self::PersonalData | Self::Misinformation | Self::BrandSafety | Self::Compliance => 0.4,
        }
    }
}

/// A word or phrase that makes a text pressing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UrgencyCue {
    /// Why it may not be able to wait.
    pub kind: UrgencyKind,
    /// Where it says so.
    pub span: Span,
}

/// Personal data or a secret in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PersonalSpan {
    /// What it is.
    pub kind: PersonalKind,
    /// Where it stands.
    pub span: Span,
}

/// Everything that was read from one text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// What the writer wants.
    pub intent: Intents,
    /// Whether somebody should answer.
    pub needs_reply: Judged,
    /// How soon, as far as the words say; the desk adds age, members and numbers.
    pub urgency: Urgency,
    /// The words behind it.
    pub urgency_cues: Vec<UrgencyCue>,
    /// The harm it may do.
    pub risk: Risks,
    /// How it feels and about what.
    pub sentiment: Sentiment,
    /// Whether it is polite.
    pub politeness: Judged,
    /// Personal data and secrets, in order of appearance. Code is searched too: keys are pasted there.
    pub personal_data: Vec<PersonalSpan>,
    /// ISO 639-1 code of its language; none when there is too little to tell.
    pub language: Option<&'static str>,
    /// What it is about, most telling first.
    pub keyphrases: Vec<String>,
    /// Name and fingerprint of the weights that judged.
    pub model: String,
}

/// What is known about a text besides its words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The conversation's title, when the text opens it; empty otherwise.
    pub title: &'a str,
    /// True when the text answers another post.
    pub reply: bool,
    /// Hosts of the community itself (`example.org`); links there are not held against anybody.
    pub own_hosts: &'a [&'a str],
}
