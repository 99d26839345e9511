//! Tiles: how the tree and its leaves are served (C2SP `tlog-tiles`).

use super::tree::{Hash, node_hash};
use std::fmt;

/// Hashes of a full tile, and leaves of a full bundle of entries.
pub const TILE_WIDTH: u64 = 256;
/// Levels of nodes within a tile, above its own hashes.
const TILE_HEIGHT: u32 = 8;

/// Where a tile stands: level 0 holds the hashes of leaves, level 1 the roots of full tiles of level 0, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileAddress {
    level: u8,
    n: u64,
    width: u16,
}

impl TileAddress {
    /// `None` for a level over 63 or a width that is not 1–256.
    pub fn new(level: u8, n: u64, width: u64) -> Option<Self> {
        let width = u16::try_from(width).ok().filter(|width| (1..=256).contains(width))?;
        (level < 64).then_some(Self { level, n, width })
    }

    /// The tile in this place, as wide as a tree of this size has it; `None` where it has nothing of it.
    pub fn in_tree(level: u8, n: u64, size: u64) -> Option<Self> {
        let hashes = hashes_of_level(size, level).checked_sub(n.checked_mul(TILE_WIDTH)?)?;
        Self::new(level, n, hashes.min(TILE_WIDTH))
    }

    /// Reads `<L>/<N>[.p/<W>]`, where N is written in groups of three digits, all but the last with an `x` before.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let (n, width) = parse_place(rest)?;
        let level = level.parse().ok().filter(|parsed: &u8| parsed.to_string() == level)?;
        Self::new(level, n, width)
    }

    /// The level.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The place within the level, from 0.
    pub const fn n(self) -> u64 {
        self.n
    }

    /// How many hashes it has: 256 when it is full.
    pub fn width(self) -> u64 {
        u64::from(self.width)
    }

    /// Whether a tree of this size has this tile, full or as part of one that is still growing.
    pub fn is_within(self, size: u64) -> bool {
        Self::in_tree(self.level, self.n, size).is_some_and(|whole| self.width <= whole.width)
    }
}

/// `<L>/<N>[.p/<W>]`.
impl fmt::Display for TileAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.level, place(self.n, self.width()))
    }
}

/// How many complete subtrees of 256^`level` leaves a tree of this size has.
pub(super) fn hashes_of_level(size: u64, level: u8) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or_default()
}

/// `<N>[.p/<W>]`: as tiles and bundles of entries are addressed.
fn place(n: u64, width: u64) -> String {
    let mut groups = vec![format!("{:03}", n % 1_000)];
    let mut rest = n / 1_000;
    while rest > 0 {
        groups.push(format!("x{:03}", rest % 1_000));
        rest /= 1_000;
    }
    groups.reverse();
    let full = groups.join("/");
    if width == TILE_WIDTH { full } else { format!("{full}.p/{width}") }
}

fn parse_place(path: &str) -> Option<(u64, u64)> {
    let (groups, width) = match path.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok()?),
        None => (path, TILE_WIDTH),
    };
    let digits = groups.split('/').map(|group| group.strip_prefix('x').unwrap_or(group)).collect::<String>();
    let n = digits.parse().ok()?;
    // One tile has one address: what was read is written again and must be the same.
    (place(n, width) == path && (1..=TILE_WIDTH).contains(&width)).then_some((n, width))
}

/// Bundles of entries: the leaves themselves.
pub mod entries {
    use super::{TILE_WIDTH, parse_place, place};

    /// Reads `<N>[.p/<W>]`: the place of the bundle, and how many leaves it is to have.
    pub fn parse(path: &str) -> Option<(u64, u64)> {
        parse_place(path)
    }

    /// The address of bundle `n` with its first `width` leaves.
    pub fn path(n: u64, width: u64) -> String {
        place(n, width)
    }

    /// Whether a tree of this size has this bundle.
    pub fn is_within(n: u64, width: u64, size: u64) -> bool {
        n.checked_mul(TILE_WIDTH).and_then(|first| first.checked_add(width)).is_some_and(|end| end <= size)
    }

    /// Each leaf with its length before it, as a big-endian number of 16 bits.
    pub fn bundle<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for leaf in leaves {
            // A leaf has some 120 bytes: its form is fixed.
            bytes.extend(u16::try_from(leaf.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend(leaf);
        }
        bytes
    }

    /// The leaves of a bundle; `None` when it is cut short.
    pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
        let mut leaves = Vec::new();
        while let Some((length, rest)) = bytes.split_first_chunk() {
            let (leaf, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            leaves.push(leaf);
            bytes = rest;
        }
        bytes.is_empty().then_some(leaves)
    }
}

/// The hashes of a tile with all nodes above them, so that a path through it needs no hashing.
#[derive(Clone, Debug)]
pub struct Tile(Vec<Vec<Hash>>);

impl Tile {
    /// From its hashes, as served: 32 bytes each. `None` when they do not come out even.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| Self::new(hashes.to_vec()))
    }

    /// From its hashes.
    pub fn new(hashes: Vec<Hash>) -> Self {
        let mut rows = vec![hashes];
        while let Some(row) = rows.last().filter(|row| row.len() > 1) {
            rows.push(row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect());
        }
        Self(rows)
    }

    /// How many hashes it has.
    pub fn width(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    /// Its own hashes.
    pub fn hashes(&self) -> &[Hash] {
        self.0.first().map_or(&[], Vec::as_slice)
    }

    /// As served.
    pub fn bytes(hashes: &[Hash]) -> Vec<u8> {
        hashes.concat()
    }

    /// Which tile holds the complete subtree of this height and place: its level and place, and where in it.
    pub fn holding(height: u32, index: u64) -> (u8, u64, u32, u64) {
        let (level, within) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let per_tile = TILE_HEIGHT - within;
        let place = index & ((1 << per_tile) - 1);
        (u8::try_from(level).unwrap_or(u8::MAX), index >> per_tile, within, place)
    }

    /// The node `place` of the row `within` above its hashes.
    pub fn node(&self, within: u32, place: u64) -> Option<Hash> {
        self.0.get(usize::try_from(within).ok()?)?.get(usize::try_from(place).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_address() {
        for (path, level, n, width) in [
            ("0/000", 0, 0, 256),
            ("0/x001/x234/067", 0, 1_234_067, 256),
            ("1/000.p/3", 1, 0, 3),
            ("63/x018/x446/x744/x073/x709/x551/615", 63, u64::MAX, 256),
        ] {
            let address = TileAddress::new(level, n, width).expect("a tile");
            assert_eq!(address.to_string(), path);
            assert_eq!(TileAddress::parse(path), Some(address));
        }
        for bad in [
            "0/0",
            "00/000",
            "0/x000/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/03",
            "64/000",
            "0/1/000",
            "0/x001",
            "-1/000",
            "",
        ] {
            assert_eq!(TileAddress::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_tree_has_only_the_tiles_under_its_hashes() {
        let has = |path: &str, size| TileAddress::parse(path).expect("a tile").is_within(size);
        assert!(has("0/000", 256) && !has("0/000", 255) && has("0/000.p/255", 255) && has("0/000.p/3", 300));
        assert!(has("1/000.p/1", 256) && !has("1/000.p/1", 255) && !has("9/000.p/1", u64::MAX));
    }

    #[test]
    fn a_bundle_gives_back_its_leaves_and_refuses_to_be_cut() {
        let leaves: [&[u8]; 3] = [b"one", b"", b"three"];
        let bytes = entries::bundle(leaves);
        assert_eq!(bytes, b"\0\x03one\0\0\0\x05three");
        assert_eq!(entries::unbundle(&bytes).expect("a bundle"), leaves);
        for end in [1, 2, 4, 6, 9] {
            assert_eq!(entries::unbundle(&bytes[..end]), None, "cut at {end}");
        }
    }
}
