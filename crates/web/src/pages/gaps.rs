//! Pages of members: what all of them read is packed once, and each one's own words go into gaps.
//!
//! A page for somebody who is signed in carries their name and their forms' token, and is otherwise the same as
//! that of the next member. So templates write a mark where such a word belongs ([`Gap::mark`]); a page is cut at
//! its marks, the parts between are deflated once, and an answer is those parts with the viewer's words between them
//! in stored blocks, which deflate allows anywhere on a byte's edge (RFC 1951, 3.2.4).
//!
//! **Invariant:** the mark begins with a secret of this process. Nobody can write a post that contains one, so
//! nobody's token can be drawn into a text or an address.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use askama::filters::{Escaper as _, Html};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use mainstreet_community::accounts;
use mainstreet_kernel::{Timestamp, text};
use sha2::{Digest as _, Sha256};

use crate::community::unread as shown;
use crate::session::Viewer;
use crate::views::hue;

/// A word of the viewer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The token their forms carry.
    Csrf,
    /// A token that serves one form once.
    OneTime,
    /// The name others see.
    Name,
    /// What they sign in with.
    Username,
    /// Two letters of the name.
    Initials,
    /// The number of their colour.
    Hue,
    /// Light, dark, or as their device.
    Theme,
    /// The name of the link to their notifications, with how many are unread. HTML.
    Bell,
    /// A banner that asks them to read the guidelines, when they have yet to. HTML.
    Guidelines,
}

impl Gap {
    const ALL: [Self; 9] = [
        Self::Csrf,
        Self::OneTime,
        Self::Name,
        Self::Username,
        Self::Initials,
        Self::Hue,
        Self::Theme,
        Self::Bell,
        Self::Guidelines,
    ];

    const fn letter(self) -> char {
        match self {
            Self::Csrf => 'c',
            Self::OneTime => 'o',
            Self::Name => 'n',
            Self::Username => 'u',
            Self::Initials => 'i',
            Self::Hue => 'h',
            Self::Theme => 't',
            Self::Bell => 'b',
            Self::Guidelines => 'g',
        }
    }

    /// What a template writes where this word belongs.
    pub(crate) fn mark(self) -> String {
        format!("{}{}", *MARK, self.letter())
    }

    /// The word, escaped for HTML.
    fn word(self, viewer: &Viewer, now: Timestamp) -> String {
        match self {
            Self::Csrf => viewer.csrf.clone(),
            Self::OneTime => one_time(now),
            Self::Name => escape(&viewer.name),
            Self::Username => escape(&viewer.username),
            Self::Initials => escape(&text::initials(&viewer.name)),
            Self::Hue => hue(&viewer.person.0).to_string(),
            Self::Theme => escape(&viewer.theme),
            Self::Bell => bell(viewer.unread),
            Self::Guidelines => viewer
                .guidelines_due
                .map(|number| crate::community::guidelines_banner(number, &viewer.csrf))
                .unwrap_or_default(),
        }
    }
}

fn bell(unread: i64) -> String {
    match unread {
        ..=0 => "<span class=\"vh\">Notifications</span>".to_owned(),
        _ => {
            let count = shown(unread);
            format!(
                "<span class=\"bell-n\" aria-hidden=\"true\">{count}</span>\
                 <span class=\"vh\">Notifications, {count} unread</span>"
            )
        }
    }
}

/// The secret all marks begin with: letters of a private alphabet, then chance.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let chance = accounts::random_token().unwrap_or_else(|error| {
        tracing::error!(?error, "there is no randomness: pages of members cannot be cut");
        String::new()
    });
    format!("\u{e000}{chance}\u{e001}")
});

/// A token nobody has seen and nobody can foresee: the digest of this process's secret and a count. It ends with when
/// it was made, in milliseconds, so that a form says how long it was open.
fn one_time(now: Timestamp) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let digest = Sha256::new().chain_update(MARK.as_bytes()).chain_update(count.to_le_bytes()).finalize();
    format!("{}-{}", URL_SAFE_NO_PAD.encode(digest), now.0)
}

/// As templates do it, so that a word reads the same in a gap.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to memory does not fail.
    let _ = Html.write_escaped_str(&mut out, text);
    out
}

/// The parts of a page between its marks, each with the gap that follows it.
fn cut(page: &str) -> Vec<(&str, Option<Gap>)> {
    let mut parts = Vec::new();
    let mut rest = page;
    while let Some((part, after)) = rest.split_once(MARK.as_str()) {
        let gap =
            after.chars().next().and_then(|letter| Gap::ALL.into_iter().find(|gap| gap.letter() == letter));
        parts.push((part, gap));
        rest = after.get(1..).unwrap_or_default();
    }
    parts.push((rest, None));
    parts
}

/// The page with the viewer's words in its gaps; without a viewer they stay empty.
pub(crate) fn fill(page: &str, viewer: Option<&Viewer>, now: Timestamp) -> String {
    let mut out = String::with_capacity(page.len());
    for (part, gap) in cut(page) {
        out.push_str(part);
        if let (Some(gap), Some(viewer)) = (gap, viewer) {
            out.push_str(&gap.word(viewer, now));
        }
    }
    out
}

/// The checksum of a part, ready to follow that of what stands before it.
struct Sum {
    crc: u32,
    length: u64,
    /// x to the eight times `length`, modulo the polynomial: what moves a checksum over this part.
    shift: u32,
}

impl Sum {
    /// The polynomial of gzip, its bits reversed (RFC 1952, 8).
    const POLYNOMIAL: u32 = 0xedb8_8320;
    /// The number one, as a polynomial with its bits reversed.
    const ONE: u32 = 1 << 31;

    fn of(part: &[u8]) -> Self {
        let (mut shift, mut square, mut left) = (Self::ONE, Self::ONE >> 8, part.len());
        while left > 0 {
            if left & 1 == 1 {
                shift = Self::times(square, shift);
            }
            square = Self::times(square, square);
            left >>= 1;
        }
        Self { crc: crc32fast::hash(part), length: part.len() as u64, shift }
    }

    /// The product of two polynomials modulo that of gzip.
    fn times(left: u32, mut right: u32) -> u32 {
        let mut product = 0;
        for bit in 0..32 {
            if left & (Self::ONE >> bit) != 0 {
                product ^= right;
            }
            right = (right >> 1) ^ if right & 1 == 1 { Self::POLYNOMIAL } else { 0 };
        }
        product
    }

    /// The checksum of a text with this part at its end, from that of the text before.
    fn after(&self, before: u32) -> u32 {
        Self::times(self.shift, before) ^ self.crc
    }
}

struct Part {
    /// Deflated, whole blocks, none of them the last.
    packed: Bytes,
    sum: Sum,
    gap: Option<Gap>,
}

/// A page with gaps, packed.
pub(crate) struct Shape(Vec<Part>);

impl Shape {
    /// Packs the parts of `page`.
    pub(crate) fn new(page: &str) -> Self {
        let mut deflate = Compress::new(Compression::new(4), false);
        let parts = cut(page).into_iter().map(|(part, gap)| Part {
            packed: block(&mut deflate, part.as_bytes()),
            sum: Sum::of(part.as_bytes()),
            gap,
        });
        Self(parts.collect())
    }

    /// Bytes it takes in memory.
    pub(crate) fn weight(&self) -> u64 {
        256 + self.0.iter().map(|part| part.packed.len() as u64 + 64).sum::<u64>()
    }

    /// The page as gzip (RFC 1952), with the viewer's words in its gaps.
    pub(crate) fn filled(&self, viewer: &Viewer, now: Timestamp) -> Bytes {
        let room: usize = self.0.iter().map(|part| part.packed.len() + 96).sum();
        let mut out = Vec::with_capacity(room);
        out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
        let (mut crc, mut length) = (0, 0);
        for part in &self.0 {
            out.extend_from_slice(&part.packed);
            crc = part.sum.after(crc);
            length += part.sum.length;
            if let Some(gap) = part.gap {
                let word = gap.word(viewer, now);
                store(&mut out, word.as_bytes(), false);
                let mut sum = crc32fast::Hasher::new_with_initial(crc);
                sum.update(word.as_bytes());
                crc = sum.finalize();
                length += word.len() as u64;
            }
        }
        store(&mut out, &[], true);
        out.extend_from_slice(&crc.to_le_bytes());
        out.extend_from_slice(&u32::try_from(length & 0xffff_ffff).unwrap_or_default().to_le_bytes());
        out.into()
    }
}

/// `text` deflated so that it neither leans on what was before nor leaves a byte half used.
fn block(deflate: &mut Compress, text: &[u8]) -> Bytes {
    // Text that cannot be packed grows by five bytes a block at most, so one call takes it all.
    let mut out = Vec::with_capacity(text.len() + text.len() / 8 + 128);
    if let Err(error) = deflate.compress_vec(text, &mut out, FlushCompress::Full) {
        tracing::error!(?error, "a part of a page could not be packed");
    }
    out.shrink_to_fit();
    out.into()
}

/// A stored block: a word as it is. No word of ours is longer than a block may be.
fn store(out: &mut Vec<u8>, word: &[u8], last: bool) {
    let word = word.get(..usize::from(u16::MAX)).unwrap_or(word);
    let length = u16::try_from(word.len()).unwrap_or(u16::MAX);
    out.push(u8::from(last));
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    out.extend_from_slice(word);
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::Role;
    use mainstreet_kernel::id::PersonId;
    use proptest::prelude::*;

    use super::*;

    fn viewer(name: &str) -> Viewer {
        Viewer {
            person: PersonId(7),
            username: "seun".to_owned(),
            name: name.to_owned(),
            role: Role::Member,
            theme: "dark".to_owned(),
            shortcuts: true,
            session: String::new(),
            csrf: "token".to_owned(),
            unread: 3,
            guidelines_due: None,
        }
    }

    fn unpacked(page: &Bytes) -> String {
        use std::io::Read as _;
        let mut text = String::new();
        flate2::read::GzDecoder::new(page.as_ref()).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_gap_holds_the_viewers_word() {
        let marks: Vec<String> = Gap::ALL.iter().map(|gap| format!("[{}]", gap.mark())).collect();
        let page = format!("before {} after", marks.join(" "));
        let filled = fill(&page, Some(&viewer("Seun <b> Ade")), Timestamp(0));
        assert!(filled.starts_with("before [token] ["), "{filled}");
        assert!(filled.contains("] [Seun &#60;b&#62; Ade] [seun] ["), "{filled}");
        assert!(
            filled.contains("] [dark] [<span class=\"bell-n\" aria-hidden=\"true\">3</span>"),
            "{filled}"
        );
        assert_eq!(fill(&page, None, Timestamp(0)), format!("before {}after", "[] ".repeat(9)));
    }

    #[test]
    fn a_one_time_token_is_another_each_time() {
        let page = Shape::new(&format!("<{}>", Gap::OneTime.mark()));
        let seun = viewer("Seun");
        assert_ne!(unpacked(&page.filled(&seun, Timestamp(0))), unpacked(&page.filled(&seun, Timestamp(0))));
    }

    proptest! {
        #[test]
        fn packed_or_not_a_page_reads_the_same(parts in prop::collection::vec(("(?s).{0,300}", 0usize..6), 0..12), name in ".{0,40}") {
            let gaps = [Gap::Csrf, Gap::Name, Gap::Username, Gap::Initials, Gap::Hue, Gap::Theme];
            let page: String = parts.iter().map(|(text, gap)| format!("{text}{}", gaps[*gap].mark())).collect();
            let viewer = viewer(&name);
            prop_assert_eq!(unpacked(&Shape::new(&page).filled(&viewer, Timestamp(0))), fill(&page, Some(&viewer), Timestamp(0)));
        }
    }
}
