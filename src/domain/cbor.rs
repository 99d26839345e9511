//! Deterministic CBOR (RFC 8949 §4.2.1), as much of it as card codes and signed lists need: writing into memory, which
//! cannot fail.

/// Writes items with the shortest heads and definite lengths; the order of keys is the caller's.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn uint(&mut self, value: u64) -> &mut Self {
        self.head(0, value)
    }

    pub(super) fn int(&mut self, value: i64) -> &mut Self {
        // CBOR writes −1 − n for a negative number, which in two's complement is the bitwise complement.
        let (major, magnitude) = if value < 0 { (1, !value) } else { (0, value) };
        self.head(major, magnitude.unsigned_abs())
    }

    pub(super) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.counted(2, value)
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.counted(3, value.as_bytes())
    }

    pub(super) fn array(&mut self, items: u64) -> &mut Self {
        self.head(4, items)
    }

    pub(super) fn map(&mut self, pairs: u64) -> &mut Self {
        self.head(5, pairs)
    }

    pub(super) fn tag(&mut self, number: u64) -> &mut Self {
        self.head(6, number)
    }

    pub(super) fn null(&mut self) -> &mut Self {
        self.0.push(0xF6);
        self
    }

    fn counted(&mut self, major: u8, value: &[u8]) -> &mut Self {
        // A slice has at most isize::MAX bytes.
        self.head(major, u64::try_from(value.len()).unwrap_or(u64::MAX));
        self.0.extend_from_slice(value);
        self
    }

    /// The major type and its argument in the fewest bytes.
    fn head(&mut self, major: u8, argument: u64) -> &mut Self {
        let major = major << 5;
        let bytes = argument.to_be_bytes();
        let (info, width) = match argument {
            0..=23 => {
                self.0.push(major | bytes[7]);
                return self;
            }
            24..=0xFF => (24, 1),
            0x100..=0xFFFF => (25, 2),
            0x1_0000..=0xFFFF_FFFF => (26, 4),
            0x1_0000_0000.. => (27, 8),
        };
        self.0.push(major | info);
        self.0.extend_from_slice(&bytes[8 - width..]);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_the_shortest_there_are() {
        // RFC 8949, appendix A.
        let cases: [(i64, &str); 14] = [
            (0, "00"),
            (23, "17"),
            (24, "1818"),
            (255, "18FF"),
            (256, "190100"),
            (65_535, "19FFFF"),
            (65_536, "1A00010000"),
            (1_000_000_000_000, "1B000000E8D4A51000"),
            (i64::MAX, "1B7FFFFFFFFFFFFFFF"),
            (-1, "20"),
            (-24, "37"),
            (-25, "3818"),
            (-65_537, "3A00010000"),
            (i64::MIN, "3B7FFFFFFFFFFFFFFF"),
        ];
        for (value, hex) in cases {
            let mut cbor = Writer::default();
            cbor.int(value);
            assert_eq!(data_encoding::HEXUPPER.encode(&cbor.finish()), hex, "{value}");
        }
    }

    #[test]
    fn every_kind_of_item_reads_back() {
        let mut cbor = Writer::with_capacity(16);
        cbor.tag(18).array(3).bytes(b"ab").text("c").map(1).uint(24).null();
        assert_eq!(data_encoding::HEXUPPER.encode(&cbor.finish()), "D283426162616 3A11818F6".replace(' ', ""));
    }
}
