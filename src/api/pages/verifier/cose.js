// COSE_Sign1 (RFC 9052) with ES256: what the registry signs, and whether it did.

import { demand, hex } from "./bytes.js";
import { Reader, bytesHead, decode, hasLabels, isBytes } from "./cbor.js";

const SIGN1 = 18;
const ALG = 1;
const KID = 4;
const ES256 = -7;
// The array of four, and "Signature1" as text: how every Sig_structure begins (§4.4).
const SIGNATURE1 = [0x84, 0x6a, ...new TextEncoder().encode("Signature1")];

/** Half the order of P-256, rounded down. */
const HALF_ORDER = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

/** Reads an envelope of any form; nothing of it is proven yet. `header` gives what stands under a label. */
export function parseSign1(bytes) {
  const reader = new Reader(bytes);
  const tag = reader.head();
  const array = reader.head();
  demand(tag.major === 6 && tag.argument === SIGN1 && array.major === 4 && array.argument === 4);
  const head = reader.lenient();
  // Nobody signed what is not protected: it says nothing.
  reader.skip();
  const payload = reader.lenient();
  const signature = reader.lenient();
  demand(reader.at === bytes.length && isBytes(head) && isBytes(payload) && isBytes(signature, 64));
  const header = (label) => new Reader(head).find(label).lenient();
  demand(header(ALG) === ES256 && isBytes(header(KID), 4));
  const before = [...SIGNATURE1, ...bytesHead(head.length), ...head, 0x40, ...bytesHead(payload.length)];
  // A set may have millions of bytes.
  const signed = new Uint8Array(before.length + payload.length);
  signed.set(before);
  signed.set(payload, before.length);
  return { header, kid: hex(header(KID)), payload, signature, signed };
}

/** Reads the envelope of a card code, which has one form only. */
export function parseCardEnvelope(bytes) {
  const envelope = parseSign1(bytes);
  const [head, unprotected] = decode(bytes).value;
  demand(hasLabels(decode(head), [ALG, KID]) && hasLabels(unprotected, []));
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
