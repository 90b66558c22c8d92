//! The figures of moderation: by hand on a small place, and counted again in the plainest way on a random one.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::{flags, guidelines};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Db, Tx, params};
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::{confusion, figures, rows, team, with_ripe, workload};
use mainstreet_desk::moderation::{self, Case, Decision, Ground, Source};
use mainstreet_desk::reviews::{self, Verdict};
use mainstreet_desk::triage::hours::Written;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Actor, Kind, Result, Role, Timestamp, Zone};

use crate::support::{Cast, answer, ask, cast, person, settle};

pub(super) fn case(target: Target, act: Act, clause: &str, until: Option<Timestamp>) -> Case {
    let order = Order { target, act, why: "It breaks a clause.".to_owned(), until, detail: Detail::None };
    Case {
        order,
        clause: clause.to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    }
}

pub(super) fn decide(db: &Db, who: Actor, case: Case) -> Result<Decision> {
    db.write_now(move |tx| moderation::decide(tx, who, &case))
}

pub(super) fn flag(db: &Db, who: Actor, post: PostId, reason: &'static str) -> Result<()> {
    db.write_now(move |tx| flags::raise(tx, who, post, reason, "").map(drop))
}

pub(super) fn clear(db: &Db, who: Actor, post: PostId) -> Result<()> {
    db.write_now(move |tx| {
        for flag in flags::open_on(tx, post)? {
            flags::decide(tx, who, flag.id, false)?;
        }
        Ok(())
    })
}

pub(super) fn query(from: Timestamp, to: Timestamp, now: Timestamp) -> Query {
    Query { from, to, now, zone: Zone::utc(), space: None, population: Population::Question }
}

pub(super) fn read(db: &Db, query: &Query) -> Result<Vec<Figure>> {
    let query = query.clone();
    db.read_now(move |tx| figures(tx, &query))
}

#[track_caller]
pub(super) fn figure<'a>(all: &'a [Figure], id: &str) -> &'a Figure {
    all.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

#[track_caller]
pub(super) fn counted(all: &[Figure], id: &str, k: u64, n: u64) {
    let found = figure(all, id);
    assert_eq!((found.k, found.n), (Some(k), Some(n)), "{id}: {found:?}");
}

#[track_caller]
fn near(all: &[Figure], id: &str, expect: f64) {
    let value = figure(all, id).value.unwrap_or(f64::NAN);
    assert!((value - expect).abs() < 1e-6, "{id} is {value}, not {expect}");
}

/// Eight posts, four of them flagged: one hidden after 2 h, one cleared after 4 h, one hidden after 30 h, one still
/// open after 10 h; a warning that was taken back, a mute.
struct Golden {
    cast: Cast,
    from: Timestamp,
    posts: Vec<PostId>,
}

fn golden(db: &TestDb) -> Result<Golden> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    db.hand.advance(60 * DAY);
    let from = db.clock().now();
    let new = db.write_now(|tx| person(tx, "Newt", Role::Member))?;
    let (topic, first) = ask(db, cast.mira, cast.help, "Which register is it?", "Nothing is said.", true)?;
    let mut posts = vec![first];
    for (who, number) in
        [(cast.nils, 1), (new, 2), (cast.nils, 3), (new, 4), (cast.nils, 5), (new, 6), (cast.nils, 7)]
    {
        db.hand.advance(1);
        posts.push(answer(db, who, topic, &format!("It is register {number}."))?);
    }
    for (post, reason) in [(1, "harassment"), (2, "spam"), (3, "off_topic")] {
        flag(db, cast.mira, posts[post], reason)?;
    }
    db.hand.advance(2 * HOUR);
    decide(db, cast.max, case(Target::Post(posts[1]), Act::Hide, "be-kind", None))?;
    db.hand.advance(2 * HOUR);
    clear(db, cast.max, posts[2])?;
    db.hand.advance(26 * HOUR);
    decide(db, cast.kim, case(Target::Post(posts[3]), Act::Hide, "on-topic", None))?;
    let newt = new.person.unwrap();
    let mute = case(Target::Person(newt), Act::Mute, "be-kind", Some(db.clock().now().plus(DAY)));
    decide(db, cast.max, mute)?;
    let nils = cast.nils.person.unwrap();
    let warning = decide(db, cast.max, case(Target::Person(nils), Act::Warn, "be-kind", None))?;
    db.hand.advance(HOUR);
    db.write_now(move |tx| moderation::undo(tx, cast.max, warning.id, "I misread it.").map(drop))?;
    flag(db, cast.mira, posts[5], "spam")?;
    db.hand.advance(10 * HOUR);
    Ok(Golden { cast, from, posts })
}

#[test]
fn golden_values_by_hand() {
    on_each_database(|db| {
        let Golden { cast, from, posts } = golden(db)?;
        let now = db.clock().now();
        let all = read(db, &query(from, now, now))?;
        // Two hidden posts and a muted member; a warning changes nothing that can be seen.
        counted(&all, "intervention-rate", 3, 8);
        near(&all, "intervention-rate", 375.0);
        let found = figure(&all, "intervention-rate");
        assert!((found.low.unwrap() - 136.84).abs() < 0.01 && (found.high.unwrap() - 694.26).abs() < 0.01);
        let part = |id: &str, name: &str| {
            let series = &figure(&all, id).series;
            series.iter().find(|point| point.at == name).map(|point| point.k.unwrap_or(0))
        };
        assert_eq!(part("intervention-by-clause", "be-kind"), Some(2));
        assert_eq!(part("intervention-by-clause", "on-topic"), Some(1));
        assert_eq!(part("intervention-by-source", "a moderator's own reading"), Some(3));
        counted(&all, "intervention-automatic", 0, 8);
        counted(&all, "intervention-reversed", 0, 3);
        // Upheld: the two posts and what Newt was muted for; the warning was taken back.
        counted(&all, "violation-rate", 3, 8);
        assert_eq!(part("violations-by-severity", "serious"), Some(2));
        // Four cases: 2 h, 4 h, 30 h, and one open for 10 h.
        near(&all, "resolution-median", 4.0);
        assert_eq!(figure(&all, "resolution-median").n, Some(4));
        near(&all, "resolution-p90", 30.0);
        near(&all, "visible-median", 4.0);
        let list =
            db.read_now(move |tx| rows(tx, &query(from, now, now), "resolution-median", cast.max, None))?;
        assert_eq!(list.len(), 4);
        assert_eq!(list[0].post, Some(posts[5].0), "the latest case first");
        // What is younger than thirty days is not judged yet.
        counted(&all, "reversal-rate", 0, 0);
        db.hand.advance(31 * DAY);
        let later = db.clock().now();
        let all = read(db, &query(from, later, later))?;
        counted(&all, "reversal-rate", 1, 4);
        // Of a past window nothing changes, whatever came later.
        assert_eq!(figure(&read(db, &query(from, now, later))?, "resolution-median").value, Some(4.0));
        assert!(
            db.read_now(move |tx| rows(tx, &query(from, now, now), "contributing-day", cast.max, None))
                .is_err()
        );
        let refused = db.read_now(move |tx| rows(tx, &query(from, now, now), "prevalence", cast.mira, None));
        assert_eq!(refused.unwrap_err().kind, Kind::Forbidden);
        Ok(())
    });
}

#[test]
fn what_one_person_did_is_shown_to_them_and_to_those_who_lead() {
    on_each_database(|db| {
        let Golden { cast, from, .. } = golden(db)?;
        let now = db.clock().now();
        let asked = move || query(from, now, now);
        let max = cast.max.person.unwrap();
        for other in [
            cast.kim,
            cast.mira,
            Actor { role: Role::Analyst, ..cast.mira },
            Actor { role: Role::Auditor, ..cast.kim },
        ] {
            let error = db.read_now(move |tx| workload(tx, &asked(), other, max)).unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden, "{other:?}");
            let error = db.read_now(move |tx| team(tx, &asked(), Some(other))).unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden, "{other:?}");
        }
        let own = db.read_now(move |tx| workload(tx, &asked(), cast.max, max))?;
        assert_eq!(db.read_now(move |tx| workload(tx, &asked(), cast.ada, max))?, own);
        let value = |id: &str| figure(&own.figures, id).value;
        // Hidden once, cleared once, muted once, warned once, on two days in a row.
        assert_eq!(figure(&own.figures, "workload-acts").n, Some(4));
        assert_eq!(value("workload-longest-run"), Some(2.0));
        assert_eq!(value("workload-outside-hours"), None, "nobody said when max works");
        let mut written = Written { kept: true, zone: "UTC".to_owned(), ..Written::default() };
        written.week.iter_mut().for_each(|day| "0-24".clone_into(day));
        db.write_now(move |tx| reviews::set_hours(tx, cast.max, &written).map(drop))?;
        let own = db.read_now(move |tx| workload(tx, &asked(), cast.max, max))?;
        assert_eq!(figure(&own.figures, "workload-outside-hours").value, Some(0.0));
        assert_eq!(db.read_now(move |tx| team(tx, &asked(), Some(cast.ada)))?.len(), 3);
        // No other figure names anybody.
        let text = serde_json::to_string(&read(db, &asked())?).unwrap();
        assert!(!text.contains("Max") && !text.contains("Kim"), "{text}");
        Ok(())
    });
}

/// A stream of chance, the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Ten weeks of a random community: posts, flags, decisions, second thoughts, appeals, blind reviews.
fn live(db: &TestDb, seed: u64) -> Result<(Cast, Timestamp)> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    db.hand.advance(40 * DAY);
    let from = db.clock().now();
    let mut dice = Dice(seed);
    let (topic, first) = ask(db, cast.mira, cast.help, "Which register is it?", "Nothing is said.", true)?;
    let mut members = vec![cast.mira, cast.nils];
    let mut posts = vec![(first, cast.mira)];
    let mut decisions = Vec::new();
    for step in 0..300 {
        db.hand.advance(HOUR / 2 + dice.below(7 * 3_600_000) as i64);
        if step % 60 == 10 {
            let name = format!("New{step}");
            members.push(db.write_now(move |tx| person(tx, &name, Role::Member))?);
        }
        move_on(db, cast, topic, &mut dice, &mut members, &mut posts, &mut decisions)?;
        if step % 20 == 0 {
            settle(db)?;
        }
        db.write_now(reviews::sweep)?;
    }
    settle(db)?;
    Ok((cast, from))
}

fn move_on(
    db: &TestDb,
    cast: Cast,
    topic: TopicId,
    dice: &mut Dice,
    members: &mut [Actor],
    posts: &mut Vec<(PostId, Actor)>,
    decisions: &mut Vec<Decision>,
) -> Result<()> {
    const CLAUSES: [&str; 3] = ["be-kind", "on-topic", "no-spam"];
    let member = members[dice.below(members.len())];
    let staff = [cast.max, cast.kim][dice.below(2)];
    let (post, author) = posts[posts.len() - 1 - dice.below(posts.len().min(9))];
    let clause = CLAUSES[dice.below(3)];
    match dice.below(13) {
        0..=3 => {
            // Who is muted writes nothing.
            if let Ok(post) = answer(db, member, topic, &format!("It is register {}.", posts.len())) {
                posts.push((post, member));
            }
        }
        4..=8 => drop(flag(db, member, post, ["spam", "harassment", "off_topic"][dice.below(3)])),
        9 => {
            let act = [Act::Hide, Act::Delete, Act::Hold][dice.below(3)];
            decisions.extend(decide(db, staff, case(Target::Post(post), act, clause, None)));
        }
        10 => {
            let (act, until) =
                [(Act::Warn, None), (Act::Mute, Some(db.clock().now().plus(DAY)))][dice.below(2)];
            let person = author.person.unwrap();
            decisions.extend(decide(db, staff, case(Target::Person(person), act, clause, until)));
        }
        11 => {
            drop(clear(db, staff, post));
            if let Some(decision) = decisions.get(dice.below(decisions.len().max(1))).cloned() {
                let (id, person) = (decision.id, decision.person);
                if dice.below(2) == 0 {
                    drop(
                        db.write_now(move |tx| moderation::undo(tx, cast.ada, id, "I look again.").map(drop)),
                    );
                } else if let Ok(appeal) = db.write_now(move |tx| moderation::appeal(tx, person, id, "No.")) {
                    let right = dice.below(2) == 0;
                    drop(db.write_now(move |tx| {
                        moderation::speak(tx, cast.ada, appeal, right, "I read it.").map(drop)
                    }));
                }
            }
        }
        _ => review(db, staff, dice, clause)?,
    }
    Ok(())
}

pub(super) fn review(db: &TestDb, staff: Actor, dice: &mut Dice, clause: &'static str) -> Result<()> {
    for _ in 0..4 {
        let Some(card) = db.read_now(move |tx| reviews::next(tx, staff))? else { return Ok(()) };
        let verdict = [Verdict::Fine, Verdict::Fine, Verdict::Breaks, Verdict::Unclear][dice.below(4)];
        db.write_now(move |tx| reviews::review(tx, staff, card.id, verdict, clause).map(drop))?;
    }
    Ok(())
}

/// A row of a table, by column.
pub(super) type Raw = BTreeMap<&'static str, i64>;

pub(super) fn raw(tx: &mut Tx<'_>, sql: &str, columns: &'static [&'static str]) -> Result<Vec<Raw>> {
    tx.all(sql, &[], |row| {
        columns.iter().map(|column| Ok((*column, row.get::<Option<i64>>(column)?.unwrap_or(-1)))).collect()
    })
}

/// Kaplan and Meier's median in hours, each factor counted anew.
fn median(waits: &[(i64, bool)]) -> Option<f64> {
    let mut ends: Vec<i64> = waits.iter().filter(|wait| wait.1).map(|wait| wait.0).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut left = 1.0;
    for end in ends {
        let at_risk = waits.iter().filter(|wait| wait.0 >= end).count() as f64;
        left *= 1.0 - waits.iter().filter(|wait| **wait == (end, true)).count() as f64 / at_risk;
        if left <= 0.5 + 1e-9 {
            return Some(end as f64 / HOUR as f64);
        }
    }
    None
}

const ACTS: &str =
    "CASE act WHEN 'hide' THEN 1 WHEN 'delete' THEN 1 WHEN 'hold' THEN 1 WHEN 'mute' THEN 2 ELSE 0 END";

/// Decisions and posts, counted as the definitions say.
fn expect_counts(all: &[Figure], decisions: &[Raw], posts: u64, now: i64) {
    let unit = |row: &Raw| if row["post"] == 1 { row["object_id"] } else { -row["object_id"] };
    let set =
        |keep: &dyn Fn(&&Raw) -> bool| decisions.iter().filter(keep).map(unit).collect::<BTreeSet<i64>>();
    let human = |row: &&Raw| row["decided_by"] > 0;
    let acted = set(&|row| human(row) && row["kind"] > 0);
    counted(all, "intervention-rate", acted.len() as u64, posts);
    counted(all, "intervention-automatic", set(&|row| !human(row) && row["kind"] > 0).len() as u64, posts);
    let back = set(&|row| human(row) && row["kind"] > 0 && row["undone_at"] > 0);
    counted(all, "intervention-reversed", back.len() as u64, acted.len() as u64);
    let ripe = || decisions.iter().filter(|row| human(row) && row["decided_at"] + 30 * DAY <= now);
    let reversed = |row: &&Raw| row["undone_at"] > 0 && row["undone_at"] - row["decided_at"] <= 30 * DAY;
    counted(all, "reversal-rate", ripe().filter(reversed).count() as u64, ripe().count() as u64);
}

/// Flags alone make cases here: of each post, overlapping ones are one.
fn expect_cases(all: &[Figure], flags: &[Raw], now: i64) {
    let mut waits: Vec<(i64, bool)> = Vec::new();
    let posts: BTreeSet<i64> = flags.iter().map(|row| row["post_id"]).collect();
    for post in posts {
        let mut of: Vec<(i64, i64)> = flags
            .iter()
            .filter(|row| row["post_id"] == post)
            .map(|row| (row["created_at"], if row["decided_at"] > 0 { row["decided_at"] } else { i64::MAX }))
            .collect();
        of.sort_unstable();
        while let Some((start, mut end)) = of.first().copied() {
            of.remove(0);
            while let Some((_, later)) = of.first().copied().filter(|next| next.0 <= end) {
                end = end.max(later);
                of.remove(0);
            }
            waits.push(if end == i64::MAX { (now - start, false) } else { (end - start, true) });
        }
    }
    let found = figure(all, "resolution-median");
    assert_eq!(found.n, Some(waits.len() as u64));
    assert!(waits.len() > 12, "too few cases to tell: {}", waits.len());
    assert_eq!(found.value, median(&waits), "of {waits:?}");
}

fn expect_reviews(all: &[Figure], reviews: &[Raw]) {
    let of = |origin: i64, verdict: i64| {
        reviews.iter().filter(|row| row["second"] == origin && row["verdict"] == verdict).count() as u64
    };
    let (fine, broke) = (of(0, 0), of(0, 1));
    assert!(broke > 0 && fine > 0, "nothing was judged");
    counted(all, "prevalence", broke, fine + broke);
    let told: Vec<(i64, i64)> = reviews
        .iter()
        .filter(|row| row["second"] == 1 && (0..=1).contains(&row["verdict"]))
        .map(|row| (row["first"], row["verdict"]))
        .collect();
    let n = told.len() as f64;
    let part = |keep: &dyn Fn(&&(i64, i64)) -> bool| told.iter().filter(keep).count() as f64 / n;
    let agreed = part(&|pair| pair.0 == pair.1);
    let (one, other) = (part(&|pair| pair.0 == 1), part(&|pair| pair.1 == 1));
    let chance = one * other + (1.0 - one) * (1.0 - other);
    counted(all, "agreement", (agreed * n).round() as u64, told.len() as u64);
    if (1.0 - chance).abs() > 1e-9 && n > 0.0 {
        near(all, "agreement", (agreed - chance) / (1.0 - chance));
    }
}

/// Every second look is taken up, so that there are some.
fn plant_second_looks(db: &TestDb, cast: Cast) -> Result<()> {
    db.write_now(|tx| {
        let rows: Vec<(i64, i64, i64, i64)> = tx.all(
            "SELECT p.id, p.person_id, d.decided_by, d.decided_at FROM decisions d JOIN posts p ON p.id = d.object_id
             WHERE d.object_kind = 'post' AND d.decided_by IS NOT NULL ORDER BY d.id",
            &[],
            |row| Ok((row.get("id")?, row.get("person_id")?, row.get("decided_by")?, row.get("decided_at")?)),
        )?;
        for (place, (post, author, by, at)) in rows.into_iter().enumerate() {
            let (id, now) = (tx.mint(), tx.now());
            tx.run(
                "INSERT INTO reviews (id, origin, post_id, post_version, author_id, space_id, first_by, first_at,
                   first_verdict, created_at) SELECT $1, 'second', $2, 1, $3, id, $4, $5, $6, $7 FROM spaces WHERE id > 0
                 ON CONFLICT DO NOTHING",
                params![id, post, author, by, at, if place % 3 == 0 { "fine" } else { "breaks" }, now],
            )?;
        }
        Ok(())
    })?;
    let mut dice = Dice(5);
    for staff in [cast.max, cast.kim, cast.ada] {
        for _ in 0..30 {
            review(db, staff, &mut dice, "be-kind")?;
        }
    }
    Ok(())
}

#[test]
fn every_figure_is_what_the_rows_say_counted_plainly() {
    on_each_database(|db| {
        let (cast, from) = live(db, 11)?;
        plant_second_looks(db, cast)?;
        db.hand.advance(8 * DAY);
        let now = db.clock().now();
        let all = read(db, &query(from, now, now))?;
        let (decisions, flags, judged, posts, appeals) = db.read_now(|tx| {
            let decisions = raw(
                tx,
                &format!(
                    "SELECT CASE object_kind WHEN 'post' THEN 1 ELSE 0 END AS post, object_id, {ACTS} AS kind, decided_by,
                       decided_at, undone_at FROM decisions"
                ),
                &["post", "object_id", "kind", "decided_by", "decided_at", "undone_at"],
            )?;
            let flags = raw(
                tx,
                "SELECT post_id, created_at, decided_at FROM flags",
                &["post_id", "created_at", "decided_at"],
            )?;
            let judged = raw(
                tx,
                "SELECT CASE origin WHEN 'second' THEN 1 ELSE 0 END AS second, CASE verdict WHEN 'fine' THEN 0
                   WHEN 'breaks' THEN 1 WHEN 'unclear' THEN 2 ELSE 3 END AS verdict,
                   CASE first_verdict WHEN 'breaks' THEN 1 ELSE 0 END AS first FROM reviews",
                &["second", "verdict", "first"],
            )?;
            let posts = tx.count("SELECT COUNT(*) AS n FROM posts WHERE state <> 'held'", &[])?;
            let appeals = raw(
                tx,
                "SELECT CASE state WHEN 'overturned' THEN 1 WHEN 'upheld' THEN 2 ELSE 0 END AS state FROM appeals",
                &["state"],
            )?;
            Ok((decisions, flags, judged, posts, appeals))
        })?;
        assert!(decisions.len() > 20 && flags.len() > 20, "{} {}", decisions.len(), flags.len());
        expect_counts(&all, &decisions, posts.cast_unsigned(), now.0);
        expect_reviews(&all, &judged);
        let state = |which: i64| appeals.iter().filter(|row| row["state"] == which).count() as u64;
        counted(&all, "appeal-rate", appeals.len() as u64, decisions.len() as u64);
        counted(&all, "overturn-rate", state(1), state(1) + state(2));
        expect_cases(&all, &flags, now.0);
        // A window out of the facts of a longer one is the same window.
        let later = query(now.plus(-20 * DAY), now, now);
        let (short, ripe) = db.read_now({
            let later = later.clone();
            move |tx| with_ripe(tx, &later, from)
        })?;
        assert_eq!(short, read(db, &later)?);
        assert_eq!(figure(&ripe, "reversal-rate"), figure(&all, "reversal-rate"));
        let looks = db.read_now(move |tx| confusion(tx, &query(from, now, now)))?;
        assert_eq!(looks.verdicts.total(), figure(&all, "agreement").n.unwrap());
        Ok(())
    });
}
