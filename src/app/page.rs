//! Parts of lists.

use crate::error::Error;

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<I> {
    /// After this one; from the beginning where `None`.
    pub after: Option<I>,
    /// At most so many.
    pub limit: usize,
}

/// Filters and part of a list as asked for, or what is wrong with them: told only to those who may see the list at all.
pub type Asked<F, I> = Result<(F, Page<I>), Error>;

/// A part of a list, and where the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T, I> {
    /// The items.
    pub items: Vec<T>,
    /// The next part comes after this one; `None` at the end.
    pub next_after: Option<I>,
}

impl<T, I> Part<T, I> {
    /// From items of which one more was asked for than `limit`.
    pub fn cut(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> I) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next_after = items.last().filter(|_| more).map(key);
        Self { items, next_after }
    }
}
