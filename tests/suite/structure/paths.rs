//! The paths that code names, written out: groups of `use` expanded, `self` and `super` resolved.

use super::code::Token;

/// One path, like `crate::store::cards` or `Role::Admin`.
#[derive(Debug)]
pub(super) struct NamedPath<'a> {
    /// Its names in order; `*` at the end of a glob.
    pub(super) segments: Vec<&'a str>,
    /// The line of its last name.
    pub(super) line: usize,
    /// The first token of the path as written.
    pub(super) start: usize,
    /// The token after it.
    pub(super) end: usize,
}

/// Every path that `tokens` name, in the file `path` below `src`.
pub(super) fn named<'a>(path: &'a str, tokens: &[Token<'a>]) -> Vec<NamedPath<'a>> {
    let mut reader = Reader { tokens, found: Vec::new(), start: 0 };
    let mut at = 0;
    while at < tokens.len() {
        let is_start = tokens[at].is_word() || tokens[at].text == "::";
        let is_member = at > 0 && tokens[at - 1].text == ".";
        if is_start && !is_member {
            reader.start = at;
            at = reader.read(at, &[]);
        } else {
            at += 1;
        }
    }
    let module = module(path);
    for found in &mut reader.found {
        resolve(&mut found.segments, &module);
    }
    reader.found
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    found: Vec<NamedPath<'a>>,
    start: usize,
}

impl<'a> Reader<'_, 'a> {
    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    /// Reads one path, or one branch of a group after `before`; the place after it.
    fn read(&mut self, mut at: usize, before: &[&'a str]) -> usize {
        let mut segments = before.to_vec();
        at += usize::from(self.text(at) == "::");
        while self.tokens.get(at).is_some_and(Token::is_word) || self.text(at) == "*" {
            segments.push(self.text(at));
            at += 1;
            if self.text(at) != "::" {
                break;
            }
            at += 1;
            if self.text(at) == "{" {
                return self.read_group(at + 1, &segments);
            }
        }
        // A branch is not always a path: `::<T>` after a name ends it, and a stray sign must not stop the reader.
        let line = self.tokens[at - 1].line;
        self.found.push(NamedPath { segments, line, start: self.start, end: at });
        at
    }

    /// Reads the branches of a group up to its closing brace; the place after that.
    fn read_group(&mut self, mut at: usize, before: &[&'a str]) -> usize {
        while at < self.tokens.len() && self.text(at) != "}" {
            let is_branch = self.tokens[at].is_word() || self.text(at) == "*";
            at = if is_branch { self.read(at, before) } else { at + 1 };
            if self.text(at) == "as" {
                at += 2;
            }
        }
        at + 1
    }
}

/// The module of a file: `domain/text.rs` is `domain::text`, `domain/mod.rs` is `domain`.
fn module(path: &str) -> Vec<&str> {
    let mut module: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    if matches!(module.last(), Some(&"mod" | &"lib" | &"main")) {
        module.pop();
    }
    module
}

/// Writes a path that begins with `self`, `super` or this crate's own name as one that begins with `crate`.
fn resolve<'a>(segments: &mut Vec<&'a str>, module: &[&'a str]) {
    match segments.first() {
        Some(&"press_registry") => segments[0] = "crate",
        Some(&"self" | &"super") => {
            let own = segments.iter().take_while(|name| matches!(**name, "self" | "super")).count();
            let up = segments.iter().filter(|name| **name == "super").count();
            let kept = module.len().saturating_sub(up);
            let resolved = ["crate"].into_iter().chain(module[..kept].iter().copied());
            *segments = resolved.chain(segments[own..].iter().copied()).collect();
        }
        _ => {}
    }
}

#[test]
fn groups_are_written_out_and_supers_resolved() {
    let paths = |path, source| {
        let found = named(path, &super::code::tokens(source));
        found.iter().map(|found| found.segments.join("::")).filter(|path| path.contains("::")).collect::<Vec<_>>()
    };
    assert_eq!(
        paths("a/b.rs", "use crate::{c::{self, d as e}, f::*};"),
        ["crate::c::self", "crate::c::d", "crate::f::*"]
    );
    assert_eq!(paths("a/b.rs", "super::c() + super::super::d::<T>()"), ["crate::a::c", "crate::d"]);
    assert_eq!(paths("a/mod.rs", "self::b; super::c"), ["crate::a::b", "crate::c"]);
    assert_eq!(
        paths("main.rs", "press_registry::cli::run(x.y::<u8>(), Vec::<std::fmt::Error>::new())"),
        ["crate::cli::run", "std::fmt::Error"]
    );
}
