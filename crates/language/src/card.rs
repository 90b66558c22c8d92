//! The model card as data: how well what ships does, by set, by what a functional test tries, by group, by language.
//! `bench/language` measures and writes it; a figure of other weights than those that ship is a failed test.

use std::sync::OnceLock;

use serde::Deserialize;

/// All figures.
#[derive(Clone, Debug, Deserialize)]
pub struct Card {
    /// Name of the weights that were measured.
    pub model: String,
    /// A line a set and task.
    pub sets: Vec<SetFigures>,
    /// What each functional test for harassment tries, and how often the reading was right.
    pub functions: Vec<Function>,
    /// Groups of people, and how often a sentence about them was raised.
    pub groups: Vec<Group>,
    /// Languages, and how much was understood of a few sentences in each.
    pub languages: Vec<Language>,
}

/// Figures of one task on one set; those that do not apply are none.
#[derive(Clone, Debug, Deserialize)]
pub struct SetFigures {
    /// Such as `harassment`.
    pub task: String,
    /// Name of the set.
    pub set: String,
    /// True when other rows of the set were learnt from.
    pub learnt_from: bool,
    /// Rows judged.
    pub rows: usize,
    /// Area under the curve of hits against false alarms; 0.5 is chance.
    pub auc: Option<f64>,
    /// Share of what should be found that is found at the threshold that ships.
    pub recall: Option<f64>,
    /// Share of the harmless that is raised at that threshold.
    pub false_alarms: Option<f64>,
    /// Mean F1 of the classes.
    pub macro_f1: Option<f64>,
    /// Expected calibration error, ten bins.
    pub calibration_error: Option<f64>,
}

/// One functional test.
#[derive(Clone, Debug, Deserialize)]
pub struct Function {
    /// What it tries, in words.
    pub function: String,
    /// True when its sentences are harmful.
    pub harmful: bool,
    /// Sentences.
    pub rows: usize,
    /// Judged rightly.
    pub right: usize,
}

/// One group.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    /// Its name.
    pub group: String,
    /// Kind or neutral sentences about it.
    pub kind: usize,
    /// Those that were raised in vain.
    pub kind_raised: usize,
    /// Contemptuous sentences about it.
    pub contempt: usize,
    /// Those that were raised.
    pub contempt_raised: usize,
}

/// One language.
#[derive(Clone, Debug, Deserialize)]
pub struct Language {
    /// Its name.
    pub language: String,
    /// Sentences of each kind.
    pub each: usize,
    /// Insults raised.
    pub insults_raised: usize,
    /// Pleas for help that were seen to need a reply.
    pub pleas_seen: usize,
    /// Thanks that were read as praise.
    pub thanks_seen: usize,
}

/// The card of the weights that ship; none when its file cannot be read, which a test rules out.
pub fn card() -> Option<&'static Card> {
    static CARD: OnceLock<Option<Card>> = OnceLock::new();
    CARD.get_or_init(|| serde_json::from_str(include_str!("../weights/card.json")).ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_is_of_the_weights_that_ship() {
        let card = card().unwrap();
        assert_eq!(card.model, crate::Weights::shipped().name());
        assert!(card.sets.iter().any(|line| line.task == "harassment" && line.auc.is_some()));
        assert!(card.functions.len() > 10 && card.groups.len() > 10 && card.languages.len() > 3);
    }
}
