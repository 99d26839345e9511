//! Licence expressions of crates: SPDX, and the older `MIT/Apache-2.0`.

/// What a licence asks: itself, all of several, or one of several.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// One licence, with its exception if it has one: `Apache-2.0 WITH LLVM-exception`.
    Licence(String),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

impl Expression {
    /// Whether one can comply by accepting only such licences.
    pub(super) fn is_satisfied_by(&self, accepts: impl Fn(&str) -> bool + Copy) -> bool {
        match self {
            Self::Licence(name) => accepts(name),
            Self::All(parts) => parts.iter().all(|part| part.is_satisfied_by(accepts)),
            Self::Any(parts) => parts.iter().any(|part| part.is_satisfied_by(accepts)),
        }
    }
}

/// Reads an expression. `WITH` binds closest, then `AND`, then `OR`, as in SPDX annex D; `/` is read as `OR`.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Words = spaced.split_whitespace().collect::<Vec<_>>().into_iter().peekable();
    let parsed = any(&mut words)?;
    words.next().map_or(Ok(parsed), |word| Err(format!("`{word}` follows the end of {text:?}")))
}

type Words<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

fn any(words: &mut Words<'_>) -> Result<Expression, String> {
    several(words, "OR", all).map(|parts| one_or(parts, Expression::Any))
}

fn all(words: &mut Words<'_>) -> Result<Expression, String> {
    several(words, "AND", one).map(|parts| one_or(parts, Expression::All))
}

/// One or more parts with `word` between them.
fn several(
    words: &mut Words<'_>,
    word: &str,
    part: fn(&mut Words<'_>) -> Result<Expression, String>,
) -> Result<Vec<Expression>, String> {
    let mut parts = vec![part(words)?];
    while words.next_if_eq(&word).is_some() {
        parts.push(part(words)?);
    }
    Ok(parts)
}

fn one_or(mut parts: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    if parts.len() == 1 { parts.remove(0) } else { several(parts) }
}

fn one(words: &mut Words<'_>) -> Result<Expression, String> {
    if words.next_if_eq(&"(").is_some() {
        let inner = any(words)?;
        return words.next_if_eq(&")").map(|_| inner).ok_or_else(|| "a parenthesis is not closed".to_owned());
    }
    let licence = name(words)?;
    let exception = words.next_if_eq(&"WITH").map(|_| name(words)).transpose()?;
    Ok(Expression::Licence(
        exception.map_or_else(|| licence.clone(), |exception| format!("{licence} WITH {exception}")),
    ))
}

fn name(words: &mut Words<'_>) -> Result<String, String> {
    let is_name = |word: &&str| !matches!(*word, "(" | ")" | "AND" | "OR" | "WITH");
    words.next_if(is_name).map(str::to_owned).ok_or_else(|| "the name of a licence is missing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Expression, parse};

    #[test]
    fn and_binds_closer_than_or_and_with_closest() {
        let licence = |name: &str| Expression::Licence(name.to_owned());
        assert_eq!(
            parse("A OR B AND C WITH D"),
            Ok(Expression::Any(vec![licence("A"), Expression::All(vec![licence("B"), licence("C WITH D")])]))
        );
        assert_eq!(
            parse("(A OR B) AND C"),
            Ok(Expression::All(vec![Expression::Any(vec![licence("A"), licence("B")]), licence("C")]))
        );
        assert_eq!(parse("((A))"), Ok(licence("A")));
    }

    #[test]
    fn a_slash_is_a_choice() {
        assert_eq!(parse("MIT/Apache-2.0"), parse("MIT OR Apache-2.0"));
        assert_eq!(parse("Apache-2.0 / MIT"), parse("Apache-2.0 OR MIT"));
    }

    #[test]
    fn an_expression_that_is_not_whole_is_refused() {
        for text in ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT Apache-2.0", "MIT WITH", "MIT AND OR X", "()"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_choice_needs_one_and_a_sum_needs_all() {
        let holds = |text: &str| parse(text).expect("an expression").is_satisfied_by(|name| name == "A");
        assert!(holds("A OR B"));
        assert!(!holds("A AND B"));
        assert!(holds("(A OR B) AND (B OR A)"));
        assert!(!holds("A WITH B"));
    }
}
