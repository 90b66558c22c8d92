//! Emoji written as names, turned into the characters themselves.

/// The emoji that Slack and Discourse call `name` (no colons), or nothing if it is a custom one. A skin tone
/// may follow, as in `wave::skin-tone-2`.
pub(crate) fn by_name(name: &str) -> Option<String> {
    let (base, tone) = name.split_once("::").unwrap_or((name, ""));
    let base = base.split_once(":t").map_or(base, |(base, _)| base);
    let emoji = emojis::get_by_shortcode(base).or_else(|| emojis::get_by_shortcode(alias(base)?))?;
    let tone = match tone {
        "skin-tone-2" => emojis::SkinTone::Light,
        "skin-tone-3" => emojis::SkinTone::MediumLight,
        "skin-tone-4" => emojis::SkinTone::Medium,
        "skin-tone-5" => emojis::SkinTone::MediumDark,
        "skin-tone-6" => emojis::SkinTone::Dark,
        _ => return Some(emoji.as_str().to_owned()),
    };
    Some(emoji.with_skin_tone(tone).unwrap_or(emoji).as_str().to_owned())
}

/// The kind of reaction that an emoji of this name is: a word of ours where there is one, else the emoji itself,
/// else its name. Skin tones say nothing about the kind.
pub(crate) fn reaction(name: &str) -> String {
    let base = name.split("::").next().unwrap_or(name);
    match base {
        "+1" | "thumbsup" | "like" => "like".to_owned(),
        "heart" => "heart".to_owned(),
        "pray" | "folded_hands" => "thanks".to_owned(),
        "tada" => "celebrate".to_owned(),
        "bulb" => "idea".to_owned(),
        _ => by_name(base).unwrap_or_else(|| mainstreet_kernel::text::excerpt(base, 60)),
    }
}

/// Names that differ from those of the list we use.
fn alias(name: &str) -> Option<&'static str> {
    Some(match name {
        "slight_smile" | "slightly_smiling" => "slightly_smiling_face",
        "slight_frown" => "slightly_frowning_face",
        "thinking_face" => "thinking",
        "open_mouth_face" => "open_mouth",
        "rolling_eyes" | "face_with_rolling_eyes" => "roll_eyes",
        "upside_down" => "upside_down_face",
        "hugging_face" | "hugging" => "hugs",
        "face_with_monocle" => "monocle_face",
        "star-struck" => "star_struck",
        "face_with_hand_over_mouth" => "hand_over_mouth",
        "shrugging" => "shrug",
        "man-shrugging" => "man_shrugging",
        "woman-shrugging" => "woman_shrugging",
        "heavy_heart_exclamation_mark_ornament" => "heavy_heart_exclamation",
        "smiling_face_with_3_hearts" => "smiling_face_with_three_hearts",
        "exploding_head" | "shocked_face_with_exploding_head" => "exploding_head",
        "face_palm" => "facepalm",
        "man-facepalming" => "man_facepalming",
        "woman-facepalming" => "woman_facepalming",
        "large_yellow_circle" => "yellow_circle",
        "simple_smile" => "slightly_smiling_face",
        "stuck_out_tongue_winking" => "stuck_out_tongue_winking_eye",
        "flag-br" => "brazil",
        "flag-us" => "us",
        "flag-gb" => "gb",
        "flag-de" => "de",
        "flag-fr" => "fr",
        "flag-es" => "es",
        "flag-it" => "it",
        "flag-in" => "india",
        _ => return None,
    })
}

/// Replaces every `:name:` in `text` that names a common emoji. Times such as `11:01:27` and custom names stay.
pub(crate) fn replace_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(':') {
        let after = rest.get(start + 1..).unwrap_or("");
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || "_+-".contains(c)));
        let emoji = end.and_then(|end| {
            if end == 0 || !after.get(end..)?.starts_with(':') {
                return None;
            }
            let tone = after.get(end..).and_then(|rest| rest.strip_prefix("::skin-tone-"));
            match tone.and_then(|tone| Some((tone.get(..1)?, tone.get(1..)?))) {
                Some((digit, rest)) if rest.starts_with(':') => {
                    Some((by_name(&format!("{}::skin-tone-{digit}", after.get(..end)?))?, rest.get(1..)?))
                }
                _ => Some((by_name(after.get(..end)?)?, after.get(end + 1..)?)),
            }
        });
        match emoji {
            Some((emoji, next)) => {
                out.push_str(rest.get(..start).unwrap_or(""));
                out.push_str(&emoji);
                rest = next;
            }
            None => {
                out.push_str(rest.get(..=start).unwrap_or(""));
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_characters() {
        for (text, expect) in [
            ("hi :wave:", "hi 👋"),
            (":+1::tada:", "👍🎉"),
            (":wave::skin-tone-2: all", "👋🏻 all"),
            ("at 11:01:27", "at 11:01:27"),
            (":partyr: stays", ":partyr: stays"),
            (":slight_smile:", "🙂"),
            ("a: b :heart: c:", "a: b ❤️ c:"),
            ("::", "::"),
            (":é:", ":é:"),
        ] {
            assert_eq!(replace_names(text), expect, "{text}");
        }
    }
}
