//! Drift: whether members write otherwise than before, and whether the reading says other things of it. Compared are
//! the posts of the last four weeks with those before, by the population stability index
//! `sum((p - q) ln(p / q))` over bins, whose usual bounds are 0.1 (a little) and 0.25 (a lot).

use mainstreet_db::{Db, Tx};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::{Error, Result, Timestamp};
use mainstreet_language::{Context, Intent, Reading};
use serde::{Deserialize, Serialize};

use super::{Reader, reader, store};

const MARK: &str = "drift";
/// What is recent.
const RECENT: i64 = 28 * DAY;
/// Posts of each side.
const MOST: usize = 400;
/// With fewer on one side nothing can be told.
const LEAST: usize = 100;
/// One look a day.
const EVERY: i64 = DAY;
/// From here on something shifts, and from here on it has moved.
const BOUNDS: (f64, f64) = (0.1, 0.25);
/// Bins of scores: by fifths of the earlier posts.
const BINS: usize = 5;

/// One thing compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What.
    pub name: String,
    /// True: what members write; false: what the reading says of it.
    pub input: bool,
    /// The index.
    pub index: f64,
}

impl Measure {
    /// In a word.
    pub fn says(&self) -> &'static str {
        match self.index {
            index if index >= BOUNDS.1 => "has moved",
            index if index >= BOUNDS.0 => "shifts a little",
            _ => "as before",
        }
    }
}

/// A look at both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// When.
    pub at: Timestamp,
    /// The version that both sides were read with.
    pub model: String,
    /// Posts of the last four weeks.
    pub recent: usize,
    /// Posts before.
    pub earlier: usize,
    /// What was compared; nothing where there are too few.
    pub measures: Vec<Measure>,
}

impl Drift {
    /// What to do, in a sentence.
    pub fn advice(&self) -> String {
        let short = |count: usize| count < LEAST;
        if short(self.recent) || short(self.earlier) {
            return format!(
                "Too few posts to tell: {} in the last four weeks and {} before, {LEAST} of each are needed.",
                self.recent, self.earlier
            );
        }
        let moved = |input: bool| {
            let all = self.measures.iter().filter(|one| one.input == input && one.index >= BOUNDS.1);
            all.map(|one| one.name.as_str()).collect::<Vec<_>>()
        };
        let (input, output) = (moved(true), moved(false));
        match (input.is_empty(), output.is_empty()) {
            (true, true) => "Members write as before, and it reads as before. Nothing to do.".to_owned(),
            (false, true) => format!(
                "Members write otherwise ({}), and it reads as before. Look at a dozen items and confirm or correct them.",
                input.join(", ")
            ),
            (true, false) => format!(
                "Members write as before, and it reads otherwise ({}). Look at twenty items, confirm or correct them, \
                 and go back to an earlier version if they are wrong.",
                output.join(", ")
            ),
            (false, false) => format!(
                "Members write otherwise ({}), and it reads otherwise ({}). Something new has come: look at twenty \
                 items and confirm or correct them, so that it learns what it is.",
                input.join(", "),
                output.join(", ")
            ),
        }
    }
}

/// The last look.
pub(super) fn last(tx: &mut Tx<'_>) -> Result<Option<Drift>> {
    let Some((text, _)) = store::mark(tx, MARK)? else { return Ok(None) };
    Ok(serde_json::from_str(&text).ok())
}

/// Looks, once a day. Every node may run it at any time; the work is done outside of any transaction.
///
/// # Errors
/// Those of the database.
pub fn look(db: &Db) -> Result<bool> {
    let gathered = db.read_now(|tx| {
        let now = tx.now();
        let version = reader::in_force(tx)?;
        let fresh = last(tx)?.is_some_and(|last| now.since(last.at) < EVERY && last.model == version.name());
        if fresh {
            return Ok(None);
        }
        let border = now.plus(-RECENT);
        let recent = store::texts(tx, border, now.plus(1), MOST)?;
        let earlier = store::texts(tx, Timestamp(0), border, MOST)?;
        Ok(Some((now, version, recent, earlier)))
    })?;
    let Some((at, version, recent, earlier)) = gathered else { return Ok(false) };
    let measures = if recent.len() < LEAST || earlier.len() < LEAST {
        Vec::new()
    } else {
        compare(&read(&version, &earlier), &read(&version, &recent))
    };
    let drift = Drift {
        at,
        model: version.name().to_owned(),
        recent: recent.len(),
        earlier: earlier.len(),
        measures,
    };
    let text = serde_json::to_string(&drift).map_err(Error::internal)?;
    db.write_now(move |tx| store::set_mark(tx, MARK, Some(&text)))?;
    Ok(true)
}

/// What is compared of one post.
struct Seen {
    words: f64,
    opens: bool,
    links: bool,
    reading: Reading,
}

fn read(version: &Reader, texts: &[(String, String)]) -> Vec<Seen> {
    let seen = |(title, body): &(String, String)| Seen {
        words: body.split_whitespace().count() as f64,
        opens: !title.is_empty(),
        links: body.contains("http://") || body.contains("https://"),
        reading: version.read(body, &Context { title, reply: title.is_empty(), own_hosts: &[] }),
    };
    texts.iter().map(seen).collect()
}

fn compare(earlier: &[Seen], recent: &[Seen]) -> Vec<Measure> {
    let measure = |name: &str, input, index: f64| Measure {
        name: name.to_owned(),
        input,
        index: (index * 1e3).round() / 1e3,
    };
    let score = |name: &str, input, of: &dyn Fn(&Seen) -> f64| {
        let of = |all: &[Seen]| all.iter().map(of).collect::<Vec<f64>>();
        measure(name, input, index_of_scores(&of(earlier), &of(recent)))
    };
    let word = |name: &str, input, of: &dyn Fn(&Seen) -> String| {
        let of = |all: &[Seen]| all.iter().map(of).collect::<Vec<String>>();
        measure(name, input, index_of_words(&of(earlier), &of(recent)))
    };
    let risk = |seen: &Seen, kind| f64::from(seen.reading.risk.of(kind).probability);
    use mainstreet_language::RiskKind;
    vec![
        score("length", true, &|seen| seen.words),
        word("language", true, &|seen| seen.reading.language.unwrap_or("?").to_owned()),
        word("openings and replies", true, &|seen| seen.opens.to_string()),
        word("links", true, &|seen| seen.links.to_string()),
        word("intent", false, &|seen| seen.reading.intent.decided().as_str().to_owned()),
        score("complaint", false, &|seen| f64::from(seen.reading.intent.of(Intent::Complaint))),
        score("needs a reply", false, &|seen| f64::from(seen.reading.needs_reply.probability)),
        score("negative feeling", false, &|seen| f64::from(seen.reading.sentiment.negative)),
        score("harassment", false, &|seen| risk(seen, RiskKind::Harassment)),
        score("advertising", false, &|seen| risk(seen, RiskKind::Spam)),
    ]
}

/// The index over fifths of the earlier scores.
fn index_of_scores(earlier: &[f64], recent: &[f64]) -> f64 {
    let mut sorted = earlier.to_vec();
    sorted.sort_by(f64::total_cmp);
    let edges: Vec<f64> =
        (1..BINS).filter_map(|bin| sorted.get(bin * sorted.len() / BINS).copied()).collect();
    let bins = |all: &[f64]| {
        let of = |score: &f64| edges.iter().filter(|edge| score > *edge).count().to_string();
        all.iter().map(of).collect::<Vec<String>>()
    };
    index_of_words(&bins(earlier), &bins(recent))
}

/// The index over words. Half a post is added to each bin, so that none is empty.
fn index_of_words(earlier: &[String], recent: &[String]) -> f64 {
    let mut words: Vec<&String> = earlier.iter().chain(recent).collect();
    words.sort();
    words.dedup();
    let share = |all: &[String], word: &String| {
        let own = all.iter().filter(|other| *other == word).count() as f64;
        (own + 0.5) / (all.len() as f64 + 0.5 * words.len() as f64)
    };
    let part = |word: &&String| {
        let (was, is) = (share(earlier, word), share(recent, word));
        (is - was) * (is / was).ln()
    };
    // Of nothing the sum is minus zero.
    words.iter().map(part).sum::<f64>().abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_small_for_the_same_and_large_for_another() {
        let scores = |from: usize| (from..from + 400).map(|n| (n % 200) as f64 / 200.0).collect::<Vec<f64>>();
        assert!(index_of_scores(&scores(0), &scores(50)) < 0.01);
        let higher: Vec<f64> = scores(0).iter().map(|score| 0.5 + score / 2.0).collect();
        assert!(index_of_scores(&scores(0), &higher) > BOUNDS.1);
        let words = |yes: usize| (0..100).map(|n| (n < yes).to_string()).collect::<Vec<String>>();
        assert!(index_of_words(&words(50), &words(52)) < 0.01);
        assert!(index_of_words(&words(50), &words(90)) > BOUNDS.1);
        assert_eq!(index_of_words(&[], &[]).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn the_advice_says_what_to_do() {
        let drift = |recent, input: f64, output: f64| Drift {
            at: Timestamp(0),
            model: String::new(),
            recent,
            earlier: 400,
            measures: vec![
                Measure { name: "length".to_owned(), input: true, index: input },
                Measure { name: "harassment".to_owned(), input: false, index: output },
            ],
        };
        let check = |drift: Drift, part: &str| assert!(drift.advice().contains(part), "{}", drift.advice());
        check(drift(20, 0.0, 0.0), "Too few posts");
        check(drift(400, 0.0, 0.0), "Nothing to do");
        check(drift(400, 0.3, 0.0), "(length)");
        check(drift(400, 0.0, 0.3), "go back to an earlier version");
        check(drift(400, 0.3, 0.3), "Something new has come");
    }
}
