//! Whose an item is, until when, and a question handed to people outside the desk.

use mainstreet_community::accounts::{self, MailStand};
use mainstreet_community::topics;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::escalations::{self, Question, Stand};
use mainstreet_desk::signals::lists::{self, Filter};
use mainstreet_desk::signals::{self, Signal, State, view};
use mainstreet_desk::triage::hours::Written;
use mainstreet_desk::triage::owners::{self, NewLine, Team};
use mainstreet_desk::triage::{self, Correction, Intent, Owner, SetBy, Targets, Urgency};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Kind, Result, Timestamp};

use crate::support::{Cast, again, ask, listed, open, settle, settled_cast, sight};

fn line(tag: &str, intent: Option<Intent>, owner: Owner) -> NewLine {
    NewLine { intent, risk: None, tag: tag.to_owned(), space: None, owner }
}

fn question(db: &TestDb, cast: &Cast, title: &str, tags: &[&str]) -> Result<()> {
    let who = cast.mira;
    let new = topics::NewTopic {
        space: cast.help,
        title: title.to_owned(),
        body: "Which function code reads it?".to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        question: true,
        form_token: None,
    };
    db.write_now(move |tx| topics::open(tx, who, &new).map(drop))
}

fn item(db: &TestDb) -> Result<(Cast, Signal)> {
    let cast = settled_cast(db)?;
    ask(db, cast.mira, cast.help, "How do I read register 7?", "Which function code reads it?", true)?;
    db.hand.advance(25 * HOUR);
    settle(db)?;
    Ok((cast, open(db, cast.ada)?.remove(0)))
}

#[test]
fn the_communitys_map_stands_before_the_default_one() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        question(db, &cast, "An invoice that is wrong", &["billing"])?;
        let ada = cast.ada;
        let refused =
            db.write_now(move |tx| owners::add_line(tx, cast.max, &line("billing", None, Owner::Legal)));
        assert_eq!(refused.map_err(|error| error.kind), Err(Kind::Forbidden));
        for (new, kind) in [
            (line("", None, Owner::Legal), Kind::Invalid),
            (line("nobody-uses-it", None, Owner::Legal), Kind::Invalid),
        ] {
            let refused = db.write_now(move |tx| owners::add_line(tx, ada, &new));
            assert_eq!(refused.map_err(|error| error.kind), Err(kind));
        }
        db.write_now(move |tx| owners::add_line(tx, ada, &line("", Some(Intent::Support), Owner::Product)))?;
        db.write_now(move |tx| owners::add_line(tx, ada, &line("Billing", None, Owner::Marketing)))?;
        let twice =
            db.write_now(move |tx| owners::add_line(tx, ada, &line("billing", None, Owner::Marketing)));
        assert_eq!(twice.map_err(|error| error.kind), Err(Kind::Conflict));
        let second = db.read_now(owners::lines)?.remove(1).id;
        db.write_now(move |tx| owners::raise_line(tx, ada, second))?;

        question(db, &cast, "How do I read register 7?", &["modbus"])?;
        db.hand.advance(25 * HOUR);
        settle(db)?;
        let items = open(db, cast.ada)?;
        let owner = |title: &str| {
            let found = items.iter().find(|item| item.title == title).map(|item| &item.assessment.owner);
            found.map(|owner| (owner.is, owner.by, owner.reasons.join(" ")))
        };
        let billing = owner("An invoice that is wrong");
        assert_eq!(billing, Some((Owner::Marketing, SetBy::Rule, "your owner map: tag billing".to_owned())));
        assert_eq!(owner("How do I read register 7?").map(|owner| owner.0), Some(Owner::Product));

        let first = items.iter().find(|item| item.title.contains("register")).cloned();
        let seen = sight(&first.unwrap());
        let correction = Correction { owner: Some(Owner::Community), ..Correction::default() };
        let corrected = db.write_now(move |tx| triage::correct(tx, cast.max, seen, &correction))?;
        assert_eq!(corrected.assessment.owner.is, Owner::Community, "a person stands above the map");

        db.write_now(move |tx| owners::remove_line(tx, ada, second))?;
        assert_eq!(db.read_now(owners::lines)?.len(), 1);
        let gone = db.write_now(move |tx| owners::remove_line(tx, ada, second));
        assert_eq!(gone.map_err(|error| error.kind), Err(Kind::Conflict));
        Ok(())
    });
}

#[test]
fn what_waits_is_what_the_list_holds() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        ask(db, cast.mira, cast.help, "And register 8?", "Which code reads that one?", true)?;
        db.hand.advance(25 * HOUR);
        settle(db)?;
        let (max, kim) = (cast.max.person.unwrap(), cast.kim.person.unwrap());
        let waiting = |me| db.read_now(move |tx| lists::waiting(tx, me));
        assert_eq!(waiting(max)?, 2);
        let seen = sight(&again(db, &first)?);
        db.write_now(move |tx| signals::claim(tx, cast.kim, seen))?;
        assert_eq!((waiting(max)?, waiting(kim)?), (1, 2), "what another holds does not wait for me");
        assert_eq!(listed(db, cast.max, Filter::Mine)?.len(), 1);
        Ok(())
    });
}

/// Weekdays from nine to five, where the test's clock is.
fn weekdays() -> Written {
    let mut written = Written { kept: true, zone: "UTC".to_owned(), ..Written::default() };
    written.week.iter_mut().take(5).for_each(|day| "9:00-17:00".clone_into(day));
    written
}

#[test]
fn only_open_hours_count_for_what_is_not_urgent() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        let wrong = Written { zone: "Atlantis".to_owned(), ..weekdays() };
        let told = db.write_now(move |tx| triage::set_hours(tx, cast.ada, &wrong))?;
        assert!(told.is_some_and(|errors| errors.get("zone").is_some()), "nothing is kept of a mistake");
        assert!(!db.read_now(triage::hours)?.kept);
        db.write_now(move |tx| triage::set_hours(tx, cast.ada, &weekdays()))?;
        let targets = Targets { urgent: HOUR, high: 2 * HOUR, normal: 4 * HOUR, low: 8 * HOUR };
        db.write_now(move |tx| triage::set_targets(tx, cast.ada, &targets))?;

        let clocks = db.read_now(triage::clocks)?;
        let friday: Timestamp = "2024-03-01T15:00Z".parse()?;
        assert_eq!(clocks.due(friday, Urgency::Urgent), friday.plus(HOUR));
        assert_eq!(clocks.due(friday, Urgency::Normal), "2024-03-04T11:00Z".parse()?);

        // Asked on a Friday evening: nothing is late before Monday afternoon.
        let evening: Timestamp = "2034-03-03T18:00Z".parse()?;
        db.hand.advance(evening.since(db.clock().now()));
        ask(db, cast.mira, cast.help, "How do I read register 7?", "Which function code reads it?", true)?;
        db.hand.advance(2 * DAY);
        settle(db)?;
        assert_eq!(open(db, cast.ada)?.len(), 0, "it is the weekend");
        db.hand.advance(DAY);
        settle(db)?;
        let late = open(db, cast.ada)?.remove(0);
        assert_eq!(late.due_at, Some("2034-03-06T13:00Z".parse()?));
        Ok(())
    });
}

fn asked() -> Question {
    Question {
        owner: Owner::Product,
        question: "Which register map is right?".to_owned(),
        promise: String::new(),
        due_at: None,
    }
}

/// Escalates to product, mailing as the page does. The item and the question.
fn handed(db: &TestDb, cast: &Cast, item: &Signal) -> Result<(Signal, EntryId)> {
    let (max, seen) = (cast.max, sight(item));
    db.write_now(move |tx| {
        let after = escalations::escalate(tx, max, seen, &asked())?;
        escalations::hand_off(tx, &after, |handed| Ok(("Asked".to_owned(), handed.excerpt.clone())))?;
        let id = escalations::of_signal(tx, after.id)?.remove(0).id;
        Ok((after, id))
    })
}

fn reach_product(db: &TestDb, cast: &Cast) -> Result<()> {
    let (ada, wrong) =
        (cast.ada, Team { owner: Owner::Product, email: "nobody".to_owned(), answer_within: None });
    let refused = db.write_now(move |tx| owners::set_team(tx, ada, &wrong));
    assert_eq!(refused.map_err(|error| error.kind), Err(Kind::Invalid));
    let team = Team {
        owner: Owner::Product,
        email: "product@example.org".to_owned(),
        answer_within: Some(6 * HOUR),
    };
    db.write_now(move |tx| owners::set_team(tx, ada, &team))
}

#[test]
fn an_owner_answers_from_the_mail() {
    on_each_database(|db| {
        let (cast, item) = item(db)?;
        reach_product(db, &cast)?;
        let (waiting, id) = handed(db, &cast, &item)?;
        assert_eq!(waiting.state, State::WaitingOwner);
        let found = db.read_now(move |tx| escalations::find(tx, id))?;
        assert_eq!(found.due_at, db.clock().now().plus(6 * HOUR), "as agreed with them");
        let stand = |db: &TestDb| {
            db.read_now(move |tx| escalations::of_signal(tx, item.id).map(|mut all| all.remove(0)))
        };
        assert_eq!(stand(db)?.mail_stand, Some(MailStand::Waiting));
        assert_eq!(
            db.write_now(|tx| accounts::take_mails(tx, 9))?.len(),
            0,
            "it can be taken back for a minute"
        );
        db.hand.advance(2 * MINUTE);
        let mails = db.write_now(|tx| accounts::take_mails(tx, 9))?;
        assert_eq!((mails.len(), mails[0].recipient.as_str()), (1, "product@example.org"));
        assert!(mails[0].body.contains("Which function code"), "{mails:?}");
        assert!(matches!(stand(db)?.mail_stand, Some(MailStand::Sent(_))));

        let nameless = db.write_now(move |tx| escalations::answer_from_mail(tx, id, " ", "The new one."));
        assert_eq!(nameless.map_err(|error| error.kind), Err(Kind::Invalid));
        db.write_now(move |tx| escalations::take_from_mail(tx, id, "Jo"))?;
        let twice = db.write_now(move |tx| escalations::take_from_mail(tx, id, "Al"));
        assert_eq!(twice.map_err(|error| error.kind), Err(Kind::Conflict));
        assert_eq!(again(db, &waiting)?.state, State::WaitingOwner, "taken is not answered");
        db.write_now(move |tx| escalations::answer_from_mail(tx, id, "Jo", "The new one."))?;
        let answered = stand(db)?;
        assert_eq!((answered.state, answered.signed.as_str()), (Stand::Answered, "Jo"));
        assert_eq!(again(db, &waiting)?.state, State::Triaged);
        let late = db.write_now(move |tx| escalations::refuse_from_mail(tx, id, "Al", "Not us."));
        assert_eq!(late.map_err(|error| error.kind), Err(Kind::Conflict));
        Ok(())
    });
}

#[test]
fn a_question_that_is_not_theirs_comes_back() {
    on_each_database(|db| {
        let (cast, item) = item(db)?;
        reach_product(db, &cast)?;
        let (waiting, id) = handed(db, &cast, &item)?;
        db.write_now(move |tx| escalations::refuse_from_mail(tx, id, "Jo", "Ask support."))?;
        assert_eq!(again(db, &waiting)?.state, State::Triaged);
        let late = db.write_now(move |tx| escalations::answer(tx, cast.max, id, "x"));
        assert!(late.is_err_and(|error| error.safe.contains("not theirs")));
        Ok(())
    });
}

#[test]
fn a_hand_off_taken_back_in_time_is_never_sent() {
    on_each_database(|db| {
        let (cast, item) = item(db)?;
        reach_product(db, &cast)?;
        let (waiting, id) = handed(db, &cast, &item)?;
        db.write_now(move |tx| {
            let step = view::view(tx, cast.max, waiting.id)?.undo.unwrap();
            signals::undo(tx, cast.max, step.id)
        })?;
        db.hand.advance(HOUR);
        assert!(db.write_now(|tx| accounts::take_mails(tx, 9))?.is_empty());
        let late = db.write_now(move |tx| escalations::answer_from_mail(tx, id, "Jo", "The new one."));
        assert!(late.is_err_and(|error| error.safe.contains("taken back")));
        Ok(())
    });
}
