//! The tree as its tiles have it.

use crate::domain::log::{Hash, Nodes, Tile, TileAddress};
use crate::error::Error;
use crate::store::{Read, log};
use moka::sync::Cache;
use std::sync::Arc;

/// Tiles held at once, with all their nodes: at most 16 KB each, so 64 MB. All of a log of a million entries.
const TILES: u64 = 4_096;

/// Tiles that were read. A tile of a given width never changes; a log that is ended takes its own with it.
pub(super) struct TileCache(Cache<(i32, TileAddress), Arc<Tile>>);

impl TileCache {
    pub(super) fn new() -> Self {
        Self(Cache::new(TILES))
    }
}

/// The tree of the first `size` leaves of log `n`.
pub(super) struct Tree<'a, R: Read> {
    pub(super) db: &'a mut R,
    pub(super) cache: &'a TileCache,
    pub(super) n: i32,
    pub(super) size: u64,
}

impl<R: Read> Tree<'_, R> {
    fn tile(&mut self, address: TileAddress) -> Result<Arc<Tile>, Error> {
        if let Some(tile) = self.cache.0.get(&(self.n, address)) {
            return Ok(tile);
        }
        let tile = Arc::new(Tile::new(hashes(self.db, address)?));
        self.cache.0.insert((self.n, address), Arc::clone(&tile));
        Ok(tile)
    }
}

/// The hashes of a tile in the database, of this width.
pub(super) fn hashes(db: &mut impl Read, address: TileAddress) -> Result<Vec<Hash>, Error> {
    let missing = || Error::internal(format!("the log's tile {address} is not whole"));
    let bytes = log::tile(db, address.level(), address.n())?.ok_or_else(missing)?;
    let (hashes, _) = bytes.as_chunks::<32>();
    let width = usize::try_from(address.width()).map_err(Error::internal)?;
    hashes.get(..width).map(<[Hash]>::to_vec).ok_or_else(missing)
}

impl<R: Read> Nodes for Tree<'_, R> {
    type Error = Error;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Error> {
        let (level, n, within, place) = Tile::holding(height, index);
        let missing = || Error::internal("a node outside the tree");
        let address = TileAddress::in_tree(level, n, self.size).ok_or_else(missing)?;
        self.tile(address)?.node(within, place).ok_or_else(missing)
    }
}
