//! Which conversations there can be, and in which space.

use std::collections::HashMap;

use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{IdMint, Timestamp};

use super::dice::Dice;
use super::grammar::Grammar;
use super::story::Space;

/// A family of conversations, ready to be drawn.
#[derive(Debug)]
struct Entry {
    scene: usize,
    spaces: Vec<usize>,
    weight: f64,
    recurring: bool,
    after_launch: bool,
    language: String,
    /// The months it is told in, 1 to 12; none: all.
    months: Vec<u8>,
    told: u32,
}

/// All families by kind.
#[derive(Debug)]
pub(crate) struct Repertoire {
    kinds: HashMap<String, Vec<Entry>>,
    count: u32,
}

/// What was drawn.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) scene: usize,
    pub(crate) space: usize,
    pub(crate) language: String,
}

/// The spaces of `texts/spaces.txt`.
pub(crate) fn spaces(grammar: &Grammar, mint: &IdMint, at: Timestamp) -> Vec<Space> {
    let text = |scene: &super::grammar::Scene, key: &str| scene.props.get(key).cloned().unwrap_or_default();
    grammar
        .of_kind("space")
        .map(|(_, scene)| Space {
            id: SpaceId(mint.mint_past(at)),
            slug: scene.name.clone(),
            name: text(scene, "name"),
            about: text(scene, "about"),
            questions: scene.number("questions", 0.0) > 0.0,
            hours: scene.number("hours", 3.0),
            sigma: scene.number("sigma", 1.2),
            never: scene.number("never", 0.0),
        })
        .collect()
}

impl Repertoire {
    /// Sorts the scenes; fails when one names a space that is not there.
    pub(crate) fn new(grammar: &Grammar, spaces: &[Space]) -> Result<Self, String> {
        let mut kinds: HashMap<String, Vec<Entry>> = HashMap::new();
        for kind in KINDS {
            for (number, scene) in grammar.of_kind(kind) {
                let mut places = Vec::new();
                for slug in scene.list("spaces") {
                    let place = spaces.iter().position(|space| space.slug == slug);
                    places.push(place.ok_or_else(|| format!("{}: no space is called {slug}", scene.name))?);
                }
                if places.is_empty() {
                    return Err(format!("{} has no spaces", scene.name));
                }
                kinds.entry((*kind).to_owned()).or_default().push(Entry {
                    scene: number,
                    spaces: places,
                    weight: scene.number("weight", 1.0),
                    recurring: scene.props.contains_key("cluster"),
                    after_launch: scene.props.contains_key("launched"),
                    language: scene.props.get("lang").cloned().unwrap_or_else(|| "en".to_owned()),
                    months: scene.list("months").filter_map(|month| month.parse().ok()).collect(),
                    told: 0,
                });
            }
        }
        Ok(Self { kinds, count: 0 })
    }

    /// Draws a conversation of `kind`. One that was told lately waits, unless it is a recurring question.
    pub(crate) fn draw(&mut self, kind: &str, launched: bool, month: u8, dice: &mut Dice) -> Option<Drawn> {
        let entries = self.kinds.get_mut(kind)?;
        let weights: Vec<f64> = entries
            .iter()
            .map(|entry| {
                if (entry.after_launch && !launched)
                    || (!entry.months.is_empty() && !entry.months.contains(&month))
                {
                    0.0
                } else {
                    entry.weight
                }
            })
            .collect();
        let patience = u32::try_from(entries.len()).unwrap_or(0) / 2;
        self.count += 1;
        let mut chosen = 0;
        for _ in 0..5 {
            chosen = dice.weighted(&weights);
            let entry = entries.get(chosen)?;
            if entry.recurring || entry.told == 0 || self.count - entry.told > patience {
                break;
            }
        }
        let entry = entries.get_mut(chosen)?;
        entry.told = self.count;
        let space = *dice.pick(&entry.spaces)?;
        Some(Drawn { scene: entry.scene, space, language: entry.language.clone() })
    }
}

/// The kinds of conversations that the story draws.
const KINDS: &[&str] = &[
    "question",
    "talk",
    "show",
    "complaint",
    "intro",
    "event",
    "wins",
    "news",
    "launch",
    "outage",
    "outage-notice",
    "outage-report",
    "heat",
    "spam",
];
