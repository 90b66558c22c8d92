use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(html: &str, expect: &str) {
    assert_eq!(from_html(html).markdown, expect, "{html}");
}

#[test]
fn paragraphs_and_breaks() {
    check("<p>One<br>\ntwo</p>\n<p>three</p>", "One\\\ntwo\n\nthree");
    check("plain", "plain");
    check("<p>Hi<br></p>", "Hi");
    check("<p># not a heading</p>", "\\# not a heading");
    check("<p>1. not a list<br>- nor this</p>", "1\\. not a list\\\n\\- nor this");
    check(
        "<p>2 * 3 and *stars* and snake_case and _under_</p>",
        "2 * 3 and \\*stars\\* and snake_case and \\_under\\_",
    );
    check("<p>a &lt;b&gt; c &amp;amp; d</p>", "a \\<b> c \\&amp; d");
}

#[test]
fn emphasis_code_and_links() {
    check(
        "<p><strong>bold </strong>and <em>slanted</em>, <s>gone</s></p>",
        "**bold** and *slanted*, ~~gone~~",
    );
    check("<p>Run <code>a `b` c</code></p>", "Run ``a `b` c``");
    check("<p>See <a href=\"https://x.example/a(b)\">this</a></p>", "See [this](https://x.example/a%28b%29)");
    check("<p><a href=\"https://x.example/\">https://x.example/</a></p>", "<https://x.example/>");
    check("<p><a href=\"javascript:alert(1)\">click</a></p>", "click");
    check("<p><a href=\" JaVaScRiPt:alert(1)\">click</a></p>", "click");
    check("<pre><code class=\"lang-rust\">fn main() {}\n</code></pre>", "```rust\nfn main() {}\n```");
    check("<pre><code class=\"lang-auto\">a\n```\nb</code></pre>", "````\na\n```\nb\n````");
}

#[test]
fn lists_tables_headings() {
    check("<ul><li>one</li><li>two<ul><li>inner</li></ul></li></ul>", "- one\n- two\n  - inner");
    check("<ol start=\"3\"><li><p>a</p></li><li><p>b</p><p>c</p></li></ol>", "3. a\n\n4. b\n\n   c");
    check(
        "<table><thead><tr><th>A</th><th style=\"text-align:right\">B|C</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        "| A | B\\|C |\n| --- | --: |\n| 1 | 2 |",
    );
    check("<h2><a name=\"x\" class=\"anchor\" href=\"#x\"></a>Title</h2><hr>", "## Title\n\n---");
    check("<blockquote><p>said</p><p>more</p></blockquote>", "> said\n>\n> more");
}

#[test]
fn what_forums_make() {
    check(
        "<aside class=\"quote no-group\" data-username=\"ben\" data-post=\"3\" data-topic=\"12\"><div class=\"title\"><div class=\"quote-controls\"></div><img class=\"avatar\" src=\"/a.png\"> ben:</div><blockquote><p>Hello</p></blockquote></aside><p>Yes</p>",
        "> @ben [wrote](/t/12/3):\n>\n> Hello\n\nYes",
    );
    check("<p><a class=\"mention\" href=\"/u/ben\">@ben</a> hi</p>", "@ben hi");
    check(
        "<p>ok <img src=\"/e.png\" title=\":slight_smile:\" class=\"emoji\" alt=\":slight_smile:\"></p>",
        "ok 🙂",
    );
    check("<p><img class=\"emoji\" title=\":urho:\"></p>", ":urho:");
    check(
        "<p>See<br><div class=\"lightbox-wrapper\"><a class=\"lightbox\" href=\"https://x.example/big.png\"><img src=\"/small.png\" alt=\"shot\"><div class=\"meta\"><span class=\"filename\">shot.png</span></div></a></div></p>",
        "See\n\n![shot](https://x.example/big.png)",
    );
    check(
        "<aside class=\"onebox allowlistedgeneric\" data-onebox-src=\"https://x.example/p\"><header class=\"source\"><a href=\"https://x.example/p\">x.example</a></header><article class=\"onebox-body\"><h3><a href=\"https://x.example/p\">The page</a></h3><p>About it</p></article></aside>",
        "[The page](https://x.example/p)\n\n> About it",
    );
    check(
        "<aside class=\"quote\" data-post=\"1\" data-topic=\"68\"><div class=\"title\"><a href=\"/t/rope/68\">About rope</a></div><blockquote><p>8 mm</p></blockquote></aside>",
        "> [About rope](/t/rope/68):\n>\n> 8 mm",
    );
    check(
        "<div class=\"lazyYT\" data-youtube-id=\"Yg-1_2\" data-youtube-title=\"Knots\"></div>",
        "[Knots](https://www.youtube.com/watch?v=Yg-1_2)",
    );
    check(
        "<details><summary>More</summary><p>Hidden</p></details>",
        "<details><summary>More</summary>\n\nHidden\n\n</details>",
    );
    check(
        "<p>So <span class=\"math\">a_1*b</span></p><div class=\"math\">x^2</div>",
        "So `a_1*b`\n\n```math\nx^2\n```",
    );
    check("<script>alert(1)</script><style>p{}</style><p>left</p>", "left");
}

#[test]
fn mentions_are_listed_once() {
    let html =
        "<p><a class=\"mention\">@ben</a> <a class=\"mention\">@ada</a> <a class=\"mention\">@ben</a></p>";
    assert_eq!(from_html(html).mentions, ["ben", "ada"]);
    assert_eq!(references(html).mentions, ["ben", "ada"]);
}

#[test]
fn nesting_is_bounded() {
    for piece in ["<blockquote>", "<ul><li>", "<b>", "<div><span>", "<table><tr><td>", "<aside class=quote>"]
    {
        let text = from_html(&piece.repeat(20_000)).markdown;
        assert!(text.len() < 100_000, "{piece} made {} bytes", text.len());
    }
}

proptest! {
    #[test]
    fn any_text_converts(html in "(<[a-z]{1,10}( class=[\"']?[a-z ]{0,9}[\"']?)?>|</[a-z]{1,4}>|[ -~\n]{0,9}|[\\*_`\\[\\]<>é😀\\\\]){0,40}") {
        let _ = from_html(&html);
        let _ = references(&html);
    }
}
