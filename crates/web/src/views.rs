//! From a page's struct to a response: the one place that knows the template engine's rendering.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{Error, Result, Role, Timestamp, Zone, text};
use serde::{Deserialize, Serialize};

use crate::assets;
use crate::cookies;
use crate::pages::Gap;
use crate::request::Cx;

/// What a handler answers.
pub(crate) type Page = Result<Response>;

/// A sentence for the next page: what happened, and how to take it back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// What happened.
    pub(crate) text: String,
    /// Path of the form that undoes it, if it can be undone.
    pub(crate) undo: Option<String>,
}

/// The member in the chrome of a page. Texts are marks of [`Gap`]s: the page is alike for the next member.
#[derive(Clone, Debug)]
pub(crate) struct ChromeViewer {
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) hue: String,
    pub(crate) role: Role,
    pub(crate) staff: bool,
    pub(crate) shortcuts: bool,
    /// The name of the link to their notifications, with the count of unread ones. HTML.
    pub(crate) bell: String,
    /// True when some are unread.
    pub(crate) has_unread: bool,
    /// Asks them to read the guidelines, when they have yet to. HTML.
    pub(crate) guidelines: String,
}

/// What every page shows around its content.
#[derive(Clone, Debug)]
pub(crate) struct Chrome {
    /// The community's name.
    pub(crate) site: String,
    /// What it is for, in a line.
    pub(crate) tagline: String,
    /// The address members type, without a slash at the end.
    pub(crate) url: String,
    /// Path and query of this page.
    pub(crate) path: String,
    /// `auto`, `light` or `dark`.
    pub(crate) theme: String,
    pub(crate) viewer: Option<ChromeViewer>,
    /// The token for forms on this page.
    pub(crate) csrf: String,
    pub(crate) flash: Option<Flash>,
    pub(crate) css: &'static str,
    pub(crate) js: &'static str,
    /// Folder of pictures.
    pub(crate) img: &'static str,
    pub(crate) now: Timestamp,
    zone: Zone,
}

impl Chrome {
    pub(crate) fn new(cx: &Cx) -> Self {
        let site = cx.app.site();
        Self {
            site: site.name,
            tagline: site.tagline,
            url: cx.app.config.url.clone(),
            path: cx.uri.path_and_query().map(|part| part.as_str().to_owned()).unwrap_or_default(),
            theme: cx.viewer.as_ref().map_or_else(|| "auto".to_owned(), |_| Gap::Theme.mark()),
            viewer: cx.viewer.as_ref().map(|viewer| ChromeViewer {
                username: Gap::Username.mark(),
                name: Gap::Name.mark(),
                initials: Gap::Initials.mark(),
                hue: Gap::Hue.mark(),
                role: viewer.role,
                staff: viewer.role.is_staff(),
                shortcuts: viewer.shortcuts,
                bell: Gap::Bell.mark(),
                has_unread: viewer.unread > 0,
                guidelines: Gap::Guidelines.mark(),
            }),
            csrf: if cx.viewer.is_some() { Gap::Csrf.mark() } else { cx.csrf() },
            flash: cx.flash.clone(),
            css: assets::css(),
            js: assets::js(),
            img: assets::FOLDER,
            zone: site.zone,
            now: cx.app.now(),
        }
    }
}

impl Chrome {
    /// How long ago, or a date when that is long: `3 min ago`, `yesterday`, `4 Mar 2024`.
    pub(crate) fn ago(&self, at: &Timestamp) -> String {
        let age = self.now.since(*at);
        let days = self.zone.day_of(self.now).0 - self.zone.day_of(*at).0;
        match age {
            ..MINUTE => "just now".to_owned(),
            MINUTE..HOUR => format!("{} min ago", age / MINUTE),
            _ if age < DAY && days == 0 => format!("{} h ago", age / HOUR),
            _ if days <= 1 => "yesterday".to_owned(),
            _ if days < 7 => format!("{days} days ago"),
            _ if self.zone.format(self.now, "%Y") == self.zone.format(*at, "%Y") => {
                self.zone.format(*at, "%-d %b")
            }
            _ => self.zone.format(*at, "%-d %b %Y"),
        }
    }

    /// Day and time in the community's zone.
    pub(crate) fn date(&self, at: &Timestamp) -> String {
        self.zone.format(*at, "%-d %b %Y, %H:%M")
    }

    /// A day without its time: `4 Mar 2024`.
    pub(crate) fn short_day(&self, at: &Timestamp) -> String {
        self.zone.format(*at, "%-d %b %Y")
    }

    /// The heading of a day in a list: `Today`, `Yesterday`, `Monday`, `4 March 2024`.
    pub(crate) fn day(&self, at: &Timestamp) -> String {
        match self.zone.day_of(self.now).0 - self.zone.day_of(*at).0 {
            ..=0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            2..7 => self.zone.format(*at, "%A"),
            _ => self.zone.format(*at, "%-d %B %Y"),
        }
    }

    /// For machines.
    pub(crate) fn iso(&self, at: &Timestamp) -> String {
        at.to_string()
    }

    /// True when single keys do things.
    pub(crate) fn shortcuts(&self) -> bool {
        self.viewer.as_ref().is_none_or(|viewer| viewer.shortcuts)
    }

    /// True when the viewer is signed in.
    pub(crate) fn signed_in(&self) -> bool {
        self.viewer.is_some()
    }

    /// True when the viewer owns the installation.
    pub(crate) fn owner(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Owner)
    }

    /// True when the viewer may read the desk.
    pub(crate) fn audits(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.role.audits())
    }

    /// True when the viewer works in the desk.
    pub(crate) fn staff(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.staff)
    }
}

/// One of eight colours for a person or space, always the same for the same id.
pub(crate) fn hue(id: &i64) -> i64 {
    (*id ^ (*id >> 17) ^ (*id >> 31)).rem_euclid(8) + 1
}

/// A rendered page.
pub(crate) fn html(page: &impl Template) -> Page {
    let text = page.render().map_err(Error::internal)?;
    Ok(typed("text/html; charset=utf-8", text))
}

/// A rendered page with another status, such as a form with mistakes (422).
pub(crate) fn html_with(status: StatusCode, page: &impl Template) -> Page {
    let mut response = html(page)?;
    *response.status_mut() = status;
    Ok(response)
}

/// A body of some other type.
pub(crate) fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Plain text.
pub(crate) fn plain(text: &str) -> Response {
    typed("text/plain; charset=utf-8", text.to_owned())
}

/// After a form: go and look there (303).
pub(crate) fn see(path: &str) -> Page {
    redirect(StatusCode::SEE_OTHER, path)
}

/// This address has moved for good (301).
pub(crate) fn moved(path: &str) -> Page {
    redirect(StatusCode::MOVED_PERMANENTLY, path)
}

fn redirect(status: StatusCode, path: &str) -> Page {
    let encoded: String = path
        .chars()
        .map(|letter| if letter.is_ascii() { letter.to_string() } else { percent(letter) })
        .collect();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_str(&encoded).map_err(Error::internal)?);
    Ok(response)
}

fn percent(letter: char) -> String {
    let mut buffer = [0; 4];
    letter.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// After a form: go there, and say what happened.
pub(crate) fn see_saying(cx: &Cx, path: &str, said: impl Into<String>) -> Page {
    see_with(cx, path, &Flash { text: said.into(), undo: None })
}

/// After a form: go there, say what happened, and offer to take it back.
pub(crate) fn see_with(cx: &Cx, path: &str, flash: &Flash) -> Page {
    let mut response = see(path)?;
    let value = cookies::pack(&serde_json::to_string(flash).map_err(Error::internal)?);
    set_cookie(cx, &mut response, cookies::FLASH, &value, Some(60))?;
    Ok(response)
}

/// Adds a cookie to a response.
pub(crate) fn set_cookie(
    cx: &Cx,
    response: &mut Response,
    name: &str,
    value: &str,
    seconds: Option<i64>,
) -> Result<()> {
    let secure = cx.app.config.url.starts_with("https://");
    let value =
        HeaderValue::from_str(&cookies::write(name, value, seconds, secure)).map_err(Error::internal)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

/// The beginning of a text, without its marks.
pub(crate) fn short(body: &str) -> String {
    text::excerpt(&mainstreet_community::markdown::plain(body), 140)
}

/// A number with its noun: `1 reply`, `14 replies`.
pub(crate) fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
