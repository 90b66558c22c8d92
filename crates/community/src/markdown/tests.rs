//! What people write, and what they see.

use std::collections::HashMap;

use super::{mentions, own_words, plain, render};

#[track_caller]
fn check(text: &str, expect: &str) {
    let links = HashMap::from([("ada".to_owned(), "/people/1".to_owned())]);
    assert_eq!(render(text, &links).trim(), expect, "{text}");
}

#[test]
fn what_people_write_is_drawn() {
    check(
        "Two *soft*, **loud** and ~~wrong~~ words.",
        "<p>Two <em>soft</em>, <strong>loud</strong> and <del>wrong</del> words.</p>",
    );
    check("# Title\n\n## Part\n\n##### Deep", "<h3>Title</h3>\n<h4>Part</h4>\n<h6>Deep</h6>");
    check("H<sub>2</sub>O and <kbd>Ctrl</kbd>", "<p>H<sub>2</sub>O and <kbd>Ctrl</kbd></p>");
    check("Vec<String> & <u32>", "<p>Vec&lt;String&gt; &amp; &lt;u32&gt;</p>");
    check(
        "```rust\nlet a = \"<b>\";\n```",
        "<pre tabindex=\"0\" role=\"group\" aria-label=\"Code\"><code class=\"language-rust\">let a = &quot;&lt;b&gt;&quot;;\n</code></pre>",
    );
    check(
        "![a map](/m.png \"Map\")",
        "<p><img src=\"/m.png\" alt=\"a map\" title=\"Map\" loading=\"lazy\"></p>",
    );
    check(
        "- [ ] one\n- [x] two",
        "<ul>\n<li><input type=\"checkbox\" disabled=\"\" aria-label=\"To do\"> one</li>\n<li><input type=\"checkbox\" checked=\"\" disabled=\"\" aria-label=\"Done\"> two</li>\n</ul>",
    );
}

#[test]
fn links_say_whose_they_are() {
    check(
        "https://a.example/?b=1&c",
        "<p><a href=\"https://a.example/?b=1&amp;c\" rel=\"ugc nofollow noopener\">https://a.example/?b=1&amp;c</a></p>",
    );
    check("[home](/)", "<p><a href=\"/\">home</a></p>");
    check(
        "[*soft*](//b.example)",
        "<p><a href=\"//b.example\" rel=\"ugc nofollow noopener\"><em>soft</em></a></p>",
    );
    check("[x](javascript:alert(1))", "<p>x</p>");
}

#[test]
fn tables_scroll_in_a_box_that_keys_reach() {
    check(
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>\n</div>",
    );
}

#[test]
fn mentions_lead_to_people() {
    check(
        "Thanks @Ada, see @nobody.",
        "<p>Thanks <a href=\"/people/1\" class=\"mention\">@Ada</a>, see @nobody.</p>",
    );
    check(
        "`@ada` me@ada.example [@ada](/x)",
        "<p><code>@ada</code> <a href=\"mailto:me@ada.example\" rel=\"ugc nofollow noopener\">me@ada.example</a> <a href=\"/x\">@ada</a></p>",
    );
}

#[test]
fn quotes_name_their_source() {
    check(
        "> @ada [wrote](/t/clamp/1#p4):\n> set gain\n> to one\n\nThanks!",
        "<blockquote>\n<cite><a href=\"/t/clamp/1#p4\">@ada wrote</a></cite>\n<p>set gain\nto one</p>\n</blockquote>\n<p>Thanks!</p>",
    );
    check("> @ben wrote: set gain", "<blockquote>\n<cite>@ben wrote</cite>\n<p>set gain</p>\n</blockquote>");
    check(
        "> @ben wrote:\n>\n> - set gain",
        "<blockquote>\n<cite>@ben wrote</cite>\n<ul>\n<li>set gain</li>\n</ul>\n</blockquote>",
    );
    check(
        "> @ada wrongly wrote",
        "<blockquote>\n<p><a href=\"/people/1\" class=\"mention\">@ada</a> wrongly wrote</p>\n</blockquote>",
    );
}

#[test]
fn footnotes_of_two_posts_do_not_meet() {
    let none = HashMap::new();
    let (one, two) = (render("a[^1]\n\n[^1]: b", &none), render("c[^1]\n\n[^1]: d", &none));
    let id =
        |html: &str| html.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    assert!(one.contains("<section class=\"footnotes\">"), "{one}");
    assert!(id(&one).is_some());
    assert_ne!(id(&one), id(&two));
    let target = one.split("href=\"#").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    assert!(one.contains(&format!("<li id=\"{target}\"")), "{one}");
}

#[test]
fn long_and_strange_texts_stay_readable() {
    let long = format!("{}\n\n<script>", "word ".repeat(60_000));
    let html = render(&long, &HashMap::new());
    assert!(html.starts_with("<p>word word") && html.trim_end().ends_with("<p>&lt;script&gt;</p>"));
}

#[test]
fn plain_text_has_no_marks() {
    for (text, all, own) in [
        ("# Title\n\nSome *soft* text\nhere.", "Title\nSome soft text here.", "Title\nSome soft text here."),
        ("> @ada wrote:\n> old\n\nnew `code`", "@ada wrote: old\nnew code", "new code"),
        ("```\nlet a;\n```\nafter", "let a;\nafter", "after"),
        ("- one\n- two", "one\ntwo", "one\ntwo"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b\n1 2", "a b\n1 2"),
        ("[link](http://a.example) ![map](m.png)", "link map", "link map"),
        ("Vec<u8> and H<sub>2</sub>O<!-- no -->", "Vec<u8> and H2O", "Vec<u8> and H2O"),
        ("", "", ""),
    ] {
        let tidy = |text: String| {
            let lines: Vec<String> =
                text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            lines.join("\n")
        };
        assert_eq!(tidy(plain(text)), all, "{text}");
        assert_eq!(tidy(own_words(text)), own, "{text}");
    }
}

#[test]
fn only_those_called_are_mentioned() {
    for (text, expect) in [
        ("Hi @Ada and @ben-b. @ada!", vec!["ada", "ben-b"]),
        ("`@ada` me@ada.example https://x.example/@ada", vec![]),
        ("> @ada wrote:\n> hi\n\n@cleo look", vec!["cleo"]),
        ("(@d.e.f.) @@g /@h", vec!["d.e.f"]),
        ("no one", vec![]),
    ] {
        assert_eq!(mentions(text), expect, "{text}");
    }
}
