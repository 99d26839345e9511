//! Holds one file against the rules.

use super::{
    code::{Token, tokens},
    paths::{NamedPath, named},
    rules::{Forbids, RULES},
};
use std::fmt;

/// One file of `src`.
pub(super) struct Source<'a> {
    /// Below `src`, with `/`.
    pub(super) path: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// Whether this file is the module `name`, or below it.
    fn is_in(&self, name: &str) -> bool {
        let rest = self.path.strip_prefix(name);
        name.is_empty() || rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }
}

/// A place where a rule does not hold.
#[derive(Debug)]
pub(super) struct Broken<'a> {
    /// The sentence that is not true.
    pub(super) rule: &'static str,
    path: &'a str,
    line: usize,
    /// What stands there.
    named: String,
}

impl fmt::Display for Broken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: `{}`, but {}", self.path, self.line, self.named, self.rule)
    }
}

/// Every place in the file where a rule does not hold.
pub(super) fn broken<'a>(source: &Source<'a>) -> Vec<Broken<'a>> {
    let tokens = tokens(source.text);
    let paths = named(source.path, &tokens);
    let is_in_one = |modules: &[&str]| modules.iter().any(|module| source.is_in(module));
    RULES
        .iter()
        .filter(|rule| is_in_one(rule.within) && !is_in_one(rule.except))
        .flat_map(|rule| {
            rule.forbids.places(&tokens, &paths).into_iter().map(|(line, named)| Broken {
                rule: rule.name,
                path: source.path,
                line,
                named,
            })
        })
        .collect()
}

impl Forbids {
    /// Lines where it is broken, and what stands there.
    fn places(&self, tokens: &[Token<'_>], paths: &[NamedPath<'_>]) -> Vec<(usize, String)> {
        let such = |is_forbidden: &dyn Fn(&NamedPath<'_>) -> bool| {
            let found = paths.iter().filter(|path| is_forbidden(path));
            found.map(|path| (path.line, path.segments.join("::"))).collect()
        };
        match self {
            Self::Names(names) => such(&|path| names.iter().any(|name| contains(&path.segments, name))),
            Self::OwnModulesBut(allowed) => such(&|path| {
                path.segments.first() == Some(&"crate")
                    && path.segments.get(1).is_some_and(|module| !allowed.contains(module))
            }),
            Self::Deciding(name) => such(&|path| is_variant(&path.segments, name) && decides(tokens, path)),
            Self::DecidingBy(field, methods) => tokens
                .windows(5)
                .enumerate()
                .filter(|(at, call)| {
                    let is_call =
                        |method: &&str| call.iter().map(|token| token.text).eq([*field, ".", *method, "(", ")"]);
                    methods.iter().any(is_call) && is_decided_by(tokens, *at, at + call.len())
                })
                .map(|(_, call)| (call[2].line, format!("{field}.{}()", call[2].text)))
                .collect(),
            Self::Method(name) => tokens
                .windows(4)
                .filter(|call| call.iter().map(|token| token.text).eq([".", name, "(", ")"]))
                .map(|call| (call[1].line, format!(".{name}()")))
                .collect(),
        }
    }
}

/// Whether the names of `wanted`, like `Instant::now`, stand side by side in the path.
fn contains(segments: &[&str], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split("::").collect();
    segments.windows(wanted.len()).any(|window| window == wanted)
}

/// Whether the path goes through the enum `name` to something of it.
fn is_variant(segments: &[&str], name: &str) -> bool {
    segments.iter().rev().skip(1).any(|segment| *segment == name)
}

/// Whether a variant stands where it is compared: beside `==`, in a pattern, or in `matches!`.
fn decides(tokens: &[Token<'_>], path: &NamedPath<'_>) -> bool {
    let before = path.start.checked_sub(1).map_or("", |at| tokens[at].text);
    let after = tokens.get(after_fields(tokens, path.end)).map_or("", |token| token.text);
    matches!(before, "==" | "!=")
        || matches!(after, "==" | "!=" | "|" | "=>" | "=" | "if")
        || is_in_matches(tokens, path.start)
}

/// Whether a call that stands from `start` to `end`, with what it is called on, is compared or asked for its presence.
fn is_decided_by(tokens: &[Token<'_>], start: usize, end: usize) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut first = start;
    while first >= 2 && text(first - 1) == "." && tokens[first - 2].is_word() {
        first -= 2;
    }
    let before = first.checked_sub(1).map_or("", text);
    let asked = text(end) == "." && matches!(text(end + 1), "is_some" | "is_none" | "is_some_and" | "is_none_or");
    asked || matches!(before, "==" | "!=") || matches!(text(end), "==" | "!=")
}

/// The place after a variant's fields, `(…)` or `{…}`, if it has any.
fn after_fields(tokens: &[Token<'_>], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text {
            "(" | "{" => depth += 1,
            ")" | "}" if depth > 0 => depth -= 1,
            _ if depth == 0 => return at,
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Whether the parenthesis that encloses this place is that of `matches!(`.
fn is_in_matches(tokens: &[Token<'_>], place: usize) -> bool {
    let mut depth = 0_usize;
    for at in (0..place).rev() {
        match tokens[at].text {
            ")" => depth += 1,
            "(" if depth > 0 => depth -= 1,
            "(" => return at >= 2 && tokens[at - 1].text == "!" && tokens[at - 2].text == "matches",
            ";" => return false,
            _ => {}
        }
    }
    false
}
