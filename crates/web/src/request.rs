//! One request, as handlers see it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use mainstreet_db::Tx;
use mainstreet_kernel::{Actor, Error, Kind, Result, Role};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::cookies;
use crate::session::Viewer;
use crate::views::{Chrome, Flash};

/// A request: the node, who asks, and what for.
#[derive(Clone)]
pub(crate) struct Cx {
    pub(crate) app: App,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) parameters: HashMap<String, String>,
    pub(crate) body: Bytes,
    pub(crate) viewer: Option<Arc<Viewer>>,
    pub(crate) peer: Option<SocketAddr>,
    /// The token of this visit's forms, for people who are not signed in.
    pub(crate) visit: String,
    pub(crate) flash: Option<Flash>,
}

impl Cx {
    /// The part of the path called `name`, read as an id or a word.
    pub(crate) fn path<T: std::str::FromStr>(&self, name: &str) -> Result<T> {
        let text = self.parameters.get(name).map(String::as_str).unwrap_or_default();
        text.parse().map_err(|_| Error::not_found("There is nothing at this address."))
    }

    /// The query string as `T`. Unknown keys are ignored; nonsense is an error with a sentence.
    pub(crate) fn query<T: DeserializeOwned>(&self) -> Result<T> {
        serde_urlencoded::from_str(self.uri.query().unwrap_or_default()).map_err(|_| {
            Error::invalid("The address of this page has a part we cannot read. Start from the page before.")
        })
    }

    /// The form's fields, after its CSRF token was checked. The only way to them.
    pub(crate) fn form<T: DeserializeOwned>(&self) -> Result<T> {
        let fields: HashMap<String, String> = serde_urlencoded::from_bytes(&self.body)
            .map_err(|_| Error::invalid("This form could not be read. Go back and send it again."))?;
        let token = fields.get("csrf").map(String::as_str).unwrap_or_default();
        if !cookies::same(token, &self.csrf()) {
            return Err(Error::forbidden(
                "This form is too old, or came from another site. Go back, load the page again, and send it once more.",
            ));
        }
        serde_urlencoded::from_bytes(&self.body)
            .map_err(|cause| Error::invalid(format!("A field is missing or wrong in this form: {cause}.")))
    }

    /// Every value of a field that can be chosen several times, of the form or, when looking, of the address.
    pub(crate) fn chosen(&self, name: &str) -> Vec<String> {
        let query = self.uri.query().unwrap_or_default().as_bytes();
        let source = if self.method == Method::POST { &self.body[..] } else { query };
        let fields = url::form_urlencoded::parse(source);
        fields.filter(|(field, _)| field == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// The text somebody wrote into this form, for the page of an error: nobody writes the same answer twice. It goes
    /// back to its sender alone, so no token is asked for.
    pub(crate) fn typed(&self) -> String {
        let fields = url::form_urlencoded::parse(&self.body);
        let texts = fields.filter(|(name, _)| matches!(name.as_ref(), "body" | "note" | "why"));
        texts.map(|(_, text)| text.into_owned()).find(|text| !text.trim().is_empty()).unwrap_or_default()
    }

    /// The token every form of this viewer carries.
    pub(crate) fn csrf(&self) -> String {
        match &self.viewer {
            Some(viewer) => viewer.csrf.clone(),
            None => cookies::sign(&self.app.secret, &self.visit),
        }
    }

    /// Who is signed in; otherwise they are asked to.
    pub(crate) fn member(&self) -> Result<&Viewer> {
        self.viewer.as_deref().ok_or_else(|| Error::new(Kind::SignIn, "Sign in to do this."))
    }

    /// A signed-in moderator, manager or owner. Every handler of the desk asks.
    pub(crate) fn staff(&self) -> Result<&Viewer> {
        self.at_least(Role::Moderator)
    }

    /// Somebody who may look at the community's figures: analysts, auditors and staff.
    pub(crate) fn reads_figures(&self) -> Result<&Viewer> {
        let viewer = self.member()?;
        if viewer.role.reads_figures() {
            return Ok(viewer);
        }
        Err(Error::forbidden("Only an analyst or somebody of the team can see this page."))
    }

    /// Somebody who may read what was decided: staff and auditors. Only pages that change nothing ask for so little.
    pub(crate) fn audits(&self) -> Result<&Viewer> {
        let viewer = self.member()?;
        if viewer.role.audits() {
            return Ok(viewer);
        }
        Err(Error::forbidden("Only an auditor or somebody of the team can see this page."))
    }

    /// A signed-in member with at least this role.
    pub(crate) fn at_least(&self, role: Role) -> Result<&Viewer> {
        let viewer = self.member()?;
        if viewer.role < role {
            return Err(Error::forbidden(format!(
                "Only a {role} can see this page. Ask one if you need something here."
            )));
        }
        Ok(viewer)
    }

    /// The viewer as an actor, or nothing.
    pub(crate) fn actor(&self) -> Option<Actor> {
        self.viewer.as_deref().map(Viewer::actor)
    }

    /// The address the request came from.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        let forwarded = self.app.config.behind_proxy.then(|| self.header("x-forwarded-for")).flatten();
        forwarded
            .and_then(|list| list.split(',').next_back()?.trim().parse().ok())
            .or_else(|| self.peer.map(|peer| peer.ip()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What every page shows around its content.
    pub(crate) fn chrome(&self) -> Chrome {
        Chrome::new(self)
    }

    /// Reads from the database.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db.read(work).await
    }

    /// Changes the database, in one transaction.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db.write(work).await
    }
}
