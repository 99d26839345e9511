//! The order in which the slots of a status list are taken: a keyed permutation, so that a slot tells nobody how
//! many cards were issued before it, or which were issued together.

use super::printed::StatusIndex;
use aws_lc_rs::hmac;

/// Half of the 18 bits that the network mixes: the smallest even number that holds the 17 bits of a slot.
const HALF_BITS: u32 = 9;
const HALF_MASK: u32 = (1 << HALF_BITS) - 1;
/// Luby and Rackoff need four rounds for a strong permutation; the last two are a margin.
const ROUNDS: u8 = 6;

/// The secret of the order.
pub struct SlotOrder(hmac::Key);

impl SlotOrder {
    /// From 32 secret bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The slot taken as the `nth` of `list`, from 0; every slot comes exactly once below [`StatusIndex::SLOTS`].
    pub fn nth(&self, list: u32, nth: u32) -> u32 {
        // Cycle walking: whatever falls outside the slots is mixed again, which keeps it a permutation.
        let mut slot = nth % StatusIndex::SLOTS;
        loop {
            slot = self.mix(list, slot);
            if slot < StatusIndex::SLOTS {
                return slot;
            }
        }
    }

    fn mix(&self, list: u32, value: u32) -> u32 {
        let (mut left, mut right) = (value >> HALF_BITS, value & HALF_MASK);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.round(list, round, right));
        }
        left << HALF_BITS | right
    }

    fn round(&self, list: u32, round: u8, half: u32) -> u32 {
        let mut mac = hmac::Context::with_key(&self.0);
        mac.update(&list.to_be_bytes());
        mac.update(&[round]);
        mac.update(&half.to_be_bytes());
        let tag = mac.sign();
        tag.as_ref().iter().take(2).fold(0, |bits, byte| bits << 8 | u32::from(*byte)) & HALF_MASK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_taken_once() {
        let order = SlotOrder::new(&[7; 32]);
        let mut seen = vec![false; StatusIndex::SLOTS as usize];
        for nth in 0..StatusIndex::SLOTS {
            let slot = order.nth(3, nth) as usize;
            assert!(!seen[slot], "slot {slot} came twice");
            seen[slot] = true;
        }
    }

    #[test]
    fn lists_and_secrets_have_orders_of_their_own() {
        let first = |secret: u8, list| (0..8).map(|n| SlotOrder::new(&[secret; 32]).nth(list, n)).collect::<Vec<_>>();
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 0), first(2, 0));
        assert_eq!(first(1, 0), first(1, 0));
    }
}
