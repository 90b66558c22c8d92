//! The language of a text: by script where the script decides, otherwise by its commonest small words.

use crate::tokens::Tokens;

/// Small words that hardly occur in the other languages listed, or occur there with another weight.
const SMALL: &[(&str, &str)] = &[
    (
        "en",
        "the and is to of in it that you for with this have not are be on but what was can do if my there just how an at from they we so would your like about",
    ),
    (
        "de",
        "der die das und ist nicht ich es ein eine zu mit auf für den wie auch dem aber wenn sich wir habe kann oder von noch nur bei nach wird sind",
    ),
    (
        "fr",
        "le la les et est pas je il une un des pour que dans qui sur avec mais ce vous nous ne du au plus c'est comme j'ai cette sont être ou on",
    ),
    (
        "es",
        "el la los y es no que en una un por con para se lo como pero más las del al yo me mi está muy esto tengo hay sin cuando si",
    ),
    (
        "it",
        "il che di non è un una per sono con ma come mi si della anche ho questo gli nel dei alla più le cosa perché ci molto",
    ),
    (
        "pt",
        "o que não de e um uma para com os por mais como mas eu você isso em da do ao está na no meu muito também tem são",
    ),
    (
        "nl",
        "de het een en is niet ik van dat op te met voor zijn maar er je ook aan als hoe naar kan deze heb wat nog bij",
    ),
    (
        "sv",
        "och det att är inte jag en som på med för har den ett om men till av kan vi så var hur från också",
    ),
    (
        "da",
        "og det at er ikke jeg en som på med for har den et om men til af kan vi så hvad hvordan fra også",
    ),
    ("pl", "nie to jest się na że do jak co ale czy po tak mam z jestem dla ten tego mnie już być jeśli"),
    ("tr", "bir ve bu da de için ne ile çok ben mi var gibi ama daha nasıl değil olarak kadar"),
    ("id", "yang dan di ini itu tidak untuk dengan saya ada dari ke bisa apa kami juga akan sudah"),
    ("cs", "je to se na že v si jsem ale jak co tak po by mi pro jako když není už nebo"),
    ("fi", "on ja ei se että en mutta niin kun mitä hän jos ole tämä minä olen miten kuin"),
];

/// ISO 639-1 code of the language; none when the words are too few to tell.
pub(crate) fn tongue(text: &str, tokens: &Tokens) -> Option<&'static str> {
    by_script(text).or_else(|| by_words(tokens))
}

fn by_script(text: &str) -> Option<&'static str> {
    if text.is_ascii() {
        return None;
    }
    let mut counts = [0_u32; 9];
    let (mut letters, mut ukrainian) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| c.is_alphabetic()).take(400) {
        letters += 1;
        let script = match c as u32 {
            0x400..=0x52f => 0,
            0x370..=0x3ff => 1,
            0x590..=0x5ff => 2,
            0x600..=0x6ff => 3,
            0x900..=0x97f => 4,
            0xe00..=0xe7f => 5,
            0x3040..=0x30ff => 6,
            0x4e00..=0x9fff => 7,
            0xac00..=0xd7af => 8,
            _ => continue,
        };
        ukrainian += u32::from(matches!(c, 'і' | 'ї' | 'є' | 'ґ'));
        if let Some(count) = counts.get_mut(script) {
            *count += 1;
        }
    }
    let [cyrillic, greek, hebrew, arabic, hindi, thai, kana, han, hangul] = counts;
    let most = letters / 2;
    let cyrillic_code = if ukrainian > 0 { "uk" } else { "ru" };
    [
        (cyrillic, cyrillic_code),
        (greek, "el"),
        (hebrew, "he"),
        (arabic, "ar"),
        (hindi, "hi"),
        (thai, "th"),
        (hangul, "ko"),
        (if kana > 0 { kana + han } else { 0 }, "ja"),
        (han, "zh"),
    ]
    .into_iter()
    .find(|(count, _)| *count > most)
    .map(|(_, code)| code)
}

fn by_words(tokens: &Tokens) -> Option<&'static str> {
    let table = small_words();
    let mut scores = [0_u32; SMALL.len()];
    let mut words = 0_u32;
    for token in tokens.all.iter().filter(|token| token.word).take(120) {
        words += 1;
        if let Ok(at) = table.binary_search_by_key(&token.hash, |(hash, _)| *hash)
            && let Some((_, languages)) = table.get(at)
        {
            for (place, score) in scores.iter_mut().enumerate() {
                *score += (languages >> place) & 1;
            }
        }
    }
    let best = scores.iter().enumerate().max_by_key(|(place, score)| (**score, SMALL.len() - place))?;
    let enough = *best.1 >= 2 || (*best.1 == 1 && words <= 4);
    let code = SMALL.get(best.0).map(|(code, _)| *code);
    code.filter(|_| enough && best.1 * 12 >= words)
}

/// Hash of each small word with one bit a language, sorted.
fn small_words() -> &'static [(u64, u32)] {
    static TABLE: std::sync::OnceLock<Vec<(u64, u32)>> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: Vec<(u64, u32)> = Vec::new();
        for (place, (_, words)) in SMALL.iter().enumerate() {
            for word in words.split_whitespace() {
                let hash = crate::tokens::hash(word);
                match table.iter_mut().find(|(known, _)| *known == hash) {
                    Some((_, languages)) => *languages |= 1 << place,
                    None => table.push((hash, 1 << place)),
                }
            }
        }
        table.sort_unstable();
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, expect) in [
            ("How do I reset the password of my account?", Some("en")),
            ("Wie kann ich das Passwort für mein Konto ändern?", Some("de")),
            ("Je ne sais pas comment faire pour changer le mot de passe", Some("fr")),
            ("No sé cómo cambiar la contraseña de mi cuenta, pero es urgente", Some("es")),
            ("Как мне сменить пароль?", Some("ru")),
            ("パスワードを変更するにはどうすればいいですか", Some("ja")),
            ("如何更改我的密码", Some("zh")),
            ("비밀번호를 어떻게 바꾸나요", Some("ko")),
            ("xq zv", None),
            ("", None),
        ] {
            assert_eq!(tongue(text, &crate::tokens::tokens(text)), expect, "{text}");
        }
    }
}
