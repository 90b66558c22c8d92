//! What a node needs to answer requests.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use mainstreet_community::accounts;
use mainstreet_community::meaning::Meaning;
use mainstreet_community::search::Search;
use mainstreet_community::settings::{self, Settings};
use mainstreet_db::{Db, Tx};
use mainstreet_kernel::{Actor, Clock, Error, Result, Timestamp};
use tokio::sync::Notify;

use crate::live::Live;
use crate::pages::PageCache;
use crate::session::SessionCache;

/// How this node is run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address members type, without a slash at the end.
    pub url: String,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto`.
    pub behind_proxy: bool,
    /// Folder for what can be made again, such as the search index.
    pub data: PathBuf,
    /// A mail server; without one, mail waits in the database.
    pub smtp: Option<String>,
    /// The sender of mail.
    pub mail_from: Option<String>,
    /// The server for drafts that the operator named; without one, the settings say.
    pub drafting: Option<mainstreet_desk::drafting::Endpoint>,
}

/// A node. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// How this node is run.
    pub config: Arc<Config>,
    /// This node's index of what was written.
    pub search: Arc<Search>,
    /// What this node finds by meaning, where a model is in use.
    pub meaning: Arc<Meaning>,
    pub(crate) sessions: Arc<SessionCache>,
    pub(crate) pages: Arc<PageCache>,
    pub(crate) live: Live,
    pub(crate) secret: Arc<[u8]>,
    site: Arc<RwLock<Settings>>,
    mail: Arc<Notify>,
}

impl App {
    /// Makes ready to answer: reads or makes the installation's secret.
    pub async fn start(db: Db, mut config: Config) -> Result<Self> {
        while config.url.ends_with('/') {
            config.url.pop();
        }
        let secret = db.write(accounts::secret).await?;
        let url = config.url.clone();
        db.write(move |tx| settings::keep_address(tx, &url)).await?;
        let site = db.read(settings::load).await?;
        let folder = config.data.join("search");
        let search =
            tokio::task::spawn_blocking(move || Search::open(&folder)).await.map_err(Error::internal)??;
        Ok(Self {
            db,
            search: Arc::new(search),
            meaning: Arc::new(Meaning::new(&config.data)),
            config: Arc::new(config),
            sessions: Arc::new(SessionCache::new()),
            pages: Arc::new(PageCache::new()),
            live: Live::new(),
            secret: secret.into(),
            site: Arc::new(RwLock::new(site)),
            mail: Arc::new(Notify::new()),
        })
    }

    /// The clock of the installation.
    pub fn clock(&self) -> &Clock {
        self.db.clock()
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// The address at which the first owner sets the community up, or nothing when that is done.
    pub async fn setup_link(&self) -> Result<Option<String>> {
        let code = self.db.write(accounts::setup_code).await?;
        Ok(code.map(|code| format!("{}/setup?code={code}", self.config.url)))
    }

    /// Follows the log and tells open pages and the page cache what changed. Runs for ever; every node runs one.
    pub async fn follow_log(self) {
        crate::live::follow(self).await;
    }

    /// The community's settings, as this node last read them.
    pub fn site(&self) -> Settings {
        self.site.read().map(|site| site.clone()).unwrap_or_default()
    }

    /// Reads the settings anew, soon; all pages kept show the old ones.
    pub(crate) fn refresh_site(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            match app.db.read(settings::load).await {
                Ok(fresh) => {
                    if let Ok(mut site) = app.site.write() {
                        *site = fresh;
                    }
                    app.pages.all_changed();
                }
                Err(error) => tracing::warn!(?error, "the settings could not be read"),
            }
        });
    }

    /// The search index holds something new, so results kept for visitors are out of date.
    pub fn index_changed(&self) {
        self.pages.changed(None);
    }

    /// There is mail to send.
    pub(crate) fn wake_mail(&self) {
        self.mail.notify_one();
    }

    /// Ends when there is mail to send.
    pub async fn mail_waits(&self) {
        self.mail.notified().await;
    }
}

/// Names the community at its first run.
pub(crate) fn name_site(tx: &mut Tx<'_>, name: &str, tagline: &str, zone: &str) -> Result<()> {
    let zone = zone.parse().map_err(|error: Error| error)?;
    let settings =
        Settings { name: name.to_owned(), tagline: tagline.to_owned(), zone, ..Settings::default() };
    settings::save(tx, Actor::SYSTEM, &settings)
}
