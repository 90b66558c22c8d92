//! What a sentence model says of texts, where there is one: who belongs together whatever the words.

/// How much meaning counts beside words. This and [`EVEN`] were chosen on an invented community and on samples of two
/// labelled sets of questions (Banking77 and CLINC150), and measured on others of each: `docs/guide/embeddings.md`.
const WEIGHT: f32 = 0.8;
/// So near on the model's own scale, meaning neither draws two together nor keeps them apart.
const EVEN: f32 = 0.5;

/// A direction, each part of it −127 to 127, and its length. Held in two bytes a part: compilers turn the product of such
/// into a fraction of the work.
#[derive(Clone, Debug, Default, PartialEq)]
struct Direction {
    parts: Vec<i16>,
    length: f32,
}

impl Direction {
    /// Nothing for what points nowhere.
    fn new(parts: Vec<i16>) -> Option<Self> {
        let length = (dot(&parts, &parts) as f32).sqrt();
        (length > 0.0).then_some(Self { parts, length })
    }

    /// Rounds a sum of directions.
    fn of_sum(sum: &[f32]) -> Option<Self> {
        let longest = sum.iter().fold(0.0_f32, |most, part| most.max(part.abs())).max(f32::MIN_POSITIVE);
        Self::new(sum.iter().map(|part| (part / longest * 127.0).round() as i16).collect())
    }
}

/// Whole numbers, so that every machine finds the same.
fn dot(a: &[i16], b: &[i16]) -> i32 {
    a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

/// The directions that one sentence model gives to texts, in the order of the corpus.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    floor: f32,
    of: Vec<Option<Direction>>,
}

impl Meaning {
    /// `floor` is the cosine under which texts have nothing in common. A text without a direction, or with one of
    /// another length than the first, is grouped by its words.
    pub fn new(floor: f32, directions: Vec<Option<Vec<i8>>>) -> Self {
        let dims = directions.iter().flatten().map(Vec::len).next().unwrap_or(0);
        let of = directions.into_iter().map(|one| one.filter(|one| one.len() == dims));
        Self { floor, of: of.map(|one| Direction::new(one?.into_iter().map(i16::from).collect())).collect() }
    }

    fn of(&self, text: usize) -> Option<&Direction> {
        self.of.get(text).and_then(Option::as_ref)
    }

    /// What meaning adds to how near two are by words: more than nothing above [`EVEN`], less below.
    fn pull(&self, a: &Direction, b: &Direction) -> f32 {
        let cosine = dot(&a.parts, &b.parts) as f32 / (a.length * b.length);
        let near = (cosine - self.floor) / (1.0 - self.floor).max(0.01);
        WEIGHT * (near - EVEN)
    }

    /// Whether a text has a direction.
    pub(super) fn speaks_of(&self, text: usize) -> bool {
        self.of(text).is_some()
    }

    /// The pull between two texts; none where one has no direction.
    pub(super) fn between(&self, a: usize, b: usize) -> f32 {
        self.of(a).zip(self.of(b)).map_or(0.0, |(a, b)| self.pull(a, b))
    }
}

/// Where the texts of each theme point on the whole.
#[derive(Debug)]
pub(super) struct Centres<'a> {
    meaning: &'a Meaning,
    sums: Vec<Vec<f32>>,
    of: Vec<Option<Direction>>,
}

impl<'a> Centres<'a> {
    pub(super) fn new(meaning: &'a Meaning, themes: usize) -> Self {
        Self { meaning, sums: vec![Vec::new(); themes], of: vec![None; themes] }
    }

    pub(super) fn push(&mut self) {
        self.sums.push(Vec::new());
        self.of.push(None);
    }

    pub(super) fn add(&mut self, text: usize, theme: usize) {
        if let (Some(direction), Some(sum)) = (self.meaning.of(text), self.sums.get_mut(theme)) {
            sum.resize(direction.parts.len(), 0.0);
            for (all, part) in sum.iter_mut().zip(&direction.parts) {
                *all += f32::from(*part) / direction.length;
            }
        }
    }

    pub(super) fn merge(&mut self, gone: usize, into: usize) {
        let gone = self.sums.get_mut(gone).map(std::mem::take).unwrap_or_default();
        if let Some(sum) = self.sums.get_mut(into) {
            sum.resize(sum.len().max(gone.len()), 0.0);
            sum.iter_mut().zip(gone).for_each(|(all, part)| *all += part);
        }
    }

    /// Works out again where a theme points.
    pub(super) fn turn(&mut self, theme: usize) {
        if let (Some(of), Some(sum)) = (self.of.get_mut(theme), self.sums.get(theme)) {
            *of = Direction::of_sum(sum);
        }
    }

    /// The pull of one theme on a text.
    pub(super) fn pull(&self, text: usize, theme: usize) -> f32 {
        let theme = self.of.get(theme).and_then(Option::as_ref);
        self.meaning.of(text).zip(theme).map_or(0.0, |(text, theme)| self.meaning.pull(text, theme))
    }

    /// The pull of every theme that has a direction; nothing for a text without one.
    pub(super) fn pulls(&self, text: usize) -> impl Iterator<Item = (usize, f32)> {
        let pull = move |(theme, of): (usize, &Option<Direction>)| {
            Some((theme, self.meaning.pull(self.meaning.of(text)?, of.as_ref()?)))
        };
        let themes = if self.meaning.of(text).is_some() { self.of.as_slice() } else { &[] };
        themes.iter().enumerate().filter_map(pull)
    }
}
