//! A community with its standing cast, and a browser that is only cookies, forms and links.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use mainstreet_community::accounts::{self, NewMember};
use mainstreet_community::{posts, spaces, topics};
use mainstreet_db::testing::TestDb;
use mainstreet_db::{Db, log};
use mainstreet_desk::{rhythm, signals};
use mainstreet_kernel::id::{SpaceId, TopicId};
use mainstreet_kernel::{Actor, Result, Role, Visibility};
use mainstreet_web::{App, Config};
use tower::ServiceExt as _;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A node on a fresh database, with ada (owner), max and kim (moderators), mira and nils (members).
pub(crate) struct Place {
    pub(crate) db: TestDb,
    router: axum::Router,
    app: App,
    pub(crate) help: SpaceId,
    pub(crate) ada: Browser,
    pub(crate) max: Browser,
    pub(crate) kim: Browser,
    pub(crate) mira: Browser,
    pub(crate) nils: Browser,
}

/// Somebody signed in.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) actor: Actor,
    pub(crate) cookie: String,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) text: String,
    flash: Option<String>,
}

impl Place {
    pub(crate) async fn open() -> Result<Self> {
        let db = TestDb::sqlite()?;
        let config = Config {
            url: "http://localhost".to_owned(),
            behind_proxy: false,
            data: std::env::temp_dir().join(format!(
                "mainstreet-web-{}-{}",
                std::process::id(),
                COUNT.fetch_add(1, Ordering::Relaxed)
            )),
            smtp: None,
            mail_from: None,
            drafting: None,
        };
        let handle: Db = (*db).clone();
        let app = App::start(handle, config).await?;
        let router = mainstreet_web::routes(app.clone());
        let ada = member(&db, "Ada", Role::Owner)?;
        let owner = ada.actor;
        let help = db.write_now(move |tx| {
            let draft = spaces::Draft {
                name: "Help".to_owned(),
                description: String::new(),
                kind: spaces::Kind::Questions,
                visibility: Visibility::Public,
                hue: 3,
            };
            spaces::open(tx, owner, draft).map(|space| space.id)
        })?;
        Ok(Self {
            max: member(&db, "Max", Role::Moderator)?,
            kim: member(&db, "Kim", Role::Moderator)?,
            mira: member(&db, "Mira", Role::Member)?,
            nils: member(&db, "Nils", Role::Member)?,
            ada,
            help,
            router,
            app,
            db,
        })
    }

    pub(crate) async fn get(&self, who: Option<&Browser>, path: &str) -> Answer {
        let mut request = Request::get(path);
        if let Some(who) = who {
            request = request.header(header::COOKIE, &who.cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Posts a form, with the token that the forms of `from` carry.
    pub(crate) async fn post(
        &self,
        who: &Browser,
        from: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let csrf = self.get(Some(who), from).await.value("csrf");
        self.post_with(who, &csrf, path, fields).await
    }

    /// Posts a form with any token.
    pub(crate) async fn post_with(
        &self,
        who: &Browser,
        csrf: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", csrf);
        for (name, value) in fields {
            body.append_pair(name, value);
        }
        let request = Request::post(path)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.finish()))
            .unwrap();
        self.send(request).await
    }

    /// Posts a form with a file, with the token given.
    pub(crate) async fn upload(
        &self,
        who: &Browser,
        csrf: &str,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        let token = [("csrf", csrf)];
        for (name, value) in token.iter().chain(fields) {
            let part =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: \
             application/octet-stream\r\n\r\n",
            file.0
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.1);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post(path)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// The status alone, of an answer that may have no end. `body` is the form's, and makes it a POST.
    pub(crate) async fn status(&self, cookie: &str, path: &str, body: Option<String>) -> StatusCode {
        let request = if body.is_some() { Request::post(path) } else { Request::get(path) };
        let request = request
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.map_or_else(Body::empty, Body::from))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    /// Somebody who is not signed in, with the cookie of their visit.
    pub(crate) fn visitor(&self) -> Browser {
        let visit = "a".repeat(43);
        Browser { cookie: format!("mainstreet_visit={visit}"), ..self.mira.clone() }
    }

    /// Writes the mails that wait to be written, as a node does before it sends.
    pub(crate) async fn write_mails(&self) -> Result<()> {
        mainstreet_web::deliver_waiting(&self.app).await.map(drop)
    }

    /// Somebody new with this role.
    pub(crate) fn newcomer(&self, name: &str, role: Role) -> Result<Browser> {
        member(&self.db, name, role)
    }

    /// The page that an answer leads to, with its flash.
    pub(crate) async fn follow(&self, who: &Browser, answer: &Answer) -> Answer {
        let mut cookie = who.cookie.clone();
        if let Some(flash) = &answer.flash {
            cookie = format!("{cookie}; {flash}");
        }
        let request =
            Request::get(&answer.location).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        self.send(request).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let one = |name: header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let location = one(header::LOCATION);
        let flash = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find(|cookie| cookie.contains("flash"))
            .and_then(|cookie| cookie.split(';').next())
            .map(str::to_owned);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, location, text: String::from_utf8_lossy(&body).into_owned(), flash }
    }

    pub(crate) fn ask(&self, who: &Browser, title: &str, body: &str) -> Result<TopicId> {
        let actor = who.actor;
        let new = topics::NewTopic {
            space: self.help,
            title: title.to_owned(),
            body: body.to_owned(),
            tags: Vec::new(),
            question: true,
            form_token: None,
        };
        self.db.write_now(move |tx| topics::open(tx, actor, &new).map(|opened| opened.topic.id))
    }

    pub(crate) fn answer(&self, who: &Browser, topic: TopicId, body: &str) -> Result<()> {
        let actor = who.actor;
        let new = posts::NewReply { topic, body: body.to_owned(), reply_to: None, form_token: None };
        self.db.write_now(move |tx| posts::reply(tx, actor, &new).map(drop))
    }

    /// Lets the desk read the log to its end and look at the clock.
    pub(crate) fn settle(&self) -> Result<()> {
        while self.db.write_now(|tx| log::advance(tx, rhythm::READER, 100, rhythm::advance))? > 0 {}
        self.db.write_now(signals::sweep).map(drop)
    }
}

impl Answer {
    /// The value of the first field called `name`.
    pub(crate) fn value(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&start).map(|(_, rest)| rest).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// What follows `start`, up to the next quote.
    pub(crate) fn value_after(&self, start: &str) -> String {
        let rest = self.text.split_once(start).map(|(_, rest)| rest).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// The text in the first box of this name.
    pub(crate) fn typed(&self, name: &str) -> String {
        let start = format!("name=\"{name}\"");
        let rest = self.text.split(&start).skip(1).find(|rest| {
            let (tag, _) = rest.split_once('>').unwrap_or_default();
            !tag.contains('<')
                && rest.split_once("</textarea>").is_some_and(|(text, _)| !text.contains("<textarea"))
                && !tag.contains("type=")
        });
        let text = rest.and_then(|rest| rest.split_once('>')).map(|(_, rest)| rest).unwrap_or_default();
        text.split("</textarea>").next().unwrap_or_default().to_owned()
    }

    /// The first link that begins with `start`.
    pub(crate) fn link(&self, start: &str) -> String {
        let begins = format!("href=\"{start}");
        let rest = self.text.split_once(&begins).map(|(_, rest)| rest).unwrap_or_default();
        format!("{start}{}", rest.split('"').next().unwrap_or_default())
            .replace("&amp;", "&")
            .replace("&#38;", "&")
    }

    /// The page shows this text.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "'{text}' is not on the page ({}):\n{}", self.status, self.text);
        self
    }
}

fn member(db: &Db, name: &str, role: Role) -> Result<Browser> {
    let new = NewMember {
        username: name.to_lowercase(),
        name: name.to_owned(),
        email: format!("{}@example.org", name.to_lowercase()),
        password_hash: None,
    };
    let (person, token) = db.write_now(move |tx| {
        let person = accounts::open(tx, &new, role)?;
        Ok((person, accounts::open_session(tx, person, "a test")?))
    })?;
    Ok(Browser { actor: Actor::signed_in(person, role), cookie: format!("mainstreet_session={token}") })
}
