// Honest sets: which cards of a compromised key the registry itself signed. A thief's card is not among them.

import { demand, same, sha256 } from "./bytes.js";
import { isBytes } from "./cbor.js";
import { signedClaims } from "./status.js";

const DIGESTS = -65538;
/** Bytes of SHA-256 of a payload that stand for a card. */
const DIGEST_BYTES = 10;

/** Reads a set. */
export async function parseHonestSet(bytes, path, issuer) {
  const { claims, issuedAt } = await signedClaims(bytes, "application/cwt", path, issuer);
  const digests = claims.get(DIGESTS);
  demand(isBytes(digests) && digests.length % DIGEST_BYTES === 0);
  return { issuedAt, has: (digest) => isAmong(digest, digests) };
}

function isAmong(digest, digests) {
  for (let at = 0; at < digests.length; at += DIGEST_BYTES) {
    if (same(digest, digests.subarray(at, at + DIGEST_BYTES))) return true;
  }
  return false;
}

/** What stands for the card with this payload. */
export async function honestDigest(payload) {
  return (await sha256(payload)).subarray(0, DIGEST_BYTES);
}
