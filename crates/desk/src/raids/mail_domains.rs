//! Mail domains that hand out addresses for minutes: the list that comes with the program, and what the team says.

use std::collections::HashSet;
use std::sync::OnceLock;

use mainstreet_db::Tx;
use mainstreet_kernel::text::fold;
use mainstreet_kernel::{Actor, Error, Result, Role};

use super::store;

/// The most domains taken in at once.
pub const MOST: usize = 50_000;

fn shipped() -> &'static HashSet<&'static str> {
    static LIST: OnceLock<HashSet<&'static str>> = OnceLock::new();
    LIST.get_or_init(|| lines(include_str!("disposable.txt")).collect())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The list that comes with the program, by name.
pub fn of_program() -> Vec<&'static str> {
    let mut all: Vec<&str> = shipped().iter().copied().collect();
    all.sort_unstable();
    all
}

/// How many come with the program.
pub fn shipped_count() -> usize {
    shipped().len()
}

/// The domain of an address, when it hands out addresses for minutes. What the team says comes before the list, a
/// longer name before a shorter one.
pub fn disposable(tx: &mut Tx<'_>, email: &str) -> Result<Option<String>> {
    let email = fold(email);
    let Some((_, domain)) = email.rsplit_once('@') else { return Ok(None) };
    let mut rest = domain.trim_matches('.');
    while rest.contains('.') {
        match store::mail_domain(tx, rest)? {
            Some(true) => return Ok(Some(rest.to_owned())),
            Some(false) => return Ok(None),
            None if shipped().contains(rest) => return Ok(Some(rest.to_owned())),
            None => {}
        }
        rest = rest.split_once('.').map_or("", |(_, rest)| rest);
    }
    Ok(None)
}

/// What the team added and took away, by name: the first thousand.
pub fn of_team(tx: &mut Tx<'_>) -> Result<Vec<(String, bool)>> {
    store::mail_domains(tx, 1_000)
}

/// Everything that the team added and took away, by name.
pub fn all_of_team(tx: &mut Tx<'_>) -> Result<Vec<(String, bool)>> {
    store::mail_domains(tx, usize::MAX >> 1)
}

/// Takes a list in: a domain a line, `#` begins a remark, `!` before a domain says that it is fine. Answers how many
/// lines were taken.
///
/// # Errors
/// `Forbidden` for those below a manager, unless the program itself asks; `Invalid` with the line that is no domain.
pub fn take_in(tx: &mut Tx<'_>, actor: Actor, text: &str) -> Result<usize> {
    may(actor)?;
    let mut list = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let fine = line.starts_with('!');
        let domain = fold(line.trim_start_matches('!')).trim_start_matches(['@', '.']).to_owned();
        if !is_domain(&domain) {
            return Err(Error::invalid(format!(
                "Line {} is no mail domain: “{}”. Write one a line, such as example.com.",
                place + 1,
                mainstreet_kernel::text::excerpt(line, 40)
            )));
        }
        list.push((domain, !fine));
    }
    if list.len() > MOST {
        return Err(Error::invalid("Take in at most 50,000 domains at once."));
    }
    for (domain, disposable) in &list {
        store::set_mail_domain(tx, domain, Some(*disposable), actor.person)?;
    }
    Ok(list.len())
}

/// Forgets what the team said about a domain. Errors: `Forbidden`.
pub fn forget(tx: &mut Tx<'_>, actor: Actor, domain: &str) -> Result<()> {
    may(actor)?;
    store::set_mail_domain(tx, &fold(domain), None, actor.person)
}

fn may(actor: Actor) -> Result<()> {
    if actor.person.is_none() || actor.role >= Role::Manager {
        return Ok(());
    }
    Err(Error::forbidden("Only a manager can change the list of mail domains."))
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
        })
}
