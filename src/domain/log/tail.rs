//! The growing end of the tree: what is needed of it to append.

use super::tile::{TILE_WIDTH, TileAddress, hashes_of_level};
use super::tree::{Hash, empty_root, node_hash};

/// The hashes of each level that do not yet fill a tile: at most 255 of them, whatever the size of the tree. The cost
/// of appending therefore does not grow with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

/// A tile that is new or grew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown {
    /// Where it stands.
    pub address: TileAddress,
    /// Its hashes, 256 when it is full.
    pub hashes: Vec<Hash>,
}

impl Tail {
    /// The end of a tree of `size` leaves whose partial tiles `read` gives: it is asked for the level and the place of
    /// a tile, and how many hashes it is to have.
    ///
    /// # Errors
    /// What `read` answers.
    pub fn load<E>(size: u64, mut read: impl FnMut(TileAddress) -> Result<Vec<Hash>, E>) -> Result<Self, E> {
        let mut levels = Vec::new();
        for (level, hashes) in (0..).map(|level| (level, hashes_of_level(size, level))) {
            if hashes == 0 {
                break;
            }
            let width = hashes % TILE_WIDTH;
            levels.push(match TileAddress::new(level, hashes / TILE_WIDTH, width) {
                Some(address) => read(address)?,
                None => Vec::new(),
            });
        }
        Ok(Self { size, levels })
    }

    /// Leaves of the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash; gives the tiles that it filled.
    pub fn append(&mut self, leaf: Hash) -> Vec<Grown> {
        self.size += 1;
        let (mut filled, mut hash) = (Vec::new(), leaf);
        for level in 0.. {
            if self.levels.len() == usize::from(level) {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(usize::from(level)) else { break };
            hashes.push(hash);
            if u64::try_from(hashes.len()) != Ok(TILE_WIDTH) {
                break;
            }
            let hashes = std::mem::take(hashes);
            hash = complete_roots(&hashes).first().copied().unwrap_or_else(empty_root);
            let n = hashes_of_level(self.size, level) / TILE_WIDTH - 1;
            filled.extend(TileAddress::new(level, n, TILE_WIDTH).map(|address| Grown { address, hashes }));
        }
        filled
    }

    /// The tiles that are not full.
    pub fn partial(&self) -> Vec<Grown> {
        let partial = (0..).zip(&self.levels).filter_map(|(level, hashes)| {
            let of_level = hashes_of_level(self.size, level);
            let address = TileAddress::new(level, of_level / TILE_WIDTH, of_level % TILE_WIDTH)?;
            Some(Grown { address, hashes: hashes.clone() })
        });
        partial.collect()
    }

    /// The root of the tree. RFC 6962 cuts off the largest complete subtree each time, so the root is folded over the
    /// complete subtrees from the right.
    pub fn root(&self) -> Hash {
        let complete: Vec<Hash> = self.levels.iter().rev().flat_map(|hashes| complete_roots(hashes)).collect();
        complete.into_iter().rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}

/// The roots of the largest complete subtrees over these hashes, from the left.
fn complete_roots(mut hashes: &[Hash]) -> Vec<Hash> {
    let mut roots = Vec::new();
    while !hashes.is_empty() {
        let (complete, rest) = hashes.split_at(1 << hashes.len().ilog2());
        roots.extend(fold(complete));
        hashes = rest;
    }
    roots
}

/// The root over a power of two of hashes.
fn fold(hashes: &[Hash]) -> Option<Hash> {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    row.pop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::leaf_hash;

    /// RFC 6962 §2.1, word for word.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
                node_hash(&mth(left), &mth(right))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_of_the_definition() {
        let (mut tail, mut leaves) = (Tail::default(), Vec::new());
        assert_eq!(tail.root(), mth(&[]));
        for index in 0..700_u32 {
            leaves.push(leaf_hash(&index.to_be_bytes()));
            tail.append(leaves[leaves.len() - 1]);
            assert_eq!(tail.root(), mth(&leaves), "{} leaves", leaves.len());
        }
    }

    #[test]
    fn a_tail_read_from_its_tiles_goes_on_as_the_one_that_wrote_them() {
        let mut tail = Tail::default();
        for index in 0..66_000_u32 {
            tail.append(leaf_hash(&index.to_be_bytes()));
        }
        let tiles = tail.partial();
        let read = Tail::load(tail.size(), |address| {
            tiles.iter().find(|tile| tile.address == address).map(|tile| tile.hashes.clone()).ok_or(address)
        });
        assert_eq!(read.expect("every partial tile was given"), tail);
    }

    #[test]
    fn a_tile_is_given_once_it_is_full() {
        let mut tail = Tail::default();
        let mut filled = Vec::new();
        for index in 0..65_536_u32 {
            filled.extend(tail.append(leaf_hash(&index.to_be_bytes())).into_iter().map(|tile| tile.address));
        }
        let level_0 = (0..256).filter_map(|n| TileAddress::new(0, n, 256));
        assert_eq!(filled, level_0.chain(TileAddress::new(1, 0, 256)).collect::<Vec<_>>());
    }
}
