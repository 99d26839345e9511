// Honest sets: which cards of a compromised key the registry itself signed. A thief's card is not among them.

import { demand, sha256 } from "./bytes.js";
import { isBytes } from "./cbor.js";
import { signedClaims } from "./status.js";

const DIGESTS = -65538;
/** The most bytes of a set as served: some 1.6 million cards. */
const MAX_SET = 16 << 20;
/** Bytes of SHA-256 of a payload that stand for a card. */
const DIGEST_BYTES = 10;

/** Reads a set. */
export async function parseHonestSet(bytes, path, issuer) {
  demand(bytes.length <= MAX_SET);
  const { claim, issuedAt } = await signedClaims(bytes, "application/cwt", path, issuer);
  const digests = claim(DIGESTS).lenient();
  demand(isBytes(digests) && digests.length % DIGEST_BYTES === 0);
  for (let at = DIGEST_BYTES; at < digests.length; at += DIGEST_BYTES) {
    demand(order(digests, at - DIGEST_BYTES, digests, at) < 0);
  }
  return { issuedAt, has: (digest) => isAmong(digest, digests) };
}

/** Below, at or above zero, as a digest in these bytes comes before, is, or comes after one in those. */
function order(these, at, those, where) {
  for (let n = 0; n < DIGEST_BYTES; n++) {
    if (these[at + n] !== those[where + n]) return these[at + n] - those[where + n];
  }
  return 0;
}

/** Searches by halves: they are sorted. */
function isAmong(digest, digests) {
  let [from, until] = [0, digests.length / DIGEST_BYTES];
  while (from < until) {
    const middle = (from + until) >>> 1;
    const found = order(digest, 0, digests, middle * DIGEST_BYTES);
    if (found === 0) return true;
    if (found < 0) until = middle;
    else from = middle + 1;
  }
  return false;
}

/** What stands for the card with this payload. */
export async function honestDigest(payload) {
  return (await sha256(payload)).subarray(0, DIGEST_BYTES);
}
