// COSE_Sign1 (RFC 9052) with ES256: what the registry signs, and whether it did.

import { demand, hex } from "./bytes.js";
import { byteString, decode, hasLabels, isBytes } from "./cbor.js";

const SIGN1 = 18;
const ALG = 1;
const KID = 4;
const ES256 = -7;
// The array of four, and "Signature1" as text: how every Sig_structure begins (§4.4).
const SIGNATURE1 = [0x84, 0x6a, ...new TextEncoder().encode("Signature1")];

/** Half the order of P-256, rounded down. */
const HALF_ORDER = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

/** Reads an envelope; nothing of it is proven yet. */
export function parseSign1(bytes) {
  const item = decode(bytes);
  demand(item?.tag === SIGN1 && Array.isArray(item.value) && item.value.length === 4);
  const [head, unprotected, payload, signature] = item.value;
  demand(isBytes(head) && unprotected instanceof Map && isBytes(payload) && isBytes(signature, 64));
  const header = decode(head);
  demand(header instanceof Map && header.get(ALG) === ES256 && isBytes(header.get(KID), 4));
  const signed = Uint8Array.from([...SIGNATURE1, ...byteString(head), 0x40, ...byteString(payload)]);
  return { header, unprotected, kid: hex(header.get(KID)), payload, signature, signed };
}

/** Reads the envelope of a card code, which has one form only. */
export function parseCardEnvelope(bytes) {
  const envelope = parseSign1(bytes);
  demand(hasLabels(envelope.header, [ALG, KID]) && envelope.unprotected.size === 0);
  return envelope;
}

/** Whether s is in the lower half of its range: with (r, s) also (r, −s) verifies, and only one form is accepted. */
export function isLowS(signature) {
  // Hex of one length compares like the numbers.
  return hex(signature.subarray(32)) <= HALF_ORDER;
}

/** Whether this key signed these bytes. */
export function verifies(key, signature, bytes) {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, bytes);
}
