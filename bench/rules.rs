//! Measures `rules`: `cargo run --release -p mainstreet-rules --example rules`, optionally with the number of rules.
//! Rules of four sorts (words, patterns, links with an allow list, counters) look at posts of about 200 words that
//! hardly any of them matches, as in life.

use std::io::Write;
use std::time::Instant;

use mainstreet_kernel::Role;
use mainstreet_rules::{Names, RuleSet, Setting, Snapshot, Truth, Value, Vocabulary, check, read};

const SENTENCES: [&str; 7] = [
    "I upgraded to the latest release yesterday and since then the dashboard shows a blank page after signing in.",
    "How do I export the members of a group to a spreadsheet without the ones who left last year?",
    "Thanks everyone, this works great now and saved me a lot of time!",
    "We are happy to announce that the spring meetup takes place on Friday at the library, see https://example.com/meet.",
    "Why would anybody want this, it would be nice to have a switch in the settings instead.",
    "You could try to clear the cache, remove the folder and install the package again.",
    "My colleague told me that the old service goes away next month, is that true? Ask at https://help.example.org/new.",
];

fn rules(count: usize) -> String {
    let one = |n: usize| {
        let condition = match n % 4 {
            0 => format!(
                "post.text has any: [scam{n}, \"cheap pills {n}\", \"buy {n} followers\", casino{n}, \"work from home {n}\"]"
            ),
            1 => format!("post.text matches regex: 'key{n}_[0-9A-Za-z]{{16,}}'"),
            2 => format!("post.links.domains includes any: [bad{n}.example, '*.worse{n}.example']"),
            _ => format!("post.text has any (loose): [frei{n}x, \"gratis geld {n}\"]"),
        };
        format!(
            "rule: Rule {n}\nguideline: g\nwhen: post published\nif:\n  - author.age < {} days\n  - {condition}\n  \
             - times(post by author, {} hours) >= 2\nthen:\n  - hide until reviewed\n",
            n % 300 + 1,
            n % 48 + 1
        )
    };
    (0..count).map(one).collect::<Vec<_>>().join("---\n")
}

fn post(n: usize) -> Snapshot {
    let text: Vec<&str> = (0..11).map(|k| SENTENCES[(n * 3 + k * (1 + n % 5)) % 7]).collect();
    let mut facts = Snapshot::of_text(&text.join(" "), Vocabulary::standard())
        .with("author.age", Value::Duration(i64::try_from(n % 400).unwrap_or(0) * 86_400_000));
    facts.counts.insert("post by author".to_owned(), 3);
    facts
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().nth(1).map_or(Ok(1_000), |count| count.parse())?;
    let mut out = std::io::stdout().lock();
    let text = rules(count);
    let start = Instant::now();
    let reading = read(&text, Vocabulary::standard());
    writeln!(
        out,
        "read {} rules ({} bytes): {:.1} ms, {} findings",
        reading.rules.len(),
        text.len(),
        ms(start),
        reading.findings.len()
    )?;
    let names = Names::default().guideline("g", 1);
    let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Owner };
    let start = Instant::now();
    let found = check(&reading.rules, &setting).len();
    writeln!(out, "check them all against each other: {:.1} ms, {found} findings", ms(start))?;
    let start = Instant::now();
    let set = RuleSet::new(reading.rules);
    writeln!(out, "prepare them: {:.1} ms", ms(start))?;
    let posts: Vec<Snapshot> = (0..500).map(post).collect();
    let start = Instant::now();
    set.look("post published", &post(1_234)).verdicts();
    writeln!(out, "the first post, which builds what is built late: {:.3} ms", ms(start))?;
    let mut times = Vec::with_capacity(posts.len());
    let busy = on_processor();
    let mut matched = 0;
    for facts in &posts {
        let start = Instant::now();
        let verdicts = set.look("post published", facts).verdicts();
        times.push(ms(start));
        matched += verdicts.iter().filter(|(_, truth)| *truth == Truth::Yes).count();
    }
    let spent = on_processor().zip(busy).map(|(after, before)| (after - before) * 1e3 / posts.len() as f64);
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(0.0);
    let last = times.last().copied().unwrap_or(0.0);
    writeln!(
        out,
        "one post against all: median {:.3} ms, 99th of 100 {:.3} ms, slowest {last:.3} ms; {matched} matches",
        at(50),
        at(99)
    )?;
    writeln!(out, "mean of one core's time: {:.3} ms", spent.unwrap_or(f64::NAN))?;
    let mut one = set.rules().first().cloned().unwrap_or_default();
    one.all.remove(0);
    let alone = RuleSet::new(vec![one]);
    let start = Instant::now();
    let matches = |facts: &&Snapshot| !alone.look("post published", *facts).verdicts().is_empty();
    let hits = (0..200).flat_map(|_| &posts).filter(matches).count();
    writeln!(
        out,
        "100000 posts against one rule that reads their text: {:.0} ms, {hits} matches",
        ms(start)
    )?;
    Ok(())
}

/// Seconds this thread spent on a processor, where the system tells: other programs do not count against us.
fn on_processor() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(line.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
