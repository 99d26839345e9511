// Status lists (draft-ietf-oauth-status-list-20, as CWT): which cards are withdrawn, or were never issued.

import { demand } from "./bytes.js";
import { decode, isBytes } from "./cbor.js";
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

/** The claims of what a status key signed as one of this media type, published at this path. */
export async function signedClaims(bytes, type, path, issuer) {
  const { header, kid, payload, signature, signed } = parseSign1(bytes);
  const key = statusKey(issuer, kid);
  demand(key && header.get(TYPE) === type && (await verifies(key, signature, signed)));
  const claims = decode(payload);
  demand(claims instanceof Map && Number.isSafeInteger(claims.get(ISSUED_AT)));
  const subject = claims.get(SUBJECT);
  demand(typeof subject === "string" && subject.endsWith(path) && !isForeign(subject, issuer.hosts));
  return { claims, issuedAt: claims.get(ISSUED_AT) };
}

/** Reads a list. */
export async function parseList(bytes, path, issuer) {
  demand(bytes.length <= MAX_LIST);
  const { claims, issuedAt } = await signedClaims(bytes, "application/statuslist+cwt", path, issuer);
  const [expires, list] = [claims.get(EXPIRES), claims.get(LIST)];
  demand(Number.isSafeInteger(expires));
  demand(list instanceof Map && list.get("bits") === 1 && isBytes(list.get("lst")));
  const slots = await inflate(list.get("lst"), SLOTS / 8);
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
