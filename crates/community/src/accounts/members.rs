//! Members: people who can sign in here.

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{
    Activity, Actor, ActorClass, Error, FieldErrors, Result, Role, Timestamp, Verb, text,
};

use super::store;

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// The name in mentions and addresses.
    pub username: String,
    /// The name shown.
    pub name: String,
    /// Their address; shown to nobody but themselves and owners.
    pub email: String,
    /// Since when we know the address is theirs.
    pub email_confirmed_at: Option<Timestamp>,
    /// True when they can sign in with a password too.
    pub has_password: bool,
    /// What they may do.
    pub role: Role,
    /// They may not sign in or write until then.
    pub suspended_until: Option<Timestamp>,
    /// Why, as told to them.
    pub suspended_why: Option<String>,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Whether single keys do things.
    pub shortcuts: bool,
    /// Since when they are a member.
    pub created_at: Timestamp,
}

/// What somebody gives to become a member.
#[derive(Clone, Debug, Default)]
pub struct NewMember {
    /// The name in mentions and addresses.
    pub username: String,
    /// The name shown; empty: the username.
    pub name: String,
    /// Their address.
    pub email: String,
    /// From [`super::hash_password`]; nothing: they sign in by mailed link.
    pub password_hash: Option<String>,
}

/// Names that could be taken for the place itself.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "moderator",
    "mod",
    "owner",
    "staff",
    "system",
    "mainstreet",
    "support",
    "root",
    "everyone",
    "here",
    "all",
    "security",
    "postmaster",
    "abuse",
];

/// Says what is wrong with the names and address given, by field.
pub fn check_new_member(tx: &mut Tx<'_>, new: &NewMember) -> Result<FieldErrors> {
    let mut errors = FieldErrors::default();
    let length = new.username.chars().count();
    let plain = new.username.chars().all(|letter| letter.is_alphanumeric() || "_-.".contains(letter));
    let edges =
        new.username.starts_with(char::is_alphanumeric) && new.username.ends_with(char::is_alphanumeric);
    if !(2..=30).contains(&length) || !plain || !edges {
        errors.add("username", "Use 2 to 30 letters, digits, dots, dashes or underscores.");
    } else if RESERVED.contains(&text::fold(&new.username).as_str()) {
        errors.add("username", "This name is kept for the place itself. Choose another.");
    } else if store::member_by_username(tx, &new.username)?.is_some() {
        errors.add("username", "Somebody has this name already. Choose another.");
    }
    if new.name.chars().count() > 80 {
        errors.add("name", "Use at most 80 characters.");
    }
    if !looks_like_email(&new.email) {
        errors.add("email", "This does not look like an e-mail address.");
    }
    Ok(errors)
}

/// True when this may be a mail address: it has a name and a host, no spaces.
pub fn looks_like_email(email: &str) -> bool {
    let email = email.trim();
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    !local.is_empty()
        && email.len() <= 254
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !email.contains(|letter: char| {
            letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter)
        })
}

/// Makes a member. The names must have been checked; a race for one ends in a conflict.
pub fn open(tx: &mut Tx<'_>, new: &NewMember, role: Role) -> Result<PersonId> {
    let person = PersonId(tx.mint());
    let name = if new.name.trim().is_empty() { &new.username } else { &new.name };
    let class = Actor::signed_in(person, role).class;
    store::insert_person(tx, person, name.trim(), class)?;
    store::insert_member(tx, person, new, role)?;
    let actor = Actor { person: Some(person), role, class: ActorClass::Member };
    let at = tx.now();
    tx.record(&Activity::new(Verb::MemberJoined, actor, person, at))?;
    Ok(person)
}

/// The member, who must exist.
pub fn find(tx: &mut Tx<'_>, person: PersonId) -> Result<Member> {
    store::member(tx, person)?.ok_or_else(|| Error::not_found("There is no such member."))
}

/// The member called `username`, in whatever case.
pub fn find_by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<Member>> {
    store::member_by_username(tx, username)
}

/// The member with this address, in whatever case.
pub fn find_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<Member>> {
    store::member_by_email(tx, email)
}

/// Changes what the profile shows.
pub fn change_name_and_about(tx: &mut Tx<'_>, actor: Actor, name: &str, about: &str) -> Result<()> {
    let person = signed_in(actor)?;
    if name.trim().is_empty() || name.chars().count() > 80 || about.chars().count() > 2_000 {
        return Err(Error::invalid(
            "A name has 1 to 80 characters, and what you say about yourself at most 2,000.",
        ));
    }
    store::set_name_and_about(tx, person, name.trim(), about.trim())
}

/// Changes how the place looks and listens for this member.
pub fn prefer(tx: &mut Tx<'_>, actor: Actor, theme: &str, shortcuts: bool) -> Result<()> {
    let person = signed_in(actor)?;
    if !["auto", "light", "dark"].contains(&theme) {
        return Err(Error::invalid("A theme is auto, light or dark."));
    }
    store::set_preferences(tx, person, theme, shortcuts)
}

/// Sets a new password and closes all sessions but `keep`.
pub fn change_password(tx: &mut Tx<'_>, person: PersonId, hash: &str, keep: Option<&str>) -> Result<()> {
    store::set_password(tx, person, hash)?;
    super::close_sessions_but(tx, person, keep)
}

/// Gives a member another role. Owners only; the last owner stays one.
pub fn change_role(tx: &mut Tx<'_>, actor: Actor, person: PersonId, role: Role) -> Result<()> {
    if actor.role < Role::Owner {
        return Err(Error::forbidden("Only an owner can change roles."));
    }
    let member = find(tx, person)?;
    if member.role == Role::Owner && role < Role::Owner && store::owners(tx)? <= 1 {
        return Err(Error::conflict("This is the last owner. Make somebody else an owner first."));
    }
    store::set_role(tx, person, role, Actor::signed_in(person, role).class)?;
    let at = tx.now();
    tx.record(
        &Activity::new(Verb::MemberRoleChanged, actor, person, at)
            .with(serde_json::json!({"from": member.role.as_str(), "to": role.as_str()})),
    )
}

/// Until when a member cannot sign in, and why; nothing: they can. The caller has asked for permission and says it in
/// the log. Sessions stay, unusable, so that they are there again when it ends.
pub(crate) fn lock_out(
    tx: &mut Tx<'_>,
    person: PersonId,
    until: Option<Timestamp>,
    why: Option<&str>,
) -> Result<()> {
    store::set_suspension(tx, person, until, why)
}

fn signed_in(actor: Actor) -> Result<PersonId> {
    actor.person.ok_or_else(|| Error::new(mainstreet_kernel::Kind::SignIn, "Sign in to do this."))
}

/// What a person says about themselves.
pub fn about(tx: &mut Tx<'_>, person: PersonId) -> Result<String> {
    Ok(store::about(tx, person)?.unwrap_or_default())
}

/// Moderators, managers and owners, highest role first.
pub fn staff(tx: &mut Tx<'_>) -> Result<Vec<Member>> {
    let mut staff = store::staff(tx)?;
    staff.sort_by(|a, b| b.role.cmp(&a.role).then_with(|| a.username.cmp(&b.username)));
    Ok(staff)
}

/// Up to `limit` members whose username begins with `part`, or whose name holds it.
pub fn find_like(tx: &mut Tx<'_>, part: &str, limit: usize) -> Result<Vec<Member>> {
    store::members_like(tx, &text::fold(part), limit)
}
