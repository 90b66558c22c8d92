//! Guidelines: drafts, versions, translations, and who has read them.

use mainstreet_community::guidelines::{self, NewClause};
use mainstreet_db::testing::on_each_database;
use mainstreet_kernel::{Kind, Role};

use crate::place::{Town, member};

fn clause(slug: &str, severity: &str, language: &str, title: &str) -> NewClause {
    NewClause {
        slug: slug.to_owned(),
        severity: severity.to_owned(),
        language: language.to_owned(),
        title: title.to_owned(),
        summary: format!("{title}, in a sentence."),
        body: "The whole text.\n\nOf two parts.".to_owned(),
    }
}

#[test]
fn a_version_never_changes_and_members_are_asked_again_after_each() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let boss = member(db, "zoe", Role::Manager)?;
        let ada = town.ada.person.unwrap();
        assert_eq!(db.read_now(move |tx| guidelines::is_due(tx, ada))?, None, "there are none yet");
        let first = db.write_now(move |tx| guidelines::adopt(tx, boss, "support"))?;
        assert_eq!(first, 1);
        assert_eq!(db.read_now(move |tx| guidelines::is_due(tx, ada))?, Some(1));
        db.write_now(move |tx| guidelines::acknowledge(tx, ada, 1))?;
        db.write_now(move |tx| guidelines::acknowledge(tx, ada, 1))?;
        assert_eq!(db.read_now(move |tx| guidelines::is_due(tx, ada))?, None);

        let same = db.write_now(move |tx| guidelines::publish(tx, boss, "nothing"));
        assert!(same.is_err_and(|error| error.kind == Kind::Conflict));
        let before = db.read_now(|tx| guidelines::version(tx, 1))?;
        db.write_now(move |tx| {
            guidelines::save_clause(tx, boss, &clause("be-kind", "minor", "", "Be gentle"))
        })?;
        db.write_now(move |tx| {
            guidelines::save_clause(tx, boss, &clause("be-kind", "", "de", "Sei freundlich"))
        })?;
        db.write_now(move |tx| guidelines::save_clause(tx, boss, &clause("", "serious", "", "No riddles")))?;
        db.write_now(move |tx| guidelines::drop_clause(tx, boss, "on-topic"))?;
        assert_eq!(db.read_now(|tx| guidelines::version(tx, 1))?, before, "a draft changes no version");
        let second = db.write_now(move |tx| guidelines::publish(tx, boss, "Gentler, and no riddles."))?;
        let now = db.read_now(guidelines::holds)?.unwrap();
        assert_eq!((second, now.number), (2, 2));
        assert_eq!(db.read_now(|tx| guidelines::version(tx, 1))?, before);
        assert_eq!(db.read_now(move |tx| guidelines::is_due(tx, ada))?, Some(2));
        assert_eq!(now.languages(), ["en", "de"]);
        let kind = now.clause("be-kind").unwrap();
        assert_eq!(
            now.clauses.first().map(|first| first.slug.as_str()),
            Some("be-kind"),
            "it keeps its place"
        );
        assert_eq!(
            (kind.text_in("de").title.as_str(), kind.text_in("fr").title.as_str()),
            ("Sei freundlich", "Be gentle")
        );
        let differences: Vec<_> = guidelines::compare(&before, &now)
            .into_iter()
            .map(|one| (one.slug, one.what, one.severity))
            .collect();
        assert_eq!(
            differences,
            [
                ("be-kind".to_owned(), "changed", Some(("serious", "minor"))),
                ("no-riddles".to_owned(), "new", None),
                ("on-topic".to_owned(), "gone", None),
            ]
        );
        Ok(())
    });
}

#[test]
fn only_managers_write_guidelines_and_mistakes_are_told() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (ada, mira) = (town.ada, town.mod_);
        let boss = member(db, "zoe", Role::Manager)?;
        for actor in [ada, mira] {
            let new = clause("", "minor", "", "Mine");
            let refused = [
                db.write_now(move |tx| guidelines::from_starter(tx, actor, "support")).map(drop),
                db.write_now(move |tx| guidelines::save_clause(tx, actor, &new)).map(drop),
                db.write_now(move |tx| guidelines::drop_clause(tx, actor, "be-kind")),
                db.write_now(move |tx| guidelines::publish(tx, actor, "Mine")).map(drop),
            ];
            assert!(refused.into_iter().all(|one| one.is_err_and(|error| error.kind == Kind::Forbidden)));
        }
        for (new, part) in [
            (clause("", "huge", "", "Size"), "minor, serious"),
            (clause("", "minor", "english", "Size"), "as a tag"),
            (clause("", "minor", "", " "), "title"),
            (clause("gone", "minor", "de", "Weg"), "counts first"),
        ] {
            let refused = db.write_now(move |tx| guidelines::save_clause(tx, boss, &new));
            assert!(refused.is_err_and(|error| error.safe.contains(part)), "{part}");
        }
        let empty = db.write_now(move |tx| guidelines::publish(tx, boss, "First"));
        assert!(empty.is_err_and(|error| error.safe.contains("empty")));
        Ok(())
    });
}
