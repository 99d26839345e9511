// Status lists (draft-ietf-oauth-status-list-20, as CWT): which cards are withdrawn, or were never issued.

import { demand } from "./bytes.js";
import { Reader, isBytes } from "./cbor.js";
import { EXPIRES } from "./claims.js";
import { parseSign1, verifies } from "./cose.js";
import { statusKey } from "./issuer.js";
import { isForeign } from "./text.js";

const TYPE = 16;
/** The most bytes of a list as served. */
const MAX_LIST = 16896;
const SUBJECT = 2;
const ISSUED_AT = 6;
const LIST = 65533;

/** Slots of one list, one bit each. */
export const SLOTS = 1 << 17;

/** What a status key signed as one of this media type, published at this path: `claim` goes to one of its claims. */
export async function signedClaims(bytes, type, path, issuer) {
  const { header, kid, payload, signature, signed } = parseSign1(bytes);
  const key = statusKey(issuer, kid);
  demand(key && header(TYPE) === type && (await verifies(key, signature, signed)));
  const claim = (label) => new Reader(payload).find(label);
  const [subject, issuedAt] = [claim(SUBJECT).lenient(), claim(ISSUED_AT).lenient()];
  demand(typeof subject === "string" && subject.endsWith(path) && !isForeign(subject, issuer.hosts));
  demand(Number.isSafeInteger(issuedAt));
  return { claim, issuedAt };
}

/** Reads a list. */
export async function parseList(bytes, path, issuer) {
  demand(bytes.length <= MAX_LIST);
  const { claim, issuedAt } = await signedClaims(bytes, "application/statuslist+cwt", path, issuer);
  const [expires, packed] = [claim(EXPIRES).lenient(), claim(LIST).find("lst").lenient()];
  demand(Number.isSafeInteger(expires) && claim(LIST).find("bits").lenient() === 1 && isBytes(packed));
  const slots = await inflate(packed, SLOTS / 8);
  // The first slot is the lowest bit of the first byte.
  return { issuedAt, expires, isSet: (slot) => ((slots[slot >> 3] >> (slot & 7)) & 1) === 1 };
}

/** Unpacks zlib to exactly this many bytes, and never holds more than one part too many. */
async function inflate(packed, size) {
  const slots = new Uint8Array(size);
  let at = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  for (;;) {
    // What is no zlib is a TypeError here.
    const { done, value } = await reader.read().catch(() => demand(false));
    if (done) break;
    if (at + value.length > size) await reader.cancel();
    demand(at + value.length <= size);
    slots.set(value, at);
    at += value.length;
  }
  demand(at === size);
  return slots;
}
