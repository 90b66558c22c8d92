//! Writing rules without a script: the form, the text, the box to try them in, and the page of a rule.

use axum::http::StatusCode;
use mainstreet_desk::rules::{self, Watch, runs};
use mainstreet_kernel::{Result, Role};

use crate::support::{Answer, Browser, Place};

const NEW: &str = "/desk/rules/new";

/// A form as a browser without scripts fills it in: everything on the page is sent with whatever button is pressed.
struct Form<'a> {
    place: &'a Place,
    who: &'a Browser,
    fields: Vec<(String, String)>,
    address: String,
}

impl<'a> Form<'a> {
    fn new(place: &'a Place, who: &'a Browser) -> Self {
        let fields = vec![("as".to_owned(), "form".to_owned())];
        Self { place, who, fields, address: NEW.to_owned() }
    }

    fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.fields.retain(|(known, _)| known != name || name == "when");
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a line that was just added brings with it.
    fn line(&mut self, key: &str, about: &str, values: &[(&str, &str)]) -> &mut Self {
        self.set(&format!("{key}.about"), about);
        for (name, value) in values {
            self.set(&format!("{key}.{name}"), value);
        }
        self
    }

    fn deed(&mut self, key: &str, action: &str, values: &[(&str, &str)]) -> &mut Self {
        self.set(&format!("{key}.do"), action);
        for (name, value) in values {
            self.set(&format!("{key}.{name}"), value);
        }
        self
    }

    async fn press(&self, act: &str) -> Answer {
        let mut fields: Vec<(&str, &str)> =
            self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("act", act));
        self.place.post(self.who, NEW, &self.address, &fields).await
    }
}

fn heated(form: &mut Form<'_>) {
    form.set("name", "Heated thread")
        .set("guideline", "be-kind")
        .set("when", "flag")
        .line(
            "all.0.0",
            "distinct",
            &[
                ("who", "flagger"),
                ("event", "flag on thread"),
                ("w", "2"),
                ("wu", "hours"),
                ("op", ">="),
                ("n", "3"),
            ],
        )
        .line("all.1.0", "thread.age", &[("op", "<"), ("n", "3"), ("nu", "days")])
        .deed(
            "then.0",
            "slow mode",
            &[("p.each", "10"), ("p.each.u", "minutes"), ("p.for", "6"), ("p.for.u", "hours")],
        )
        .deed("then.1", "open item", &[("p.urgency", "urgent"), ("p.risk", "harassment")])
        .set("expires.how", "never")
        .set("review.how", "in")
        .set("review.n", "180")
        .set("review.u", "days");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_written_in_the_form_and_is_the_same_as_text() -> Result<()> {
    let place = Place::open().await?;
    let boss = place.newcomer("Zoe", Role::Manager)?;
    Form::new(&place, &boss).press("as text").await.shows("rule: Links of newcomers");
    let mut form = Form::new(&place, &boss);
    heated(&mut form);
    let text = form.press("as text").await;
    text.shows("distinct(flagger, flag on thread, 2 hours) &#62;= 3")
        .shows("slow mode: 10 minutes for 6 hours");
    let saved = form.press("save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = place.get(Some(&boss), &saved.location).await;
    page.shows("In shadow: it watches").shows("thread.age &#60; 3 days");
    let kept = place.db.read_now(rules::all)?;
    assert_eq!(kept.len(), 1);
    let again = kept[0].rule().unwrap();
    assert_eq!(mainstreet_rules::print(&again, mainstreet_rules::Vocabulary::standard()), kept[0].text);

    // The same name twice would overwrite the first one.
    let twice = form.press("save").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    twice.shows("There is a rule called").shows("value=\"Heated thread\"");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_added_and_removed_and_what_was_typed_stays() -> Result<()> {
    let place = Place::open().await?;
    let mut form = Form::new(&place, &place.max);
    form.set("name", "Half <done>").set("when", "post published").set("new.all", "author.age");
    let added = form.press("add all").await;
    added
        .shows("Half &#60;done&#62;")
        .shows("name=\"all.0.0.about\" value=\"author.age\"")
        .shows("autofocus");
    assert!(!added.text.contains("It cannot be saved like"), "nobody asked yet");
    form.line("all.0.0", "author.age", &[("op", "<"), ("n", "1"), ("nu", "days")])
        .set("or.all.0", "post.text");
    let or = form.press("or all 0").await;
    or.shows("name=\"all.0.1.about\" value=\"post.text\"").shows("value=\"1\"");
    form.line("all.0.1", "post.text", &[("op", "has any"), ("v", "free money\nit's \"new\"")]);
    form.deed("then.0", "open item", &[("p.urgency", "high")]);
    let text = form.press("as text").await;
    text.shows("author.age &#60; 1 day or post.text has any: [&#34;free money&#34;");
    let gone = form.press("drop all 0 0").await;
    assert!(!gone.text.contains(".about\" value=\"author.age\""), "{}", gone.text);
    gone.shows("name=\"all.0.0.about\" value=\"post.text\"").shows("free money");
    let dropped = form.press("drop then 0").await;
    assert!(!dropped.text.contains("name=\"then.0.do\""));
    // Nonsense does no harm.
    for act in ["", "drop", "drop all 99 99", "or all x", "add nothing", "fact match 7", "drop when -1"] {
        assert_eq!(form.press(act).await.status, StatusCode::OK, "{act}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_beside_its_line() -> Result<()> {
    let place = Place::open().await?;
    let mut form = Form::new(&place, &place.max);
    form.set("when", "post published");
    form.line("all.0.0", "author.posts", &[("op", "<"), ("n", "many")]);
    form.line("all.1.0", "written", &[("line", "author.agee < 1 day")]);
    form.deed("then.0", "mute for", &[("p.for", "3"), ("p.for.u", "days")]);
    let refused = form.press("save").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused
        .shows("A rule needs a name")
        .shows("href=\"#all.0\">If, line 1</a>: &#34;many&#34; is not a number")
        .shows("Did you mean “author.age”?")
        .shows("id=\"all.1\" data-wrong");
    form.set("name", "x");
    form.line("all.0.0", "author.posts", &[("op", "<"), ("n", "3")]);
    form.line("all.1.0", "written", &[("line", "author.age < 1 day")]);
    form.press("check").await.shows("Then, line 1").shows("by a manager only");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_tried_in_the_editor() -> Result<()> {
    let place = Place::open().await?;
    let mut form = Form::new(&place, &place.max);
    form.set("name", "Outage").set("when", "post published");
    form.line("all.0.0", "post.text", &[("op", "has any"), ("v", "outage")]);
    form.line("all.1.0", "author.posts", &[("op", "<"), ("n", "5")]);
    form.deed("then.0", "open item", &[("p.urgency", "high")]);
    form.set("try.text", "There is an OUTAGE since noon");
    form.press("try").await.shows("It depends on").shows("<mark>OUTAGE</mark>").shows("not known");
    form.set("try.k.0.name", "author.posts").set("try.k.0.v", "2");
    form.press("try").await.shows("It matches").shows("open item").shows("reads post.text (1 word)");
    form.set("try.k.0.v", "soon");
    form.press("try").await.shows("is not a number");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_back_test_is_asked_for_watched_cancelled_and_kept() -> Result<()> {
    let place = Place::open().await?;
    let mut form = Form::new(&place, &place.max);
    form.set("name", "Everything").set("when", "post published");
    form.line("all.0.0", "always", &[]);
    form.deed("then.0", "open item", &[("p.urgency", "low")]);
    let page = form.press("save").await.location;
    let test = format!("{page}/backtest");
    let wrong = place.post(&place.max, &page, &test, &[("days", "soon")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    place.post(&place.max, &page, &test, &[("days", "30")]).await;
    place.get(Some(&place.max), &page).await.shows("It waits for its turn").shows("http-equiv=\"refresh\"");
    assert_eq!(place.post(&place.max, &page, &test, &[("days", "30")]).await.status, StatusCode::CONFLICT);
    place.post(&place.max, &page, &format!("{test}/cancellation"), &[]).await;
    place.get(Some(&place.max), &page).await.shows("was cancelled");

    place.post(&place.max, &page, &test, &[("days", "")]).await;
    let run = place.db.write_now(runs::take)?.unwrap();
    assert!(place.db.write_now(runs::take)?.is_none(), "one node works on it");
    let own = run.clone();
    let report = place.db.read_now(move |tx| runs::work(tx, &own, &Watch::default()));
    place.db.write_now(move |tx| runs::end(tx, &run, report))?;
    let done = place.get(Some(&place.max), &page).await;
    done.shows("Tried just now").shows("Past decisions are what your moderators saw");
    assert!(!done.text.contains("http-equiv=\"refresh\""));
    Ok(())
}
