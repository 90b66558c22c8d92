//! What languages call themselves.

/// The name of a language in that language, for links to a translation: `de-AT` is `Deutsch (AT)`. A tag that is not
/// known here names itself. Names as in the Unicode CLDR.
pub fn own_name(tag: &str) -> String {
    let (language, region) =
        tag.split_once('-').map_or((tag, None), |(language, region)| (language, Some(region)));
    let language = language.to_ascii_lowercase();
    let Some((_, name)) = NAMES.iter().find(|(code, _)| *code == language) else { return tag.to_owned() };
    region.map_or_else(|| (*name).to_owned(), |region| format!("{name} ({region})"))
}

const NAMES: [(&str, &str); 48] = [
    ("ar", "العربية"),
    ("bg", "български"),
    ("bn", "বাংলা"),
    ("ca", "català"),
    ("cs", "čeština"),
    ("cy", "Cymraeg"),
    ("da", "dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("eo", "esperanto"),
    ("es", "español"),
    ("et", "eesti"),
    ("eu", "euskara"),
    ("fa", "فارسی"),
    ("fi", "suomi"),
    ("fr", "français"),
    ("ga", "Gaeilge"),
    ("gl", "galego"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "hrvatski"),
    ("hu", "magyar"),
    ("id", "Indonesia"),
    ("is", "íslenska"),
    ("it", "italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "lietuvių"),
    ("lv", "latviešu"),
    ("mt", "Malti"),
    ("nb", "norsk bokmål"),
    ("nl", "Nederlands"),
    ("nn", "norsk nynorsk"),
    ("pl", "polski"),
    ("pt", "português"),
    ("ro", "română"),
    ("ru", "русский"),
    ("sk", "slovenčina"),
    ("sl", "slovenščina"),
    ("sr", "српски"),
    ("sv", "svenska"),
    ("sw", "Kiswahili"),
    ("ta", "தமிழ்"),
    ("tr", "Türkçe"),
    ("uk", "українська"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

#[cfg(test)]
mod tests {
    use super::own_name;

    #[test]
    fn languages_call_themselves_by_their_own_names() {
        for (tag, expect) in [
            ("de", "Deutsch"),
            ("pt-BR", "português (BR)"),
            ("EN", "English"),
            ("xx", "xx"),
            ("tlh-Latn", "tlh-Latn"),
        ] {
            assert_eq!(own_name(tag), expect, "{tag}");
        }
    }
}
