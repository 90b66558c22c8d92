//! Mails of ours, as they look where mail is collected.

use std::borrow::Cow;

use super::Row;

/// A text of ours with addresses such as people have: those we wrote end in `.example`, for nobody owns them.
pub(crate) fn addressed(row: &Row) -> Cow<'_, str> {
    if row.set == "own" && row.text.contains("example") {
        Cow::Owned(row.text.replace(".example", ".com").replace(" . example", " . com"))
    } else {
        Cow::Borrowed(&row.text)
    }
}

/// A mail of ours as collections keep mail: in small letters, with spaces around every mark.
pub(crate) fn worn(row: &Row) -> Option<String> {
    let text = addressed(row);
    let body = text.strip_prefix("Subject:").filter(|_| row.set == "own")?;
    let mut worn = String::from("Subject:");
    for c in body.chars() {
        if c.is_alphanumeric() || c.is_whitespace() {
            worn.extend(c.to_lowercase());
        } else {
            worn.extend([' ', c, ' ']);
        }
    }
    let lines: Vec<String> =
        worn.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mails_of_ours_are_worn() {
        let row =
            |set: &str, text: &str| Row { set: set.to_owned(), text: text.to_owned(), ..Row::default() };
        let mail = row("own", "Subject: Don't wait\nGo to www.shop.example, NOW!");
        assert_eq!(worn(&mail).as_deref(), Some("Subject: don ' t wait\ngo to www . shop . com , now !"));
        let spaced = row("own", "Subject: for example\ngo to www . shop . example");
        assert_eq!(worn(&spaced).as_deref(), Some("Subject: for example\ngo to www . shop . com"));
        assert_eq!(worn(&row("own", "no mail")), None);
        assert_eq!(worn(&row("spam-sms", "Subject: x")), None);
    }
}
