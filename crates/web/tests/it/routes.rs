//! Every page and who gets past its door, held against a list that people read in a review.

use std::path::PathBuf;

use axum::http::StatusCode;
use mainstreet_kernel::{Result, Role};

use crate::support::Place;

/// From the least rights to the most.
const WHO: [(&str, Option<Role>); 7] = [
    ("everybody", None),
    ("members", Some(Role::Member)),
    ("analysts", Some(Role::Analyst)),
    ("auditors", Some(Role::Auditor)),
    ("moderators", Some(Role::Moderator)),
    ("managers", Some(Role::Manager)),
    ("owners", Some(Role::Owner)),
];
const HEAD: &str = "\
# Every page of Mainstreet and who gets past its door: everybody, members, analysts, auditors, moderators,
# managers, owners or nobody.
# Found out by asking. What a rule says of one post or one space comes after the door. Write it anew with
#   MAINSTREET_WRITE_LISTS=1 cargo test -p mainstreet-web every_page_is_open_to_whom_the_list_says
";

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/routes.txt")
}

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{username}" => "nobody",
        "{slug}" => "nowhere",
        part if part.starts_with('{') => "0000000000000",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Asks as somebody nobody has seen before: what one request does must not change what the next may do.
async fn is_let_in(
    place: &Place,
    number: usize,
    role: Option<Role>,
    method: &str,
    path: &str,
) -> Result<bool> {
    let visitor = format!("mainstreet_visit={number:0>43}");
    let cookie = match role {
        Some(role) => place.newcomer(&format!("caller{number}"), role)?.cookie,
        None => visitor,
    };
    let caller = crate::support::Browser { cookie: cookie.clone(), ..place.mira.clone() };
    let door = if role.is_some() { "/" } else { "/sign-in" };
    let form = match method {
        "GET" => None,
        _ => Some(format!("csrf={}", place.get(Some(&caller), door).await.value("csrf"))),
    };
    let status = place.status(&cookie, &filled(path), form).await;
    assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{method} {path} fails for {role:?}");
    Ok(!matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_open_to_whom_the_list_says() -> Result<()> {
    let place = Place::open().await?;
    let mut lines = Vec::new();
    let mut number = 0;
    for (method, path) in mainstreet_web::list() {
        let mut who = "nobody";
        for (name, role) in WHO {
            number += 1;
            if is_let_in(&place, number, role, &method, path).await? {
                who = name;
                break;
            }
        }
        lines.push(format!("{path} {method} {who}"));
    }
    lines.sort();
    let found = format!("{HEAD}{}\n", lines.join("\n"));
    if std::env::var_os("MAINSTREET_WRITE_LISTS").is_some() {
        std::fs::write(file(), &found).unwrap();
    }
    let listed = std::fs::read_to_string(file()).unwrap_or_default();
    let only = |these: &str, those: &str, sign: &str| -> String {
        these
            .lines()
            .filter(|line| !those.lines().any(|other| other == *line))
            .fold(String::new(), |all, line| all + "\n  " + sign + " " + line)
    };
    assert!(
        found == listed,
        "the pages differ from tests/it/routes.txt:{}{}\nIf that is meant, write the list anew:\n  \
         MAINSTREET_WRITE_LISTS=1 cargo test -p mainstreet-web every_page_is_open_to_whom_the_list_says",
        only(&listed, &found, "-"),
        only(&found, &listed, "+"),
    );
    Ok(())
}
