//! The hashes of RFC 6962 §2.1: roots, and the path from a leaf to a root.

use super::sha256;

/// SHA-256.
pub type Hash = [u8; 32];

/// The root of a tree without leaves.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The hash of a leaf. Its prefix keeps leaves and inner nodes apart.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256(&[&[0], leaf])
}

/// The hash over two subtrees.
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// Where the hashes of complete subtrees are.
pub trait Nodes {
    /// Why one cannot be had.
    type Error;

    /// The root of the complete subtree over the leaves from `index` × 2^`height`, 2^`height` of them.
    ///
    /// # Errors
    /// It cannot be had.
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The largest power of two that is smaller than `n`: where RFC 6962 cuts a tree of `n` > 1 leaves.
const fn cut(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The root over the leaves from `from`, `n` of them: a subtree as RFC 6962 cuts it.
fn subtree<N: Nodes>(nodes: &mut N, from: u64, n: u64) -> Result<Hash, N::Error> {
    match n {
        0 => Ok(empty_root()),
        n if n.is_power_of_two() => nodes.node(n.ilog2(), from >> n.ilog2()),
        n => {
            let left = subtree(nodes, from, cut(n))?;
            Ok(node_hash(&left, &subtree(nodes, from + cut(n), n - cut(n))?))
        }
    }
}

/// The root of the tree over the first `size` leaves.
///
/// # Errors
/// A node cannot be had.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    subtree(nodes, 0, size)
}

/// The path of leaf `index` in the tree of `size` leaves, from the leaf upwards; `None` when it is not in it.
///
/// # Errors
/// A node cannot be had.
pub fn inclusion_path<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Option<Vec<Hash>>, N::Error> {
    if index >= size {
        return Ok(None);
    }
    let (mut from, mut n, mut path) = (0, size, Vec::new());
    while n > 1 {
        let half = cut(n);
        if index < from + half {
            path.push(subtree(nodes, from + half, n - half)?);
            n = half;
        } else {
            path.push(subtree(nodes, from, half)?);
            (from, n) = (from + half, n - half);
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// The root that a leaf and its path lead to (RFC 9162 §2.1.3.2); `None` when the path does not fit the tree.
pub fn root_by_path(index: u64, size: u64, leaf: &Hash, path: &[Hash]) -> Option<Hash> {
    let mut last = size.checked_sub(1).filter(|last| index <= *last)?;
    let (mut at, mut hash) = (index, *leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}
