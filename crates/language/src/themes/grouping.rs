//! Grouping, on texts whose themes are known.

use proptest::prelude::*;

use super::*;

/// Themes with vocabularies of their own, as six words each.
const SUBJECTS: &[&str] = &[
    "battery drain charge noon phone empty",
    "invoice refund card bank payment receipt",
    "valve drip hose leak pump pressure",
    "login password reset mail link expired",
    "orchid repot bark mist bloom window",
    "gateway offline router signal wifi repeater",
];

/// A text about a subject: four of its words, and two of nobody's. The same number, the same text.
fn text(subject: usize, number: usize) -> Terms {
    let words: Vec<&str> = SUBJECTS[subject].split(' ').collect();
    let chosen: Vec<&str> = (0..4).map(|n| words[(number + n * (1 + number % 2)) % 6]).collect();
    terms(&chosen.join(" ab. "), &format!("noise{number}x other{}y", number * 7))
}

/// The same texts in order, with their subjects.
fn texts(count: usize) -> (Vec<Terms>, Vec<usize>) {
    let subjects: Vec<usize> = (0..count).map(|n| (n * 5 + n / 7) % SUBJECTS.len()).collect();
    (subjects.iter().enumerate().map(|(number, subject)| text(*subject, number)).collect(), subjects)
}

/// Puts texts in batch by batch, each time with what came of the time before.
fn in_batches(texts: &[Terms], ends: &[usize], meaning: &Meaning) -> Vec<(Before, Groups)> {
    let mut before = Before { meaning: meaning.clone(), ..Before::default() };
    let mut all = Vec::new();
    for end in ends {
        let corpus = Corpus::new(&texts[..*end]);
        let groups = group(&corpus, &before);
        let themes = groups.of.iter().flatten().max().map_or(0, |most| most + 1).max(before.settled.len());
        let (of, settled) = (groups.of.clone(), vec![false; themes]);
        let next = Before { of, settled, meaning: meaning.clone(), ..Before::default() };
        all.push((std::mem::replace(&mut before, next), groups));
    }
    all
}

/// B-cubed F1 (Bagga and Baldwin 1998): for each text, how much of its theme is of its subject, and how much of its
/// subject is in its theme.
fn f1(of: &[Option<usize>], subjects: &[usize]) -> f64 {
    let (mut precision, mut recall) = (0.0, 0.0);
    for (at, subject) in subjects.iter().enumerate() {
        let mine = |other: usize| other == at || (of[at].is_some() && of[other] == of[at]);
        let all: Vec<usize> = (0..of.len()).filter(|other| mine(*other)).collect();
        let same = all.iter().filter(|other| subjects[**other] == *subject).count() as f64;
        precision += same / all.len() as f64;
        recall += same / subjects.iter().filter(|other| *other == subject).count() as f64;
    }
    let (precision, recall) = (precision / subjects.len() as f64, recall / subjects.len() as f64);
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn subjects_are_found() {
    let (texts, subjects) = texts(120);
    let groups = group(&Corpus::new(&texts), &Before::default());
    let found = f1(&groups.of, &subjects);
    assert!(found > 0.85, "{found}");
    assert!(groups.merged.is_empty(), "nothing was known before");
    assert!(groups.near.iter().zip(&groups.of).all(|(near, of)| (*near > 0.0) == of.is_some()));
    assert_eq!(groups, group(&Corpus::new(&texts), &Before::default()));
}

#[test]
fn little_and_nothing_are_no_themes() {
    let empty = vec![terms("", ""); 50];
    let same = vec![terms("leak leak", "leak"); 2];
    for (texts, expect) in [(vec![], 0), (vec![terms("battery drain", "")], 0), (empty, 0), (same, 1)] {
        let groups = group(&Corpus::new(&texts), &Before::default());
        let mut themes: Vec<_> = groups.of.iter().flatten().collect();
        themes.dedup();
        assert_eq!(themes.len(), expect, "{} texts", texts.len());
    }
}

#[test]
fn what_a_person_said_holds() {
    let (texts, subjects) = texts(120);
    let corpus = Corpus::new(&texts);
    // Somebody parted one subject in two, took a text out, and put one where it does not belong.
    let half = |at: usize| subjects[at] == 2 && at.is_multiple_of(2);
    let whole = |at: usize| subjects[at] == 2 && at % 2 == 1;
    let out = (0..120).find(|at| subjects[*at] == 0).unwrap_or(0);
    let strange = (0..120).find(|at| subjects[*at] == 1).unwrap_or(0);
    let place = |at: usize| {
        if whole(at) || at == strange {
            Some(0)
        } else if half(at) {
            Some(1)
        } else {
            None
        }
    };
    let mut before = Before {
        of: (0..120).map(place).collect(),
        fixed: (0..120).map(|at| at == out || at == strange).collect(),
        settled: vec![false, false],
        apart: vec![(1, 0)],
        ..Before::default()
    };
    let groups = group(&corpus, &before);
    assert!((0..120).all(|at| place(at).is_none_or(|theme| groups.of[at] == Some(theme))));
    assert_eq!((groups.of[out], groups.merged.as_slice()), (None, &[][..]));
    // Not parted, they become one, and the older goes on; unless a person settled the younger.
    before.apart.clear();
    assert_eq!(group(&corpus, &before).merged, [(1, 0)]);
    before.settled = vec![false, true];
    assert_eq!(group(&corpus, &before).merged, [(0, 1)]);
    before.settled = vec![true, true];
    assert!(group(&corpus, &before).merged.is_empty(), "two that a person settled stay two");
}

#[test]
fn nonsense_in_what_was_known_does_no_harm() {
    let (texts, _) = texts(10);
    let before = Before {
        of: vec![Some(99); 40],
        fixed: vec![true; 3],
        settled: vec![false; 2],
        apart: vec![(7, 7), (0, 90)],
        ..Before::default()
    };
    let groups = group(&Corpus::new(&texts), &before);
    assert_eq!(groups.of.len(), 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However the texts arrive, a text that has a theme keeps it, under the number of the older where two became one.
    #[test]
    fn themes_keep_their_identity(
        cuts in proptest::collection::btree_set(1_usize..150, 0..8),
        meant in proptest::bool::ANY,
    ) {
        let (texts, subjects) = texts(150);
        let ends: Vec<usize> = cuts.into_iter().chain([150, 150]).collect();
        let directions = subjects.iter().map(|one| meant.then(|| direction(*one))).collect();
        let rounds = in_batches(&texts, &ends, &Meaning::new(0.2, directions));
        for (before, after) in &rounds {
            for (at, theme) in before.of.iter().enumerate() {
                let Some(theme) = theme else { continue };
                let moved = after.merged.iter().find(|(gone, _)| gone == theme).map(|(_, into)| *into);
                prop_assert_eq!(after.of[at], Some(moved.unwrap_or(*theme)));
                prop_assert!(moved.is_none_or(|into| into < *theme), "the older goes on");
            }
        }
        let last = &rounds[rounds.len() - 1];
        prop_assert_eq!(&last.0.of, &last.1.of, "twice does no harm");
        prop_assert!(f1(&last.1.of, &subjects) > 0.8, "{}", f1(&last.1.of, &subjects));
    }

    #[test]
    fn no_text_breaks_it(texts in proptest::collection::vec(("\\PC{0,40}", "\\PC{0,80}"), 0..20)) {
        let all: Vec<Terms> = texts.iter().map(|(title, body)| terms(title, body)).collect();
        let corpus = Corpus::new(&all);
        let groups = group(&corpus, &Before::default());
        prop_assert!(groups.near.iter().all(|near| (0.0..=1.0).contains(near)));
        let members: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        prop_assert!(name(&members, &corpus, 3).len() <= 3);
    }
}

/// A direction for each subject.
fn direction(subject: usize) -> Vec<i8> {
    (0..SUBJECTS.len()).map(|at| if at == subject { 120 } else { 5 }).collect()
}

#[test]
fn meaning_joins_what_shares_no_word_and_keeps_apart_what_only_shares_words() {
    let (mut texts, subjects) = texts(60);
    let stranger = terms("battery drain charge noon", "phone empty orchestra");
    texts.extend([terms("sluggish handset", "charmless brick"), stranger]);
    let (handset, orchestra) = (60, 61);
    let corpus = Corpus::new(&texts);
    let by_words = group(&corpus, &Before::default());
    assert_eq!(by_words.of[handset], None);
    assert_eq!(by_words.of[orchestra], by_words.of[0]);
    assert!(by_words.meant.iter().all(|meant| !meant));
    let mut directions: Vec<Option<Vec<i8>>> = subjects.iter().map(|one| Some(direction(*one))).collect();
    directions.extend([Some(direction(0)), Some(vec![5, -120, 5, -120, 5, -120])]);
    // One that means nothing, and one of another model.
    (directions[7], directions[8]) = (Some(vec![0; 6]), Some(vec![1, 2]));
    let before = Before { meaning: Meaning::new(0.2, directions), ..Before::default() };
    let groups = group(&corpus, &before);
    assert_eq!(groups.of[handset], groups.of[0]);
    assert!(groups.of[handset].is_some() && groups.meant[handset]);
    assert_eq!(groups.of[orchestra], None);
    assert!(f1(&groups.of[..60], &subjects) >= f1(&by_words.of[..60], &subjects));
    assert_eq!(groups, group(&corpus, &before), "the same each time");
}

#[test]
fn meaning_neither_moves_nor_merges_what_stands() {
    let (texts, subjects) = texts(60);
    let corpus = Corpus::new(&texts);
    let groups = group(&corpus, &Before::default());
    let themes = groups.of.iter().flatten().max().map_or(0, |most| most + 1);
    // All mean the same, says the model.
    let directions = subjects.iter().map(|_| Some(direction(0))).collect();
    let before = Before {
        of: groups.of.clone(),
        settled: vec![false; themes],
        meaning: Meaning::new(0.2, directions),
        ..Before::default()
    };
    let again = group(&corpus, &before);
    for (was, now) in groups.of.iter().zip(&again.of).filter(|(was, _)| was.is_some()) {
        assert_eq!(was, now);
    }
    assert_eq!(again.merged, []);
}
