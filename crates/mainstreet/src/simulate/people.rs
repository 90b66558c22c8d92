//! Who lives on the street: names from many places, how long they stay, how often they come, who answers.

use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Role, Timestamp};

use super::dice::{Dice, mix};
use super::grammar::{Grammar, Section, Voices};
use super::happening::Newcomer;

/// How somebody takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Comes with one problem.
    Passer,
    /// Reads and reacts.
    Reader,
    /// Writes every now and then.
    Regular,
    /// Likes to answer.
    Helper,
    /// Answers a great deal, and tires.
    Champion,
    /// Owner, manager, moderators.
    Staff,
    /// Comes to spam.
    Raider,
}

/// How a kind of member behaves. Chosen so that 400 members write 6,000 to 10,000 posts in a year.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habit {
    /// Share of the members who are neither staff nor raiders.
    pub(crate) share: f64,
    /// Median days from joining to leaving (log-normal).
    pub(crate) stay_days: f64,
    /// Standard deviation of the logarithm of the stay.
    pub(crate) stay_sigma: f64,
    /// Days with a visit in a week.
    pub(crate) visits: f64,
    /// Probability that a visit begins a topic.
    pub(crate) topics: f64,
    /// Reactions given on a visit, on average.
    pub(crate) reactions: f64,
    /// Weight when a reply looks for its author.
    pub(crate) answers: f64,
}

const fn habit(
    share: f64,
    stay: (f64, f64),
    visits: f64,
    topics: f64,
    reactions: f64,
    answers: f64,
) -> Habit {
    Habit { share, stay_days: stay.0, stay_sigma: stay.1, visits, topics, reactions, answers }
}

impl Kind {
    /// Kinds in the order of [`Kind::habit`]'s shares.
    pub(crate) const DRAWN: [Self; 5] =
        [Self::Passer, Self::Reader, Self::Regular, Self::Helper, Self::Champion];

    /// The numbers of this kind.
    pub(crate) fn habit(self) -> Habit {
        match self {
            Self::Passer => habit(0.39, (9.0, 1.1), 2.2, 0.10, 0.2, 0.15),
            Self::Reader => habit(0.30, (75.0, 1.0), 1.3, 0.07, 1.0, 0.3),
            Self::Regular => habit(0.22, (150.0, 0.9), 2.6, 0.16, 1.8, 2.0),
            Self::Helper => habit(0.08, (210.0, 0.8), 3.6, 0.11, 2.0, 9.0),
            Self::Champion => habit(0.01, (900.0, 0.1), 5.0, 0.08, 3.0, 70.0),
            Self::Staff => habit(0.0, (9_000.0, 0.0), 5.0, 0.02, 2.5, 14.0),
            Self::Raider => habit(0.0, (1.0, 0.0), 0.0, 0.0, 0.0, 0.0),
        }
    }
}

/// One person, kept for the whole story: forty-eight bytes each, a million fit.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The id.
    pub(crate) id: PersonId,
    /// When they come.
    pub(crate) joined: Timestamp,
    /// Before this they may not act: the end of a suspension.
    pub(crate) back: Timestamp,
    /// After this they do nothing.
    pub(crate) leaves: Timestamp,
    /// Half of a champion's energy is gone this long after this instant; see [`Person::energy`].
    pub(crate) tires: Timestamp,
    /// What they are.
    pub(crate) kind: Kind,
    /// What they may do.
    pub(crate) role: Role,
    /// Which culture the name is from.
    pub(crate) culture: u8,
    /// Set when staff closed the account.
    pub(crate) closed: bool,
    /// Makes the handle unique; 0 for the first of a handle.
    pub(crate) suffix: u32,
    /// The day of the story they were last seen on, plus one; 0 before the first.
    pub(crate) seen: u16,
    /// The day of their last contribution, plus one.
    pub(crate) contributed: u16,
    /// Whether they have written yet.
    pub(crate) wrote: bool,
}

/// Days in which a tired champion's answering falls to half.
pub(crate) const TIRING_DAYS: f64 = 16.0;

impl Person {
    /// The part of the first energy that is left at `at`: 1, then falling by half every [`TIRING_DAYS`].
    pub(crate) fn energy(&self, at: Timestamp) -> f64 {
        let over = at.since(self.tires).max(0) as f64 / DAY as f64;
        0.5_f64.powf(over / TIRING_DAYS)
    }

    /// True while they may act.
    pub(crate) fn here(&self, at: Timestamp) -> bool {
        !self.closed && self.joined <= at && self.back <= at && at <= self.leaves
    }
}

/// Makes names from the lists of `texts/names.txt`.
#[derive(Debug)]
pub(crate) struct Names {
    cultures: Vec<Culture>,
    weights: Vec<f64>,
    about: Option<Section>,
}

#[derive(Debug)]
struct Culture {
    first: Section,
    last: Section,
    place: Section,
    languages: Vec<String>,
}

impl Names {
    /// Reads the cultures.
    pub(crate) fn new(grammar: &Grammar) -> Self {
        let (mut cultures, mut weights) = (Vec::new(), Vec::new());
        for (_, scene) in grammar.of_kind("culture") {
            let sections = (scene.section("first"), scene.section("last"), scene.section("place"));
            if let (Some(first), Some(last), Some(place)) = sections {
                let languages = scene.list("languages").map(str::to_owned).collect();
                cultures.push(Culture { first, last, place, languages });
                weights.push(scene.number("weight", 1.0));
            }
        }
        let about = grammar.of_kind("glue").find_map(|(_, scene)| scene.section("about"));
        Self { cultures, weights, about }
    }

    /// Draws a culture.
    pub(crate) fn culture(&self, dice: &mut Dice) -> u8 {
        u8::try_from(dice.weighted(&self.weights)).unwrap_or(0)
    }

    /// Whether people of this culture write in `language`.
    pub(crate) fn speaks(&self, culture: u8, language: &str) -> bool {
        self.cultures
            .get(usize::from(culture))
            .is_some_and(|c| c.languages.iter().any(|known| known == language))
    }

    /// The person's name and handle without its suffix. The same for the same seed and index.
    pub(crate) fn name(&self, grammar: &Grammar, seed: u64, index: u32, culture: u8) -> (String, String) {
        let mut dice = Dice::new(mix(seed, u64::from(index) ^ 0x006e_616d_6573));
        let (mut first, mut last) = (String::new(), String::new());
        if let Some(culture) = self.cultures.get(usize::from(culture)) {
            grammar.say_any(&mut first, culture.first, &NOBODY, &mut dice);
            grammar.say_any(&mut last, culture.last, &NOBODY, &mut dice);
        }
        let handle = handle(&first, &last, &mut dice);
        let name = match dice.below(12) {
            0 => first,
            1 => format!("{first} {}.", last.chars().next().unwrap_or('X')),
            _ => format!("{first} {last}"),
        };
        (name, handle)
    }

    /// What the person says of themselves on the profile.
    pub(crate) fn newcomer(&self, grammar: &Grammar, seed: u64, index: u32, person: &Person) -> Newcomer {
        let (name, handle) = self.name(grammar, seed, index, person.culture);
        let handle = with_suffix(handle, person.suffix);
        let mut dice = Dice::new(mix(seed, u64::from(index) ^ 0x6162_6f75_7421));
        let (mut about, mut place) = (String::new(), String::new());
        if person.kind != Kind::Raider && dice.chance(0.45) {
            if let Some(culture) = self.cultures.get(usize::from(person.culture)) {
                grammar.say_any(&mut place, culture.place, &NOBODY, &mut dice);
            }
            if let Some(section) = self.about.filter(|_| dice.chance(0.7)) {
                grammar.say_any(
                    &mut about,
                    section,
                    &Voices { seed: mix(seed, index.into()), ..NOBODY },
                    &mut dice,
                );
            }
        }
        Newcomer { name, handle, about, place }
    }
}

/// A handle with what makes it unique. Higher numbers stand apart: a handle may end with a year of birth.
pub(crate) fn with_suffix(handle: String, suffix: u32) -> String {
    match suffix + 1 {
        1 => handle,
        number if number < BORN => format!("{handle}{number}"),
        number => format!("{handle}_{number}"),
    }
}

/// The earliest year of birth in a handle.
const BORN: u32 = 60;

/// Voices for texts in which nobody is spoken of.
pub(crate) const NOBODY: Voices<'static> =
    Voices { seed: 0, asker: ("", ""), author: ("", ""), to: ("", "") };

fn handle(first: &str, last: &str, dice: &mut Dice) -> String {
    let (first, last) = (plain(first), plain(last));
    let first = if first.is_empty() { "gardener".to_owned() } else { first };
    let last = if last.is_empty() { "lane".to_owned() } else { last };
    let initial = |name: &str| name.chars().take(1).collect::<String>();
    match dice.below(6) {
        0 => first,
        1 => format!("{first}_{}", initial(&last)),
        2 => format!("{}{last}", initial(&first)),
        3 => format!("{first}{}", BORN as usize + dice.below(40)),
        _ => format!("{first}_{last}"),
    }
}

/// Lower-case ASCII letters of a name; what has no such letter falls away.
fn plain(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).filter_map(plain_letter).collect()
}

fn plain_letter(letter: char) -> Option<char> {
    Some(match letter {
        'a'..='z' => letter,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ạ' | 'ă' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'ễ' | 'ế' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ị' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ọ' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' | 'ṣ' => 's',
        'ł' => 'l',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
        'ý' => 'y',
        'ż' | 'ź' | 'ž' => 'z',
        'ğ' => 'g',
        'ð' | 'đ' => 'd',
        _ => return None,
    })
}
