//! Putting texts together, one after the other, as they were written.

use std::collections::HashMap;

use super::corpus::{Corpus, Vector};
use super::meaning::{Centres, Meaning};

/// Two texts that stand alone found a theme from this cosine on. The three thresholds were chosen on invented
/// communities whose themes are known (`mainstreet simulate --truth`) and by reading the themes of public archives.
pub const PAIR: f32 = 0.22;
/// A text goes to the nearest theme from this cosine with its centre on.
pub const ASSIGN: f32 = 0.17;
/// Themes whose centres are this near become one.
pub const MERGE: f32 = 0.24;
/// The centre of a theme is made of so many terms: those that weigh most.
const CENTRE: usize = 60;
/// A lone text this much nearer than any theme is preferred: `1 / 0.8`.
const RATHER: f32 = 0.8;
/// How often what stands alone is held against the themes that grew.
const ROUNDS: usize = 6;

/// What was known before: themes are numbered from 0, older ones first.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The theme of each text, in the order of the corpus; texts past the end have none.
    pub of: Vec<Option<usize>>,
    /// Texts that a person put where they are, or took out: they are not moved.
    pub fixed: Vec<bool>,
    /// For each theme, whether a person settled that it is one.
    pub settled: Vec<bool>,
    /// Themes that a person parted: they never become one again.
    pub apart: Vec<(usize, usize)>,
    /// What a sentence model says of the texts; nothing: words alone count.
    pub meaning: Meaning,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// The theme of each text. Numbers from [`Before::settled`]'s length on are new.
    pub of: Vec<Option<usize>>,
    /// How near each text is to the centre of its theme, 0 to 1.
    pub near: Vec<f32>,
    /// Whether a text found its theme just now by meaning: by its words alone it had not.
    pub meant: Vec<bool>,
    /// Themes of before that went into another: which, into which.
    pub merged: Vec<(usize, usize)>,
}

/// Groups the texts of `corpus`, which stand in the order they were written.
pub fn group(corpus: &Corpus, before: &Before) -> Groups {
    let mut state = State::new(corpus, before);
    let mut waiting = state.place_all();
    for _ in 0..ROUNDS {
        let merged = state.merge_all();
        let count = waiting.len();
        waiting.retain(|text| !state.join(*text));
        if merged == 0 && waiting.len() == count {
            break;
        }
    }
    state.groups()
}

struct State<'a> {
    corpus: &'a Corpus,
    before: &'a Before,
    of: Vec<Option<usize>>,
    members: Vec<Vec<usize>>,
    sums: Vec<HashMap<u32, f32>>,
    centres: Vec<Vector>,
    /// The centres by term.
    by_term: Vec<Vec<(usize, f32)>>,
    /// Texts that stand alone, by term.
    alone: Vec<Vec<(usize, f32)>>,
    apart: Vec<(usize, usize)>,
    merged: Vec<(usize, usize)>,
    scores: Vec<f32>,
    /// Where each theme points, by a sentence model.
    directions: Centres<'a>,
    meant: Vec<bool>,
}

/// A theme near to a text: how near by words and meaning, and by words alone.
#[derive(Clone, Copy)]
struct Near {
    at: usize,
    all: f32,
    words: f32,
}

impl<'a> State<'a> {
    fn new(corpus: &'a Corpus, before: &'a Before) -> Self {
        let themes = before.settled.len();
        let mut state = Self {
            corpus,
            before,
            of: vec![None; corpus.len()],
            members: vec![Vec::new(); themes],
            sums: vec![HashMap::new(); themes],
            centres: vec![Vector::new(); themes],
            by_term: vec![Vec::new(); corpus.terms],
            alone: vec![Vec::new(); corpus.terms],
            apart: before.apart.clone(),
            merged: Vec::new(),
            scores: Vec::new(),
            directions: Centres::new(&before.meaning, themes),
            meant: vec![false; corpus.len()],
        };
        for (text, theme) in before.of.iter().enumerate().take(corpus.len()) {
            if let Some(theme) = theme.filter(|theme| *theme < themes) {
                state.add(text, theme);
            }
        }
        (0..themes).for_each(|theme| state.centre(theme));
        state
    }

    fn vector(&self, text: usize) -> &'a [(u32, f32)] {
        self.corpus.vectors.get(text).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, text: usize, theme: usize) {
        if let Some(of) = self.of.get_mut(text) {
            *of = Some(theme);
        }
        self.directions.add(text, theme);
        let vector = self.vector(text);
        if let (Some(members), Some(sums)) = (self.members.get_mut(theme), self.sums.get_mut(theme)) {
            members.push(text);
            for (term, weight) in vector {
                *sums.entry(*term).or_default() += weight;
            }
        }
    }

    /// Works out the centre of a theme again: the terms that weigh most, of length one.
    fn centre(&mut self, theme: usize) {
        self.directions.turn(theme);
        for (term, _) in self.centres.get_mut(theme).map(std::mem::take).unwrap_or_default() {
            if let Some(list) = self.by_term.get_mut(term as usize)
                && let Some(at) = list.iter().position(|(other, _)| *other == theme)
            {
                list.swap_remove(at);
            }
        }
        let heavier = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        let mut top: Vector =
            self.sums.get(theme).into_iter().flatten().map(|(term, sum)| (*term, *sum)).collect();
        if top.len() > CENTRE {
            top.select_nth_unstable_by(CENTRE, heavier);
            top.truncate(CENTRE);
        }
        top.sort_unstable_by_key(|(term, _)| *term);
        let length = top.iter().map(|(_, sum)| sum * sum).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        top.iter_mut().for_each(|(_, sum)| *sum /= length);
        for (term, weight) in &top {
            if let Some(list) = self.by_term.get_mut(*term as usize) {
                list.push((theme, *weight));
            }
        }
        if let Some(centre) = self.centres.get_mut(theme) {
            *centre = top;
        }
    }

    /// How near each centre is to `vector` by words; the second list says which are anything but 0.
    fn by_words(&mut self, vector: &[(u32, f32)]) -> (Vec<f32>, Vec<usize>) {
        let mut scores = std::mem::take(&mut self.scores);
        scores.resize(self.members.len(), 0.0);
        let mut touched = Vec::new();
        for (term, weight) in vector {
            for (theme, other) in self.by_term.get(*term as usize).into_iter().flatten() {
                add_up(&mut scores, &mut touched, *theme, weight * other);
            }
        }
        (scores, touched)
    }

    /// The theme whose centre is nearest to another's by words, of those that it may join.
    fn nearest_to(&mut self, theme: usize) -> Option<(usize, f32)> {
        let centre = self.centres.get(theme).cloned().unwrap_or_default();
        let (mut scores, touched) = self.by_words(&centre);
        let best = take_best(&mut scores, &touched, |other| other != theme && self.may_merge(theme, other));
        self.scores = scores;
        best
    }

    /// The theme nearest to a text.
    fn nearest(&mut self, text: usize) -> Option<Near> {
        let (mut scores, mut touched) = self.by_words(self.vector(text));
        for (theme, pull) in self.directions.pulls(text) {
            add_up(&mut scores, &mut touched, theme, pull);
        }
        let best = take_best(&mut scores, &touched, |_| true);
        self.scores = scores;
        best.map(|(at, all)| Near { at, all, words: all - self.directions.pull(text, at) })
    }

    /// The nearest text that stands alone, of those that share a word with this one.
    fn nearest_alone(&mut self, text: usize, scores: &mut [f32]) -> Option<Near> {
        let mut touched = Vec::new();
        for (term, weight) in self.vector(text) {
            let Some(list) = self.alone.get_mut(*term as usize) else { continue };
            list.retain(|(text, _)| self.of.get(*text).is_some_and(Option::is_none));
            for (text, other) in list.iter() {
                add_up(scores, &mut touched, *text, weight * other);
            }
        }
        let meaning = &self.before.meaning;
        for other in &touched {
            if let Some(score) = scores.get_mut(*other) {
                *score += meaning.between(text, *other);
            }
        }
        let best = take_best(scores, &touched, |_| true);
        best.map(|(at, all)| Near { at, all, words: all - meaning.between(text, at) })
    }

    /// Places what has no place, in the order written. Answers what still stands alone.
    fn place_all(&mut self) -> Vec<usize> {
        let mut scores = vec![0.0; self.corpus.len()];
        let fixed = |text: usize| self.before.fixed.get(text).copied().unwrap_or(false);
        let waiting: Vec<usize> = (0..self.corpus.len())
            .filter(|text| !fixed(*text) && self.of.get(*text).is_some_and(Option::is_none))
            .collect();
        for text in &waiting {
            let theme = self.nearest(*text);
            let other = self.nearest_alone(*text, &mut scores);
            let rival = other.map_or(0.0, |near| near.all);
            match (theme, other) {
                (Some(theme), _) if theme.all >= ASSIGN && theme.all >= rival * RATHER => {
                    self.put(*text, theme);
                }
                (_, Some(other)) if other.all >= PAIR => {
                    let meant = other.words < PAIR;
                    [other.at, *text].into_iter().for_each(|one| self.mark(one, meant));
                    self.found(other.at, *text);
                }
                _ => {
                    for (term, weight) in self.vector(*text) {
                        if let Some(list) = self.alone.get_mut(*term as usize) {
                            list.push((*text, *weight));
                        }
                    }
                }
            }
        }
        waiting.into_iter().filter(|text| self.of.get(*text).is_some_and(Option::is_none)).collect()
    }

    fn found(&mut self, first: usize, second: usize) {
        let theme = self.members.len();
        self.members.push(Vec::new());
        self.sums.push(HashMap::new());
        self.centres.push(Vector::new());
        self.directions.push();
        self.add(first, theme);
        self.add(second, theme);
        self.centre(theme);
    }

    /// A second chance for a text that stands alone.
    fn join(&mut self, text: usize) -> bool {
        let Some(near) = self.nearest(text).filter(|near| near.all >= ASSIGN) else { return false };
        self.put(text, near);
        true
    }

    fn put(&mut self, text: usize, near: Near) {
        self.mark(text, near.words < ASSIGN);
        self.add(text, near.at);
        self.centre(near.at);
    }

    fn mark(&mut self, text: usize, meant: bool) {
        if let Some(mark) = self.meant.get_mut(text) {
            *mark = meant && self.before.meaning.speaks_of(text);
        }
    }

    /// Joins themes that are near enough, until none is. Answers how many went into another.
    fn merge_all(&mut self) -> usize {
        let mut all = 0;
        loop {
            let mut merged = 0;
            for theme in 0..self.members.len() {
                let near = self.nearest_to(theme);
                if let Some((other, _)) = near.filter(|(_, score)| *score >= MERGE) {
                    self.merge(theme, other);
                    merged += 1;
                }
            }
            all += merged;
            if merged == 0 {
                return all;
            }
        }
    }

    fn is_settled(&self, theme: usize) -> bool {
        self.before.settled.get(theme).copied().unwrap_or(false)
    }

    fn may_merge(&self, a: usize, b: usize) -> bool {
        let parted = self.apart.iter().any(|pair| *pair == (a, b) || *pair == (b, a));
        !(parted || self.is_settled(a) && self.is_settled(b))
    }

    /// The one that a person settled goes on, then the one known before (the older of two), then the larger.
    fn merge(&mut self, a: usize, b: usize) {
        let known = self.before.settled.len();
        let rank = |theme: usize| {
            let size = if theme < known { 0 } else { self.members.get(theme).map_or(0, Vec::len) };
            (self.is_settled(theme), theme < known, size, std::cmp::Reverse(theme))
        };
        let (into, gone) = if rank(a) > rank(b) { (a, b) } else { (b, a) };
        let members = self.members.get_mut(gone).map(std::mem::take).unwrap_or_default();
        let sums = self.sums.get_mut(gone).map(std::mem::take).unwrap_or_default();
        for text in &members {
            if let Some(of) = self.of.get_mut(*text) {
                *of = Some(into);
            }
        }
        if let (Some(all), Some(list)) = (self.sums.get_mut(into), self.members.get_mut(into)) {
            list.extend(members);
            for (term, sum) in sums {
                *all.entry(term).or_default() += sum;
            }
        }
        self.directions.merge(gone, into);
        for (one, other) in &mut self.apart {
            for side in [one, other] {
                if *side == gone {
                    *side = into;
                }
            }
        }
        if gone < known {
            self.merged.push((gone, into));
        }
        self.centre(gone);
        self.centre(into);
    }

    fn groups(mut self) -> Groups {
        let mut near = vec![0.0; self.of.len()];
        for (text, (theme, near)) in self.of.iter().zip(&mut near).enumerate() {
            if let Some(centre) = theme.and_then(|theme| self.centres.get(theme)) {
                *near = cosine(self.vector(text), centre).clamp(0.0, 1.0);
            }
        }
        // A chain of mergers ends in the last theme of it.
        let last = |theme: usize, merged: &[(usize, usize)]| {
            merged.iter().fold(theme, |at, (gone, into)| if *gone == at { *into } else { at })
        };
        let all = std::mem::take(&mut self.merged);
        let merged = all.iter().map(|(gone, _)| (*gone, last(*gone, &all))).collect();
        Groups { of: self.of, near, meant: self.meant, merged }
    }
}

fn add_up(scores: &mut [f32], touched: &mut Vec<usize>, at: usize, part: f32) {
    if let Some(score) = scores.get_mut(at) {
        if *score == 0.0 {
            touched.push(at);
        }
        *score += part;
    }
}

/// The highest score, the lowest place among equals; sets the touched ones back.
fn take_best(scores: &mut [f32], touched: &[usize], may: impl Fn(usize) -> bool) -> Option<(usize, f32)> {
    let mut best: Option<(usize, f32)> = None;
    for at in touched {
        let Some(score) = scores.get_mut(*at).map(std::mem::take) else { continue };
        let better = best.is_none_or(|(place, most)| score > most || (score == most && *at < place));
        if better && may(*at) {
            best = Some((*at, score));
        }
    }
    best
}

/// The sum of products over the terms that both have.
fn cosine(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let shared = |(term, weight): &(u32, f32)| {
        let at = b.binary_search_by_key(term, |other| other.0).ok()?;
        b.get(at).map(|other| weight * other.1)
    };
    a.iter().filter_map(shared).sum()
}
