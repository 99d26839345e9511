//! Rust source as the words that count: no comments, no literals, nothing that only tests compile.

/// A name or a sign, as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
}

impl Token<'_> {
    /// Whether this is a name or a keyword, not a sign.
    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(is_word)
    }
}

/// Signs of several characters that must not be read as shorter ones.
const LONG_SIGNS: &[&str] = &["::", "=>", "==", "!=", "<=", ">=", "->", "&&", "||", "..="];

/// What a literal becomes: a sign, so that it stands between its neighbours but names nothing.
const LITERAL: &str = "\"";

/// The source's tokens in order.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (length, kept) = if first.is_whitespace() {
            (first.len_utf8(), None)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if rest.starts_with("/*") {
            (block_comment(rest), None)
        } else if let Some(length) = literal(rest) {
            (length, Some(LITERAL))
        } else {
            let length = word_or_sign(rest);
            (length, Some(&rest[..length]))
        };
        tokens.extend(kept.map(|text| Token { text, line }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    without_tests(&tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment at the start; Rust lets them nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, _) in text.char_indices() {
        if text[at..].starts_with("/*") {
            depth += 1;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
    }
    text.len()
}

/// The length of a string or character literal at the start, of any kind, if there is one.
fn literal(text: &str) -> Option<usize> {
    ["", "b", "c", "r", "br", "cr"].into_iter().find_map(|prefix| {
        let body = text.strip_prefix(prefix)?;
        let length = if prefix.ends_with('r') {
            raw(body)
        } else if body.starts_with('"') {
            Some(quoted(body, '"'))
        } else {
            (prefix != "c" && is_character(body)).then(|| quoted(body, '\''))
        };
        length.map(|length| prefix.len() + length)
    })
}

/// The length of what follows the `r` of a raw string: as many `#` close it as opened it.
fn raw(text: &str) -> Option<usize> {
    let hashes = text.len() - text.trim_start_matches('#').len();
    let body = text[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(body.find(&end).map_or(text.len(), |at| hashes + 1 + at + end.len()))
}

/// Whether a character in quotes comes, and not a lifetime, which nothing closes.
fn is_character(text: &str) -> bool {
    let mut inside = text.strip_prefix('\'').unwrap_or_default().chars();
    inside.next() == Some('\\') || inside.next() == Some('\'')
}

/// The length of a literal that `quote` opens and closes, with its escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !escaped && c == quote {
            return at + 1;
        }
        escaped = !escaped && c == '\\';
    }
    text.len()
}

fn word_or_sign(text: &str) -> usize {
    let word = text.len() - text.trim_start_matches(is_word).len();
    if word > 0 {
        return word;
    }
    LONG_SIGNS
        .iter()
        .find(|sign| text.starts_with(**sign))
        .map_or_else(|| text.chars().next().map_or(0, char::len_utf8), |sign| sign.len())
}

/// Leaves out every item under `#[cfg(test)]`: up to the brace that closes it, or its semicolon.
fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_marked = tokens[at..].iter().map(|token| token.text).take(MARK.len()).eq(MARK);
        if is_marked {
            at = end_of_item(tokens, at + MARK.len());
        } else {
            kept.push(*token);
            at += 1;
        }
    }
    kept
}

fn end_of_item(tokens: &[Token<'_>], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(token.text, "}" | ";") {
            return at + 1;
        }
    }
    tokens.len()
}

#[test]
fn comments_literals_and_tests_are_left_out() {
    let words = |source| tokens(source).iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
    assert_eq!(words("a // b\nc /* d /* e */ f */ g"), "a c g");
    assert_eq!(words(r##"a("b \" c", b"d", r#"e " f"#, br"g\", c"h")i"##), "a ( \" , \" , \" , \" , \" ) i");
    assert_eq!(words(r"'a' '\'' '\u{1F}' b'x' 'đ' &'a str r#type brand"), "\" \" \" \" \" & ' a str r # type brand");
    assert_eq!(words("a #[cfg(test)] mod t { b { c } } d #[cfg(test)] use e; f"), "a d f");
    assert_eq!(words("a::b==c=>d"), "a :: b == c => d");
}

#[test]
fn lines_are_counted_through_what_is_left_out() {
    let lines: Vec<usize> = tokens("a\n/* \n */ b \"\n\" c\n// d\ne").iter().map(|token| token.line).collect();
    assert_eq!(lines, [1, 3, 3, 4, 6]);
}
