//! Hostile texts come out inert.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{GROWTH, clean, render};

/// Classic vectors: script, events, addresses, styles, broken tags, encodings, and Markdown's own openings.
const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<script\n>alert(1)</script\n>",
    "<script>alert(1)",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src=x/onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<img src=`javascript:alert(1)`>",
    "<img src=javascript:alert(1)>",
    "<img src=\"jav\tascript:alert(1);\">",
    "<img src=\"jav&#x09;ascript:alert(1);\">",
    "<img src=\" &#14; javascript:alert(1);\">",
    "<img dynsrc=\"javascript:alert(1)\">",
    "<img src=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><g onload=alert(1)></g></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<math><mi xlink:href=\"data:x,<script>alert(1)</script>\">x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<body background=javascript:alert(1)>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<div style=\"width:expression(alert(1))\">x</div>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<style><img src=\"</style><img src=x onerror=alert(1)>\">",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<base href=\"javascript:alert(1)//\">",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<input onfocus=alert(1) autofocus>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<select onfocus=alert(1) autofocus><option>x</select>",
    "<textarea onfocus=alert(1) autofocus>x</textarea>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details ontoggle=alert(1) open>x</details>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"jAvAsCrIpT:alert(1)\">x</a>",
    "<a href=\"&#x6A;avascript:alert(1)\">x</a>",
    "<a onmouseover=alert(1)>x</a>",
    "<b onclick=alert(1)>x</b>",
    "<kbd onclick=alert(1)>x</kbd>",
    "<br onmouseover=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<xss onclick=alert(1)>x</xss>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=\"1.0\"?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](<java script:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](\\u006aavascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example \"onclick=alert(1)\")",
    "[x](http://a\" onmouseover=\"alert(1))",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](x)",
    "![x](x \"y\\\" onerror=\\\"alert(1)\")",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: <javascript:alert(1)> \"title\"",
    "```\"><script>alert(1)</script>\nx\n```",
    "```x\" onclick=\"alert(1)\nx\n```",
    "`<script>alert(1)</script>`",
    "> @<script> [wrote](javascript:alert(1)):\n> x",
    "> @ada [wrote](javascript:alert(1)):\n> x",
    "[^x\" onclick=\"alert(1)]\n\n[^x\" onclick=\"alert(1)]: <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n| :-: |\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "- [x] <script>alert(1)</script>",
    "@<script>alert(1)</script>",
    "http://evil.example/\"onmouseover=\"alert(1)",
    "www.evil.example/<script>alert(1)</script>",
    "\u{0}<scr\u{0}ipt>alert(1)</script>",
    "<a\u{a0}href=javascript:alert(1)>x</a>",
    "<ins><sub><sup><b><i><em><strong><small><mark><kbd><abbr>",
];

/// Reads `html` as a browser's parser would cut it, and says what is dangerous in it.
fn danger(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else { return Some("an unclosed tag".to_owned()) };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        let allowed = [
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "cite",
            "code",
            "del",
            "details",
            "div",
            "em",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "input",
            "ins",
            "kbd",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "s",
            "section",
            "small",
            "strong",
            "sub",
            "summary",
            "sup",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ];
        if !allowed.contains(&name) {
            return Some(format!("<{tag}>"));
        }
        // Attributes are always written as ` name="value"`, with quotes inside values escaped.
        for (at, piece) in tag.split('"').enumerate() {
            let value = at % 2 == 1;
            let lower = piece.to_ascii_lowercase();
            if !value && (lower.contains(" on") || lower.contains("style") || lower.contains("srcdoc")) {
                return Some(format!("attribute in <{tag}>"));
            }
            let address = lower.trim_start();
            if value
                && ["javascript:", "data:", "vbscript:", "file:"].iter().any(|bad| address.starts_with(bad))
            {
                return Some(format!("address in <{tag}>"));
            }
        }
    }
    None
}

fn links() -> super::Links {
    HashMap::from([("ada".to_owned(), "/people/1".to_owned()), ("script".to_owned(), "/people/2".to_owned())])
}

#[test]
fn classic_vectors_come_out_inert() {
    for vector in VECTORS {
        for text in [
            (*vector).to_owned(),
            format!("Hello {vector} there"),
            format!("> {vector}\n\n- {vector}\n\n@ada {vector}"),
        ] {
            let html = render(&text, &links());
            assert_eq!(danger(&html), None, "{text}\n{html}");
            assert_eq!(
                clean::clean(&html).replace(" aria-label=\"To do\"", "").replace(" aria-label=\"Done\"", ""),
                html.replace(" aria-label=\"To do\"", "").replace(" aria-label=\"Done\"", ""),
                "cleaning again: {text}"
            );
        }
    }
}

#[test]
fn the_eye_that_looks_for_danger_sees_it() {
    for bad in [
        "<script>",
        "<b onclick=\"x\">",
        "<a href=\"javascript:x\">",
        "<p style=\"x\">",
        "<b",
        "<img src=\" data:x\">",
    ] {
        assert!(danger(bad).is_some(), "{bad}");
    }
}

/// Pieces that make trouble when they meet.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(VECTORS).prop_map(str::to_owned),
        prop::sample::select(vec![
            "\n",
            "\n\n",
            "> ",
            "- ",
            "1. ",
            "    ",
            "```",
            "`",
            "*",
            "**",
            "_",
            "~~",
            "[",
            "]",
            "(",
            ")",
            "![",
            "](",
            "<",
            ">",
            "&",
            "\"",
            "'",
            "|",
            "|---|\n",
            "# ",
            "@ada",
            "@",
            "http://",
            "<details>",
            "</details>",
            "<summary>",
            "<b>",
            "</b>",
            "[^1]",
            "[^1]: ",
            "- [ ] ",
            "- [x] ",
            "\\",
            "\t",
            "---\n",
            "&lt;",
            "\u{202e}",
            "😀",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_comes_out_inert_and_bounded(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let html = render(&text, &links());
        prop_assert_eq!(danger(&html), None, "{}", html);
        prop_assert!(html.len() <= text.len() * GROWTH + 4_096);
        let bare = |html: &str| html.replace(" aria-label=\"To do\"", "").replace(" aria-label=\"Done\"", "");
        prop_assert_eq!(bare(&clean::clean(&html)), bare(&html));
        let plain = super::plain(&text);
        prop_assert!(plain.len() <= text.len() * 4 + 16);
        super::mentions(&text);
    }

    #[test]
    fn any_characters_at_all_are_survived(text in any::<String>()) {
        prop_assert_eq!(danger(&render(&text, &links())), None);
    }
}

#[test]
fn towers_do_not_fall_over() {
    let towers = [
        "> ".repeat(16_000),
        "- ".repeat(16_000),
        "1. ".repeat(10_000),
        format!("{}x", "*".repeat(30_000)),
        "**a **b ".repeat(4_000),
        "[".repeat(32_000),
        format!("{}x{}", "[".repeat(16_000), "]".repeat(16_000)),
        format!("{}x{}", "![".repeat(8_000), "](a)".repeat(4_000)),
        "<b>".repeat(10_000),
        "<details>".repeat(3_500),
        "<b><i><p>".repeat(3_500),
        "`".repeat(32_000),
        "|".repeat(32_000),
        format!("|{}\n|{}\n{}", "a|".repeat(1_000), "-|".repeat(1_000), "|\n".repeat(5_000)),
        "[a](".repeat(8_000),
        "<!--".repeat(8_000),
        "&".repeat(32_000),
        "@a".repeat(16_000),
        "\\".repeat(32_000),
        format!("[a]: /{}\n\n{}", "x".repeat(16_000), "[a] ".repeat(4_000)),
        format!("{}\n{}", "[^a]".repeat(7_000), "[^a]: x"),
        (0..170).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect::<String>(),
        "~~a".repeat(10_000),
        "www.a".repeat(6_000),
        "a@b.".repeat(8_000),
    ];
    for tower in towers {
        let html = render(&tower, &links());
        assert!(html.len() <= tower.len() * GROWTH + 4_096);
        assert_eq!(danger(&html), None);
        super::plain(&tower);
        super::mentions(&tower);
    }
}
