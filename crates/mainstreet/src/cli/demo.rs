//! `mainstreet demo`: an invented community, ready to look at.
//!
//! It is made once, in a file of its own, and kept: what you do in it is there the next time. Known passwords are
//! set here and nowhere else, and never in a database that was not made here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use mainstreet_community::{accounts, bulk};
use mainstreet_db::{Address, Db};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Role, Timestamp};

use super::serve;
use crate::boot::{Common, DEFAULT_DATABASE, Done, Failure};
use crate::node;
use crate::simulate::{Setting, Story, shift, write};

/// The file the demonstration lives in when none is given.
const FILE: &str = "sqlite:mainstreet-demo.sqlite";
/// The password of the four who sign in.
const PASSWORD: &str = "osier-lane";
/// The state of a demonstration that is being made.
const BEGUN: &str = "begun";
/// The state of one that is complete.
const READY: &str = "ready";

#[derive(Debug, Clone, clap::Args)]
#[group(id = "demo")]
pub(crate) struct Options {
    #[command(flatten)]
    serve: serve::Options,
    /// People in it: 50 to 1000000
    #[arg(long, value_name = "N", default_value_t = 400)]
    members: u32,
    /// The same seed and number of people tell the same story
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Throw the last demonstration away and make a new one that ends now
    #[arg(long)]
    fresh: bool,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let database =
        if common.database == DEFAULT_DATABASE { FILE.to_owned() } else { common.database.clone() };
    let common = Common { database, ..common.clone() };
    let address = common.address()?;
    if address.is_half_filled()? {
        remove(&address)?;
    }
    let mut db = common.open()?;
    let mark = db.read_now(bulk::store::demo_mark)?;
    let (people, _) = db.read_now(bulk::store::population)?;
    let made = match (&mark, people) {
        (None, 1..) => {
            return Err(Failure::Failed(format!(
                "{} holds a community that is not a demonstration. Give another file with --database sqlite:PATH.",
                common.database
            )));
        }
        (Some((state, at)), _) if state == READY && !options.fresh => Some(*at),
        (Some(_), _) => {
            drop(db);
            remove(&address)?;
            db = common.open()?;
            None
        }
        (None, _) => None,
    };
    match made {
        Some(at) => say_kept(&common, at)?,
        None => make(&common, options, &db)?,
    }
    drop(db);
    let runtime = node::runtime()?;
    let url = options.serve.url.clone();
    runtime.block_on(serve::serve(&common, &options.serve, move |at| {
        let _ = welcome(at, url.as_deref());
    }))
}

/// Tells the story into the empty database, and lets four of its people sign in.
fn make(common: &Common, options: &Options, db: &Db) -> Done {
    let clock = common.clock();
    let now = common.now.unwrap_or_else(|| clock.now());
    let setting = Setting { seed: options.seed, members: options.members, days: 365, now };
    let story = Story::new(setting).map_err(Failure::Usage)?;
    let mut err = std::io::stderr();
    writeln!(err, "Inventing a year of Osier Lane in {} ...", common.database)?;
    db.write_now(|tx| bulk::store::mark_demo(tx, BEGUN))?;
    let story = write(db, story)?;
    let logins: Vec<PersonId> = logins(&story).map(|(_, person)| person).collect();
    let hash = accounts::hash_password(PASSWORD)?;
    db.write_now(move |tx| {
        logins.iter().try_for_each(|person| bulk::store::set_password(tx, *person, &hash))
    })?;
    writeln!(err, "Counting, and working through the inbox ...")?;
    node::catch_up(db)?;
    shift::work(db, &story)?;
    node::catch_up(db)?;
    db.write_now(|tx| bulk::store::mark_demo(tx, READY))?;
    let took = clock.now().since(now).max(0) as f64 / 1_000.0;
    writeln!(err, "{} people, {} posts, in {took:.1} s.", options.members, story.truth().posts())?;
    Ok(())
}

/// One person for each role.
fn logins(story: &Story) -> impl Iterator<Item = (Role, PersonId)> {
    let cast = story.cast();
    [Role::Member, Role::Moderator, Role::Manager, Role::Owner].into_iter().filter_map(move |role| {
        cast.iter().find(|(_, _, _, known)| *known == role).map(|(person, ..)| (role, *person))
    })
}

fn say_kept(common: &Common, made: Timestamp) -> Done {
    let days = common.clock().now().since(made) / DAY;
    let age = match days {
        ..=0 => "from today".to_owned(),
        1 => "from yesterday".to_owned(),
        days => format!("{days} days old"),
    };
    writeln!(
        std::io::stderr(),
        "This is the demonstration in {}, {age}. Make a new one with: mainstreet demo --fresh",
        common.database
    )?;
    Ok(())
}

/// Takes away the demonstration's file and what belongs to it.
fn remove(address: &Address) -> Done {
    let Address::Sqlite(path) = address else {
        return Err(Failure::Failed(
            "only a demonstration in a SQLite file can be made anew. Give an empty database.".to_owned(),
        ));
    };
    let beside = |ending: &str| {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        path.with_file_name(name)
    };
    for ending in ["", "-wal", "-shm"] {
        remove_file(&beside(ending))?;
    }
    match std::fs::remove_dir_all(beside(".data")) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.into()),
        _ => Ok(()),
    }
}

fn remove_file(path: &Path) -> Done {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.into()),
        _ => Ok(()),
    }
}

/// Where to look and how to sign in.
fn welcome(at: SocketAddr, url: Option<&str>) -> Done {
    let url = url.map_or_else(|| format!("http://{at}"), ToOwned::to_owned);
    let mut text = format!("\nOsier Lane is open at {url}\n\n");
    let rows = [
        ("member", "nadia", "/", "read, ask, answer, react"),
        ("moderator", "marijke", "/desk/inbox", "work the inbox, hide and restore"),
        ("manager", "seun", "/desk", "what needs you today, and how the community is"),
        ("owner", "ines", "/desk", "all of it, and the settings"),
    ];
    let _ = writeln!(text, "Sign in at {url}/sign-in, every password is {PASSWORD}\n");
    for (role, name, path, what) in rows {
        let _ = writeln!(text, "  {role:<10} {name:<9} {:<42} {what}", format!("{url}{path}"));
    }
    text.push_str("\nStop with Ctrl-C. What you do is kept for the next time.\n");
    std::io::stderr().write_all(text.as_bytes())?;
    Ok(())
}
