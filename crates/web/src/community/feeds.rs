//! What programs read: Atom feeds, the sitemap, robots.txt, the manifest, structured data.

use askama::Template;
use mainstreet_community::people::Viewer;
use mainstreet_community::posts::{self, View};
use mainstreet_community::topics::{self, Key, List, Row, Topic};
use mainstreet_community::{markdown, spaces, tags};
use mainstreet_kernel::id::TopicId;
use mainstreet_kernel::{Timestamp, text};
use serde_json::json;

use crate::pages::Depends;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Addresses in one sitemap file; the protocol allows 50,000.
const ADDRESSES: usize = 5_000;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/feed.atom", latest)
        .get("/c/{slug}/feed.atom", of_space)
        .get("/tags/{slug}/feed.atom", of_tag)
        .get("/t/{slug}/{id}/feed.atom", of_topic)
        .get("/sitemap.xml", sitemap_index)
        .get("/sitemap/{part}", sitemap)
        .get("/robots.txt", robots)
        .get("/manifest.webmanifest", manifest)
}

struct Entry {
    path: String,
    title: String,
    author: String,
    at: Timestamp,
    html: String,
}

#[derive(Template)]
#[template(path = "community/feed.xml", escape = "html")]
struct Feed {
    chrome: Chrome,
    title: String,
    path: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

fn feed(cx: &Cx, title: String, path: String, entries: Vec<Entry>) -> Page {
    let updated = entries.iter().map(|entry| entry.at).max().unwrap_or(Timestamp(0));
    let feed = Feed { chrome: cx.chrome(), title, path, updated, entries };
    let mut response = views::html(&feed)?;
    let kind = axum::http::HeaderValue::from_static("application/atom+xml; charset=utf-8");
    response.headers_mut().insert("content-type", kind);
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

/// The first posts of these topics, as feed entries.
fn entries(tx: &mut mainstreet_db::Tx<'_>, rows: Vec<Row>) -> mainstreet_kernel::Result<Vec<Entry>> {
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let first = row.topic.first_post.map(|post| posts::store::find(tx, post)).transpose()?;
        let html =
            first.map(|post| posts::html(&post, &mainstreet_community::people::Handles::new()).into_owned());
        entries.push(Entry {
            path: row.topic.path(),
            title: row.topic.title.clone(),
            author: row.author.name.clone(),
            at: row.topic.created_at,
            html: html.unwrap_or_default(),
        });
    }
    Ok(entries)
}

async fn list(cx: Cx, title: String, path: String, list: List) -> Page {
    let found = cx
        .read(move |tx| {
            let rows = topics::store::list(tx, Viewer::GUEST, list, Key::START, 30)?.rows;
            entries(tx, rows)
        })
        .await?;
    feed(&cx, title, path, found)
}

/// `GET /feed.atom`
async fn latest(cx: Cx) -> Page {
    let title = cx.app.site().name;
    list(cx, title, "/".to_owned(), List::Latest).await
}

/// `GET /c/{slug}/feed.atom`
async fn of_space(cx: Cx) -> Page {
    let slug: String = cx.path("slug")?;
    let space = cx.read(move |tx| spaces::seen(tx, Viewer::GUEST, &slug)).await?;
    let title = format!("{} · {}", space.name, cx.app.site().name);
    list(cx, title, format!("/c/{}", space.slug), List::Space(space.id)).await
}

/// `GET /tags/{slug}/feed.atom`
async fn of_tag(cx: Cx) -> Page {
    let slug: String = cx.path("slug")?;
    let tag = cx.read(move |tx| tags::store::by_slug(tx, &slug)).await?;
    let tag = tag.ok_or_else(|| mainstreet_kernel::Error::not_found("There is no such tag."))?;
    let title = format!("{} · {}", tag.name, cx.app.site().name);
    list(cx, title, format!("/tags/{}", tag.slug), List::Tag(tag.id)).await
}

/// `GET /t/{slug}/{id}/feed.atom`: the latest posts of a topic.
async fn of_topic(cx: Cx) -> Page {
    let id: TopicId = cx.path("id")?;
    let (topic, views) = cx
        .read(move |tx| {
            let (topic, space) = topics::store::find_placed(tx, id)?;
            topics::seen(Viewer::GUEST, &topic, space.visibility)?;
            let views = posts::page(tx, Viewer::GUEST, &topic, topic.pages())?;
            Ok((topic, views))
        })
        .await?;
    let entries = views
        .into_iter()
        .rev()
        .filter(|view| !view.withheld)
        .map(|view| Entry {
            path: topic.path_to(view.post.number),
            title: format!("{} wrote in {}", view.author.name, topic.title),
            author: view.author.name,
            at: view.post.created_at,
            html: view.html,
        })
        .collect();
    feed(&cx, topic.title.clone(), topic.path(), entries)
}

/// `GET /sitemap.xml`: the files that together name every public topic.
async fn sitemap_index(cx: Cx) -> Page {
    let parts = cx.read(|tx| topics::store::sitemap_parts(tx, ADDRESSES)).await?;
    let url = &cx.app.config.url;
    let files: String =
        parts.iter().map(|first| format!("<sitemap><loc>{url}/sitemap/{first}</loc></sitemap>")).collect();
    xml(&format!(
        "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{files}</sitemapindex>"
    ))
}

/// `GET /sitemap/{first topic}`
async fn sitemap(cx: Cx) -> Page {
    let first: TopicId = cx.path("part")?;
    let rows = cx.read(move |tx| topics::store::sitemap(tx, first, ADDRESSES)).await?;
    let url = &cx.app.config.url;
    let lines: String = rows
        .iter()
        .map(|(path, at)| {
            let path: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            format!("<url><loc>{url}{}</loc><lastmod>{at}</lastmod></url>", path.replace("%2F", "/"))
        })
        .collect();
    xml(&format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{lines}</urlset>"))
}

fn xml(body: &str) -> Page {
    let mut response = views::typed(
        "application/xml; charset=utf-8",
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"),
    );
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

/// `GET /robots.txt`
async fn robots(cx: Cx) -> Page {
    let url = &cx.app.config.url;
    Ok(views::plain(&format!(
        "User-agent: *\nDisallow: /search?*&\nDisallow: /desk\nDisallow: /settings\nDisallow: /live\n\nSitemap: {url}/sitemap.xml\n"
    )))
}

/// `GET /manifest.webmanifest`
async fn manifest(cx: Cx) -> Page {
    let chrome = cx.chrome();
    let body = json!({
        "name": chrome.site, "short_name": text::excerpt(&chrome.site, 12), "start_url": "/", "display": "minimal-ui",
        "background_color": "#fbf8f2", "theme_color": "#b4472c",
        "icons": [{"src": format!("{}favicon.svg", chrome.img), "sizes": "any", "type": "image/svg+xml"}],
    });
    Ok(views::typed("application/manifest+json", body.to_string()))
}

/// Structured data of a topic: `QAPage` for a question, else `DiscussionForumPosting`. Safe inside a script element.
pub(super) fn json_ld(chrome: &Chrome, topic: &Topic, views: &[View], answer: Option<&View>) -> String {
    let address = |path: String| format!("{}{path}", chrome.url);
    let person = |view: &View| {
        json!({"@type": "Person", "name": view.author.name,
               "url": address(mainstreet_community::people::path(view.author.id))})
    };
    let plain = |view: &View| text::excerpt(&markdown::plain(&view.post.body), 1_000);
    let reply = |view: &View, kind: &str| {
        json!({"@type": kind, "text": plain(view), "datePublished": view.post.created_at.to_string(),
               "url": address(topic.path_to(view.post.number)), "author": person(view),
               "upvoteCount": view.post.reaction_count})
    };
    let Some(first) = views.iter().find(|view| view.post.is_first()) else { return String::new() };
    let replies = views.iter().filter(|view| !view.post.is_first() && !view.withheld);
    let data = if topic.question {
        let mut question = json!({
            "@type": "Question", "name": topic.title, "text": plain(first), "answerCount": topic.reply_count,
            "upvoteCount": first.post.reaction_count, "datePublished": topic.created_at.to_string(),
            "author": person(first),
            "suggestedAnswer": replies.filter(|view| !view.accepted).map(|view| reply(view, "Answer")).collect::<Vec<_>>(),
        });
        if let Some(answer) = answer {
            question["acceptedAnswer"] = reply(answer, "Answer");
        }
        json!({"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question})
    } else {
        json!({
            "@context": "https://schema.org", "@type": "DiscussionForumPosting", "headline": topic.title,
            "text": plain(first), "url": address(topic.path()), "datePublished": topic.created_at.to_string(),
            "author": person(first), "comment": replies.map(|view| reply(view, "Comment")).collect::<Vec<_>>(),
            "interactionStatistic": {"@type": "InteractionCounter", "interactionType": "https://schema.org/CommentAction",
                                     "userInteractionCount": topic.reply_count},
        })
    };
    data.to_string().replace('<', "\\u003c")
}
