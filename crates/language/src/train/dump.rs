//! Questions and answers out of a Stack Exchange dump (`Posts.xml`, CC BY-SA): nothing shows better how asking
//! differs from answering.

use super::Row;
use super::chat::labels;

/// The questions and answers of a dump, by `set`, those in `judged` (see [`labels`]) with what we judged. Lines that are
/// no posts are passed over.
pub fn posts(set: &str, xml: &str, judged: &str) -> Vec<Row> {
    let judged = labels(judged);
    let mut rows: Vec<Row> = xml.lines().filter_map(|line| post(set, line)).collect();
    for row in &mut rows {
        if let Some(label) = judged.get(row.id.clone().as_str()) {
            label.give(row);
        }
    }
    rows
}

/// The comments of a dump (`Comments.xml`) that are in `judged`, their ids with a `c` before them. Each answers a post.
pub fn comments(set: &str, xml: &str, judged: &str) -> Vec<Row> {
    let judged = labels(judged);
    let comment = |line: &str| {
        let line = line.trim_start().strip_prefix("<row ")?;
        let id = format!("c{}", attribute(line, "Id")?);
        let label = judged.get(id.as_str())?;
        let text = unescape(attribute(line, "Text")?);
        let issue_id = format!("{set}-{}", attribute(line, "PostId")?);
        let mut row = Row { set: set.to_owned(), id, text, reply: Some(true), issue_id, ..Row::default() };
        label.give(&mut row);
        Some(row)
    };
    xml.lines().filter_map(comment).collect()
}

fn post(set: &str, line: &str) -> Option<Row> {
    let line = line.trim_start().strip_prefix("<row ")?;
    let label = match attribute(line, "PostTypeId")? {
        "1" => "question",
        "2" => "answer",
        _ => return None,
    };
    let id = attribute(line, "Id")?;
    let thread = attribute(line, "ParentId").unwrap_or(id);
    Some(Row {
        set: set.to_owned(),
        id: id.to_owned(),
        text: plain(&unescape(attribute(line, "Body")?)),
        title: attribute(line, "Title").map(unescape),
        reply: Some(label == "answer"),
        label: label.to_owned(),
        issue_id: format!("{set}-{thread}"),
        ..Row::default()
    })
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let from =
        if line.starts_with(&format!("{name}=\"")) { 0 } else { line.find(&format!(" {name}=\""))? + 1 };
    let value = line.get(from + name.len() + 2..)?;
    value.get(..value.find('"')?)
}

pub(super) fn unescape(text: &str) -> String {
    let text = text.replace("&#xA;", "\n").replace("&#xD;", "").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&nbsp;", " ").replace("&amp;", "&")
}

/// HTML to words: block quotes and code stay marked, for they are not the writer's.
fn plain(html: &str) -> String {
    let text = html.replace("<blockquote>", "\n<blockquote>").replace("</blockquote>", "</blockquote>\n");
    let text = text.replace("<pre><code>", "\n```\n").replace("</code></pre>", "\n```\n");
    let text = text.replace("<code>", "`").replace("</code>", "`");
    unescape(&text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers_are_read() {
        let xml = "<posts>\n  <row Id=\"7\" PostTypeId=\"1\" Body=\"&lt;p&gt;Why &amp;amp; how?&lt;/p&gt;&#xA;\" Title=\"T\" />\n\
            <row Id=\"8\" PostTypeId=\"2\" ParentId=\"7\" Body=\"&lt;p&gt;So.&lt;/p&gt;\" />\n<row Id=\"9\" PostTypeId=\"5\" Body=\"\" />";
        let rows = posts("s", xml, "8 feedback !");
        assert_eq!(rows.get(1).and_then(|row| row.intent.as_deref()), Some("feedback"));
        let got: Vec<_> =
            rows.iter().map(|r| (r.label.as_str(), r.text.as_str(), r.issue_id.as_str())).collect();
        assert_eq!(got, [("question", "<p>Why & how?</p>", "s-7"), ("answer", "<p>So.</p>", "s-7")]);
    }

    #[test]
    fn judged_comments_are_read() {
        let xml = "<row Id=\"3\" PostId=\"7\" Text=\"Thanks &amp; bye\" />\n<row Id=\"4\" PostId=\"7\" Text=\"no\" />";
        let rows = comments("s", xml, "c3 praise");
        let got: Vec<_> =
            rows.iter().map(|r| (r.text.as_str(), r.intent.as_deref(), r.issue_id.as_str())).collect();
        assert_eq!(got, [("Thanks & bye", Some("praise"), "s-7")]);
    }
}
