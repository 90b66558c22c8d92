//! Themes where a sentence model is in use: who asks in other words finds the theme; what stands is not moved. The
//! vectors stand in the database as a node writes them.

use mainstreet_community::meaning::{self, NewModel};
use mainstreet_db::testing::{TestDb, on_each_database, rows};
use mainstreet_db::{Db, params};
use mainstreet_desk::insights::{self, PlacedBy};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PostId, ThemeId, TopicId};
use mainstreet_kernel::{Actor, Result, Role};

use crate::support::{Cast, ask, cast, person};

/// Directions of three subjects, one that is none of them, and one between the first two.
const PUMP: [i8; 4] = [127, 10, 0, 0];
const REFUND: [i8; 4] = [0, 127, 10, 0];
const OTHER: [i8; 4] = [0, 0, 0, 127];
const BETWEEN: [i8; 4] = [127, 127, 0, 0];

const LEAKS: [(&str, &str); 3] = [
    ("Pump leaks at the valve", "The pump drips from the valve whenever pressure rises."),
    ("Leaking pump valve", "Water drips below my pump valve."),
    ("Valve of the pump drips", "Since spring the pump valve leaks."),
];
const REFUNDS: [(&str, &str); 3] = [
    ("Invoice charged twice", "My card was charged twice on the invoice."),
    ("Refund for a double invoice", "The invoice shows two charges on my card."),
    ("Card charged twice, invoice", "I asked about the second invoice charge."),
];
/// About the pump, without a word of those.
const LONE: (&str, &str) = ("Puddles beneath the compressor", "Everything around it is soaked each morning.");

struct Place<'a> {
    db: &'a TestDb,
    cast: Cast,
    who: Actor,
    leaks: Vec<(TopicId, PostId)>,
    refunds: Vec<(TopicId, PostId)>,
    lone: (TopicId, PostId),
}

impl Place<'_> {
    /// Two themes, noise, and one who asks in other words; looked at once.
    fn new(db: &TestDb) -> Result<Place<'_>> {
        let cast = cast(db)?;
        let who = db.write_now(|tx| person(tx, "Olga", Role::Member))?;
        let mut place =
            Place { db, cast, who, leaks: Vec::new(), refunds: Vec::new(), lone: (TopicId(0), PostId(0)) };
        for word in ["orchid", "gateway", "ladder", "compost", "antenna", "harvest"] {
            place.ask((
                &format!("About {word}s"),
                &format!("{word}s in the {word}yard, as every {word}year"),
            ))?;
        }
        place.leaks = LEAKS.iter().map(|text| place.ask(*text)).collect::<Result<_>>()?;
        place.refunds = REFUNDS.iter().map(|text| place.ask(*text)).collect::<Result<_>>()?;
        place.lone = place.ask(LONE)?;
        insights::refresh(db)?;
        Ok(place)
    }

    fn ask(&self, (title, body): (&str, &str)) -> Result<(TopicId, PostId)> {
        self.db.hand.advance(HOUR);
        ask(self.db, self.who, self.cast.help, title, body, true)
    }

    /// The theme of the leaks, and that of the refunds.
    fn themes(&self) -> Result<(ThemeId, ThemeId)> {
        let leak = theme_of(self.db, self.leaks[0].0)?.expect("leaks are a theme");
        let refund = theme_of(self.db, self.refunds[0].0)?.expect("refunds are a theme");
        assert_ne!(leak, refund);
        Ok((leak, refund))
    }

    /// Vectors for the two themes, in one round.
    fn read_themes(&self, model: i64, round: i64) -> Result<()> {
        for ((_, leak), (_, refund)) in self.leaks.iter().zip(&self.refunds) {
            put(self.db, model, round, *leak, PUMP)?;
            put(self.db, model, round, *refund, REFUND)?;
        }
        Ok(())
    }
}

fn theme_of(db: &Db, topic: TopicId) -> Result<Option<ThemeId>> {
    db.read_now(move |tx| insights::of_topic(tx, topic))
}

/// What put a conversation where it is.
fn placed_by(db: &Db, theme: ThemeId, topic: TopicId) -> Result<Option<PlacedBy>> {
    let shown = db.read_now(move |tx| insights::show(tx, theme))?;
    Ok(shown.turns.iter().find(|turn| turn.topic == topic).map(|turn| turn.placed_by))
}

/// Adds a model by the name of its checksum and puts it in use.
fn add(db: &Db, sha256: &'static str) -> Result<i64> {
    let new = NewModel {
        name: format!("{sha256}.onnx"),
        sha256: sha256.to_owned(),
        bytes: 1,
        tokenizer: "vocab.txt".to_owned(),
        tokenizer_sha256: sha256.to_owned(),
        dims: 4,
        tokens: 64,
        floor: 0.2,
        licence: "apache-2.0".to_owned(),
        licence_from: "README.md".to_owned(),
    };
    db.write_now(move |tx| meaning::add(tx, &new).map(|model| model.id))
}

/// Keeps a vector as a node that made it.
fn put(db: &Db, model: i64, round: i64, post: PostId, vector: [i8; 4]) -> Result<()> {
    let bytes: Vec<u8> = vector.iter().map(|part| part.cast_unsigned()).collect();
    db.write_now(move |tx| {
        tx.run(
            "INSERT INTO post_vectors (post_id, due, asked, model_id, round, vector) VALUES ($1, 0, 0, $2, $3, $4)
             ON CONFLICT (post_id) DO UPDATE SET model_id = excluded.model_id, round = excluded.round,
                 vector = excluded.vector",
            params![post, model, round, bytes.clone()],
        )
        .map(drop)
    })
}

#[test]
fn without_a_model_words_alone_count() {
    on_each_database(|db| {
        let place = Place::new(db)?;
        place.themes()?;
        assert_eq!(theme_of(db, place.lone.0)?, None);
        let (marks, by) = db.read_now(|tx| {
            let marks: Vec<String> = tx.all("SELECT name FROM theme_marks", &[], |row| row.get("name"))?;
            let by: Vec<String> =
                tx.all("SELECT DISTINCT placed_by FROM theme_posts", &[], |row| row.get("placed_by"))?;
            Ok((marks, by))
        })?;
        assert_eq!((marks, by), (vec!["revision".to_owned()], vec!["program".to_owned()]));
        // A model that has read nothing yet is no news.
        add(db, "one")?;
        let before = rows(db, &["activities"])?;
        assert_eq!(insights::refresh(db)?, 0);
        assert_eq!(rows(db, &["activities"])?, before);
        Ok(())
    });
}

#[test]
fn who_asks_in_other_words_joins_when_the_vectors_come_and_stays() {
    on_each_database(|db| {
        let place = Place::new(db)?;
        let (leak, refund) = place.themes()?;
        let model = add(db, "one")?;
        // First the lone question is read: it has nothing to be near to yet.
        put(db, model, 1, place.lone.1, PUMP)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.lone.0)?, None);
        place.read_themes(model, 2)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.lone.0)?, Some(leak));
        assert_eq!(placed_by(db, leak, place.lone.0)?, Some(PlacedBy::Meaning));
        assert_eq!(placed_by(db, leak, place.leaks[0].0)?, Some(PlacedBy::Words));
        assert_eq!(place.themes()?, (leak, refund));
        let before = rows(db, &[])?;
        assert_eq!(insights::refresh(db)?, 0, "twice changes nothing");
        assert_eq!(rows(db, &[])?, before);

        // More comes, also what is nearer, and what is read anew: it stays where it is, and says why it is there.
        for text in REFUNDS {
            place.ask(text)?;
        }
        place.ask(("Puddles beneath my compressor", "Soaked floor around the compressor each morning."))?;
        put(db, model, 3, place.lone.1, REFUND)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.lone.0)?, Some(leak));
        assert_eq!(placed_by(db, leak, place.lone.0)?, Some(PlacedBy::Meaning));
        assert_eq!(place.themes()?, (leak, refund));

        // Without the model it stays; what comes then is placed by its words.
        db.write_now(move |tx| meaning::remove(tx, model).map(drop))?;
        let late = place.ask(("Wet carpet below the boiler", "Drenched whenever the heating runs."))?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.lone.0)?, Some(leak));
        assert_eq!(placed_by(db, leak, place.lone.0)?, Some(PlacedBy::Meaning));
        assert_eq!(theme_of(db, late.0)?, None);
        // Another model is in use, whose rounds begin anew.
        let other = add(db, "two")?;
        put(db, other, 1, late.1, REFUND)?;
        place.read_themes(other, 1)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, late.0)?, Some(refund));
        Ok(())
    });
}

#[test]
fn what_a_person_said_counts_before_meaning() {
    on_each_database(|db| {
        let place = Place::new(db)?;
        let (leak, refund) = place.themes()?;
        let max = place.cast.ada;
        let model = add(db, "one")?;
        place.read_themes(model, 1)?;
        put(db, model, 1, place.lone.1, PUMP)?;
        insights::refresh(db)?;
        let lone = place.lone.0;
        assert_eq!(theme_of(db, lone)?, Some(leak));
        // Taken out, it stays out; put elsewhere, it stays there.
        db.write_now(move |tx| insights::take_out(tx, max, leak, &[lone]).map(drop))?;
        put(db, model, 2, place.lone.1, PUMP)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, lone)?, None);
        db.write_now(move |tx| insights::put(tx, max, refund, &[lone]).map(drop))?;
        place.ask(LEAKS[0])?;
        put(db, model, 3, place.lone.1, PUMP)?;
        insights::refresh(db)?;
        assert_eq!(theme_of(db, lone)?, Some(refund));
        assert_eq!(placed_by(db, refund, lone)?, Some(PlacedBy::Person));
        // Two that were parted stay two, and no two are joined, though they mean the same.
        let step = db.write_now(move |tx| insights::merge(tx, max, refund, leak))?;
        db.write_now(move |tx| insights::part(tx, max, step).map(drop))?;
        for (_, post) in place.leaks.iter().chain(&place.refunds) {
            put(db, model, 4, *post, PUMP)?;
        }
        place.ask(REFUNDS[1])?;
        insights::refresh(db)?;
        assert_eq!(place.themes()?, (leak, refund));
        Ok(())
    });
}

#[test]
fn what_means_something_else_or_stands_between_two_is_left_alone() {
    on_each_database(|db| {
        let place = Place::new(db)?;
        let (leak, _) = place.themes()?;
        let model = add(db, "one")?;
        place.read_themes(model, 1)?;
        // Between the two it is near to none; and a word in common does not help what means something else.
        put(db, model, 1, place.lone.1, BETWEEN)?;
        let valve = ("Valve of a trumpet sticks", "How do I oil a brass instrument before the concert?");
        let (trumpet, read) = place.ask(valve)?;
        put(db, model, 1, read, OTHER)?;
        // Of whom nothing is known yet, the words decide.
        let (unread, _) = place.ask(("Pump leaks", "My pump valve drips."))?;
        db.hand.advance(DAY);
        insights::refresh(db)?;
        assert_eq!(theme_of(db, place.lone.0)?, None);
        assert_eq!(theme_of(db, trumpet)?, None);
        assert_eq!(theme_of(db, unread)?, Some(leak));
        assert_eq!(placed_by(db, leak, unread)?, Some(PlacedBy::Words));
        Ok(())
    });
}
