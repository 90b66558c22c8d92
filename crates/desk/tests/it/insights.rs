//! Themes: found, counted by people, kept stable; what a person said of them stays.

use mainstreet_community::{posts, topics};
use mainstreet_db::testing::{TestDb, on_each_database, rows};
use mainstreet_db::{Db, params};
use mainstreet_desk::insights::{self, Act, Kind, List, Shown, Status};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PersonId, ThemeId, TopicId};
use mainstreet_kernel::{Actor, Kind as Fault, Result, Role};

use crate::support::{Cast, answer, ask, cast, hide, person};

/// Three ways to ask about a leaking pump, three about refunds, and noise between them.
const PUMP: [(&str, &str); 4] = [
    ("Pump leaks at the valve", "The pump drips from the valve whenever pressure rises. How do I seal it?"),
    ("Leaking pump valve", "Water drips below my pump valve. What seal do I need?"),
    ("Valve of the pump drips", "Since spring the pump valve leaks. Which seal fits the valve?"),
    ("My pump valve leaks again", "The seal of the valve did not hold and the pump leaks. What now?"),
];
const REFUND: [(&str, &str); 3] = [
    ("Invoice charged twice", "My card was charged twice on the invoice. How do I get a refund?"),
    ("Refund for a double invoice", "The invoice shows two charges on my card. Where is my refund?"),
    ("Card charged twice, no refund", "I asked about a refund of the second invoice charge. Who answers?"),
];

fn noise(db: &Db, cast: Cast) -> Result<()> {
    for (at, word) in ["orchid", "gateway", "ladder", "compost", "antenna", "harvest"].iter().enumerate() {
        let text = format!("{word}{at} {word}s in the {word}yard, {at} of them, as every {word} year");
        ask(db, cast.nils, cast.help, &format!("About {word} number {at}"), &text, false)?;
    }
    Ok(())
}

struct Place {
    cast: Cast,
    people: Vec<Actor>,
    pump: Vec<TopicId>,
    refund: Vec<TopicId>,
}

/// A place where several people asked about two things.
fn place(db: &TestDb) -> Result<Place> {
    let cast = cast(db)?;
    let people = db.write_now(|tx| {
        ["Olga", "Piet", "Quinn", "Rosa"]
            .iter()
            .map(|name| person(tx, name, Role::Member))
            .collect::<Result<Vec<_>>>()
    })?;
    noise(db, cast)?;
    let mut place = Place { cast, people: people.clone(), pump: Vec::new(), refund: Vec::new() };
    for (who, (title, body)) in people.iter().zip(PUMP) {
        db.hand.advance(HOUR);
        place.pump.push(ask(db, *who, cast.help, title, body, true)?.0);
    }
    for (who, (title, body)) in people.iter().zip(REFUND) {
        db.hand.advance(HOUR);
        place.refund.push(ask(db, *who, cast.help, title, body, true)?.0);
    }
    db.hand.advance(2 * DAY);
    insights::refresh(db)?;
    Ok(place)
}

fn theme_of(db: &Db, topic: TopicId) -> Result<Option<ThemeId>> {
    db.read_now(move |tx| insights::of_topic(tx, topic))
}

fn shown(db: &Db, id: ThemeId) -> Result<Shown> {
    db.read_now(move |tx| insights::show(tx, id))
}

fn listed(db: &Db, list: List) -> Result<Vec<(ThemeId, u64)>> {
    let page = db.read_now(move |tx| insights::list(tx, list, 0, 50))?;
    Ok(page.lines.iter().map(|line| (line.theme.id, line.ranked.askers.now)).collect())
}

#[track_caller]
fn refused<T>(result: Result<T>, kind: Fault, part: &str) {
    let error = result.err().unwrap_or_else(|| panic!("refused with {part}"));
    assert!(error.kind == kind && error.safe.contains(part), "{error:?} has {part}");
}

#[test]
fn themes_are_found_named_and_ranked_by_people() {
    on_each_database(|db| {
        let place = place(db)?;
        let pump = theme_of(db, place.pump[0])?.expect("the pump is a theme");
        let refund = theme_of(db, place.refund[0])?.expect("the refund is a theme");
        assert_ne!(pump, refund);
        for (topics, theme) in [(&place.pump, pump), (&place.refund, refund)] {
            for topic in topics {
                assert_eq!(theme_of(db, *topic)?, Some(theme), "{topic}");
            }
        }
        let found = shown(db, pump)?;
        assert!(found.theme.name.to_lowercase().contains("valve"), "{}", found.theme.name);
        assert_eq!((found.all, found.askers.len(), found.quotes.len()), (4, 4, 3));
        assert_eq!(listed(db, List::All)?, [(pump, 4), (refund, 3)]);

        // Many posts by one person do not outweigh four people.
        for number in 0..6 {
            let text = format!("Refund number {number} of my invoice, card charged twice again.");
            ask(db, place.people[0], place.cast.help, "Invoice charged twice, refund please", &text, true)?;
        }
        // And what staff ask is not counted.
        ask(
            db,
            place.cast.ada,
            place.cast.help,
            "Invoice charged twice",
            "A refund of the invoice charge?",
            true,
        )?;
        insights::refresh(db)?;
        assert_eq!(listed(db, List::All)?, [(pump, 4), (refund, 3)]);
        assert_eq!(shown(db, refund)?.all, 10);

        // Twice does no harm.
        let before = rows(db, &["theme_marks", "activities"])?;
        insights::refresh(db)?;
        assert_eq!(rows(db, &["theme_marks", "activities"])?, before);
        Ok(())
    });
}

#[test]
fn what_goes_away_is_edited_or_belongs_to_one_person_counts_as_it_is_now() {
    on_each_database(|db| {
        let place = place(db)?;
        let pump = theme_of(db, place.pump[0])?.expect("a theme");
        let (max, first) = (place.cast.max, place.pump[1]);
        let post =
            shown(db, pump)?.turns.iter().find(|turn| turn.topic == first).map(|turn| turn.post).unwrap();
        db.write_now(move |tx| hide(tx, max, post, "Off topic."))?;
        assert_eq!(shown(db, pump)?.askers.len(), 3, "hidden: not counted");
        insights::refresh(db)?;
        assert_eq!(listed(db, List::All)?.iter().find(|line| line.0 == pump).map(|line| line.1), Some(3));

        // Two who turn out to be one are one.
        let (one, other) = (place.people[2].person.unwrap(), place.people[3].person.unwrap());
        db.write_now(move |tx| {
            tx.run("UPDATE people SET merged_into = $1 WHERE id = $2", params![one, other]).map(drop)
        })?;
        let found = shown(db, pump)?;
        assert_eq!((found.askers.len(), found.ranked.askers.now), (2, 2));

        // Rewritten to be about something else, it goes where it belongs.
        let (topic, who) = (place.pump[0], place.people[0]);
        let post = found.turns.iter().find(|turn| turn.topic == topic).map(|turn| turn.post).unwrap();
        let edit = posts::Edit {
            post,
            expected: 1,
            title: Some(REFUND[1].0.to_owned()),
            body: REFUND[1].1.to_owned(),
            tags: None,
            why: String::new(),
        };
        db.write_now(move |tx| posts::edit(tx, who, &edit).map(drop))?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, topic)?, theme_of(db, place.refund[0])?);
        Ok(())
    });
}

#[test]
fn what_a_person_merged_split_or_took_out_stays_so() {
    on_each_database(|db| {
        let place = place(db)?;
        let (max, nils) = (place.cast.max, place.cast.nils);
        let pump = theme_of(db, place.pump[0])?.expect("a theme");
        let refund = theme_of(db, place.refund[0])?.expect("a theme");
        refused(
            db.write_now(move |tx| insights::confirm(tx, nils, pump)),
            Fault::Forbidden,
            "people who run",
        );

        // Split: two of the four become a theme of their own, though they say the same.
        let some = vec![place.pump[2], place.pump[3]];
        let chosen = some.clone();
        refused(
            db.write_now(move |tx| insights::split(tx, max, pump, &[TopicId(5)], "Seals")),
            Fault::Invalid,
            "Choose at least one",
        );
        let seals = db.write_now(move |tx| insights::split(tx, max, pump, &chosen, "Seals"))?;
        // Taken out: it stands alone.
        let out = place.refund[2];
        db.write_now(move |tx| insights::take_out(tx, max, refund, &[out]).map(drop))?;
        // More of the same comes, and time goes on.
        for (who, (title, body)) in place.people.iter().zip(PUMP) {
            db.hand.advance(HOUR);
            ask(db, *who, place.cast.help, &format!("{title}, still"), body, true)?;
        }
        insights::refresh(db)?;
        insights::refresh(db)?;
        for topic in &some {
            assert_eq!(theme_of(db, *topic)?, Some(seals));
        }
        assert_eq!(theme_of(db, place.pump[0])?, Some(pump));
        assert_eq!(theme_of(db, out)?, None);

        // Merged: everything is in the one that goes on, and the old address leads there.
        let step = db.write_now(move |tx| insights::merge(tx, max, refund, pump))?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.refund[0])?, Some(pump));
        assert_eq!(shown(db, refund)?.theme.id, pump);
        refused(
            db.write_now(move |tx| insights::confirm(tx, max, refund)),
            Fault::Conflict,
            "joined another",
        );
        // And taken apart again, for good.
        db.write_now(move |tx| insights::part(tx, max, step).map(drop))?;
        refused(db.write_now(move |tx| insights::part(tx, max, step)), Fault::Conflict, "took this back");
        ask(db, place.people[3], place.cast.help, REFUND[0].0, REFUND[0].1, true)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.refund[0])?, Some(refund));
        assert_eq!(theme_of(db, place.pump[0])?, Some(pump));
        let acts: Vec<Act> = shown(db, pump)?.steps.iter().map(|step| step.act).collect();
        assert_eq!(acts, [Act::Parted, Act::Merged, Act::Split]);
        Ok(())
    });
}

#[test]
fn a_theme_is_moved_on_until_everyone_who_asked_was_told() {
    on_each_database(|db| {
        let place = place(db)?;
        let max = place.cast.max;
        let pump = theme_of(db, place.pump[0])?.expect("a theme");
        let people: Vec<PersonId> = place.people.iter().filter_map(|who| who.person).collect();
        let go = |to: Status, why: &'static str| {
            db.write_now(move |tx| insights::move_on(tx, max, pump, to, why).map(|theme| theme.status))
        };
        refused(go(Status::Shipped, ""), Fault::Conflict, "can become");
        refused(go(Status::Declined, " "), Fault::Invalid, "Say why");
        let all = people.clone();
        refused(
            db.write_now(move |tx| insights::tell(tx, max, pump, &all, "Done.", "a")),
            Fault::Conflict,
            "Nothing is decided",
        );
        go(Status::Shared, "")?;
        go(Status::Accepted, "For the spring release.")?;
        go(Status::Shipped, "In 4.2.")?;
        refused(
            db.write_now(move |tx| insights::tell(tx, max, pump, &[], "Done.", "b")),
            Fault::Invalid,
            "person",
        );

        let some = people[..3].to_vec();
        let told =
            db.write_now(move |tx| insights::tell(tx, max, pump, &some, "Version 4.2 has a new seal.", "c"))?;
        assert_eq!(told, (3, 0));
        let found = shown(db, pump)?;
        assert_eq!((found.told.hits, found.told.trials, found.theme.status), (3, 4, Status::Shipped));
        let replies = db.read_now({
            let topic = place.pump[0];
            move |tx| topics::store::find(tx, topic).map(|topic| topic.reply_count)
        })?;
        assert_eq!(replies, 1, "told where they asked");
        let all = people.clone();
        assert_eq!(
            db.write_now(move |tx| insights::mark_told(tx, max, pump, &all))?,
            1,
            "only who was not told yet"
        );
        let found = shown(db, pump)?;
        assert_eq!((found.told.hits, found.theme.status), (4, Status::Told));
        Ok(())
    });
}

#[test]
fn names_and_kinds_that_a_person_gave_stay() {
    on_each_database(|db| {
        let place = place(db)?;
        let max = place.cast.max;
        let pump = theme_of(db, place.pump[0])?.expect("a theme");
        for (name, part) in [("  ", "Write what"), (&"x".repeat(121), "120 characters")] {
            let name = name.to_owned();
            refused(db.write_now(move |tx| insights::rename(tx, max, pump, &name)), Fault::Invalid, part);
        }
        db.write_now(move |tx| insights::rename(tx, max, pump, " Leaking  <b>valves</b> ").map(drop))?;
        let all = place.pump.clone();
        db.write_now(move |tx| insights::count_as(tx, max, pump, &all, Kind::Objection).map(drop))?;
        for round in 0..3 {
            for (who, (title, body)) in place.people.iter().zip(PUMP) {
                ask(db, *who, place.cast.help, &format!("{title} ({round})"), body, true)?;
            }
        }
        insights::refresh(db)?;
        let found = shown(db, pump)?;
        assert_eq!((found.theme.name.as_str(), found.all), ("Leaking <b>valves</b>", 16));
        assert!(listed(db, List::Of(Kind::Objection))?.contains(&(pump, 4)));
        Ok(())
    });
}

#[test]
fn a_question_is_helped_by_how_others_ended_and_who_knows() {
    on_each_database(|db| {
        let place = place(db)?;
        let nils = place.cast.nils;
        let answered = answer(
            db,
            nils,
            place.pump[0],
            "Hello! Replace the seal of the valve with the 12 mm one, then the pump stays dry. Good luck.",
        )?;
        let who = place.people[0];
        db.write_now(move |tx| posts::accept(tx, who, answered).map(drop))?;
        answer(db, place.cast.ada, place.pump[1], "We look into it.")?;
        db.hand.advance(DAY);
        let (topic, _) = ask(db, place.cast.mira, place.cast.help, PUMP[1].0, PUMP[1].1, true)?;
        insights::refresh(db)?;
        let found = db.read_now(move |tx| {
            let topic = topics::store::find(tx, topic)?;
            insights::help(tx, &topic, PUMP[1].1, &[])
        })?;
        assert_eq!(found.theme.as_ref().map(|theme| theme.2), Some(4));
        let case = found.cases.first().expect("a similar case");
        assert_eq!(case.topic, place.pump[0]);
        let quoted = case.quote.first().map(String::as_str);
        assert_eq!(
            quoted,
            Some("Replace the seal of the valve with the 12 mm one, then the pump stays dry.")
        );
        let named: Vec<(&str, bool, i64)> =
            found.answerers.iter().map(|one| (one.name.as_str(), one.staff, one.accepted)).collect();
        assert_eq!(named, [("Nils", false, 1), ("Ada", true, 0)]);
        Ok(())
    });
}

#[test]
fn hostile_texts_do_no_harm() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let long = "leak ".repeat(6_000);
        for (title, body) in [
            (
                "<script>alert(1)</script> & 'quotes\" $1 %",
                "<img src=x onerror=alert(1)> '; DROP TABLE themes; --",
            ),
            ("<script>alert(1)</script> again", "<img src=x onerror=alert(1)> '; DROP TABLE themes; --"),
            ("\u{202e}txet desrever\u{202c} a\u{200b}b", "\u{feff}\u{200d}\u{200d}"),
            ("同じ質問です、ポンプの水漏れ", "ポンプの水漏れを直したいです"),
            ("ポンプの水漏れについて", "水漏れのポンプ"),
            ("leak", long.as_str()),
            ("````", "````\n````"),
        ] {
            ask(db, cast.mira, cast.help, title, body, true)?;
            ask(db, cast.nils, cast.help, title, body, true)?;
        }
        insights::refresh(db)?;
        let page = db.read_now(|tx| insights::list(tx, List::All, 0, 50))?;
        assert!(!page.lines.is_empty());
        assert!(page.lines.iter().all(|line| !line.theme.name.contains(['\u{202e}', '\u{200b}'])));
        Ok(())
    });
}
