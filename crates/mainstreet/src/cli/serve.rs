//! `mainstreet serve`: run the community.

use std::io::Write as _;
use std::net::SocketAddr;

use mainstreet_desk::drafting::Endpoint;
use mainstreet_web::{App, Config};

use crate::boot::{Common, Done, Failure};
use crate::{node, rehearsal};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", env = "MAINSTREET_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The address members type, such as `https://community.example.org`
    #[arg(long, value_name = "URL", env = "MAINSTREET_URL")]
    pub(crate) url: Option<String>,
    /// A mail server to send through, such as smtp://user:password@mail.example.org:587
    #[arg(long, value_name = "URL", env = "MAINSTREET_SMTP", hide_env_values = true)]
    pub(crate) smtp: Option<String>,
    /// The sender of mail, such as "Harbour Street <hello@example.org>"
    #[arg(long, value_name = "ADDRESS", env = "MAINSTREET_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// Folder for this node's search index (default: beside the SQLite file, else ./mainstreet-data)
    #[arg(long, value_name = "DIR", env = "MAINSTREET_DATA")]
    pub(crate) data: Option<std::path::PathBuf>,
    /// A server that drafts replies, speaking OpenAI's chat completions, such as http://127.0.0.1:11434/v1; an owner
    /// switches it on in the settings
    #[arg(long, value_name = "URL", env = "MAINSTREET_DRAFTING_URL", requires = "drafting_model")]
    pub(crate) drafting_url: Option<String>,
    /// The model's name on that server
    #[arg(long, value_name = "NAME", env = "MAINSTREET_DRAFTING_MODEL")]
    pub(crate) drafting_model: Option<String>,
    /// The key that server asks for; better in the environment, where no list of processes shows it
    #[arg(long, value_name = "KEY", env = "MAINSTREET_DRAFTING_KEY", hide_env_values = true)]
    pub(crate) drafting_key: Option<String>,
    /// Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy that sets them
    #[arg(long, env = "MAINSTREET_BEHIND_PROXY")]
    pub(crate) behind_proxy: bool,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    if let Some(rehearsal) = rehearsal::stage(common)? {
        // A file's copy has a folder of its own beside it; on a server the node's folder must tell them apart.
        let folder = match rehearsal.common.address()? {
            mainstreet_db::Address::Sqlite(_) => options.data.clone(),
            mainstreet_db::Address::Postgres(_) => {
                Some(options.data.clone().unwrap_or_else(|| "mainstreet-data".into()))
            }
        };
        let data = folder.map(|folder| folder.join(&rehearsal.mark));
        // Nobody gets mail from a rehearsal, and no text goes out.
        let options = Options { smtp: None, drafting_url: None, data, ..options.clone() };
        return start(&rehearsal.common, &options);
    }
    start(common, options)
}

fn start(common: &Common, options: &Options) -> Done {
    let runtime = node::runtime()?;
    runtime.block_on(serve(common, options, |_| {}))
}

/// Serves until told to stop. `ready` is called with the address once requests are answered.
pub(crate) async fn serve(common: &Common, options: &Options, ready: impl FnOnce(SocketAddr)) -> Done {
    let db = common.open()?;
    let listener = tokio::net::TcpListener::bind(options.listen).await.map_err(|cause| {
        Failure::Failed(format!(
            "cannot listen on {}: {cause}. Is another program using it? Try --listen 127.0.0.1:8081.",
            options.listen
        ))
    })?;
    let at = listener.local_addr()?;
    let config = Config {
        url: options.url.clone().unwrap_or_else(|| format!("http://{at}")),
        behind_proxy: options.behind_proxy,
        data: node::data_folder(db.address(), options.data.as_deref()),
        smtp: options.smtp.clone(),
        mail_from: options.mail_from.clone(),
        drafting: drafting(options),
    };
    let app = App::start(db, config).await?;
    let stop = node::run(app.clone());
    writeln!(std::io::stderr(), "Mainstreet is open at {}", app.config.url)?;
    if let Some(link) = app.setup_link().await? {
        writeln!(std::io::stderr(), "Set up your community at {link}")?;
    }
    ready(at);
    mainstreet_web::serve(app, listener, shutdown_signal()).await?;
    stop.stop().await;
    Ok(())
}

/// The server for drafts that was named where the program was started.
fn drafting(options: &Options) -> Option<Endpoint> {
    Some(Endpoint {
        url: options.drafting_url.clone().filter(|url| !url.is_empty())?,
        model: options.drafting_model.clone()?,
        key: options.drafting_key.clone().unwrap_or_default(),
        wish: String::new(),
    })
}

async fn shutdown_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
