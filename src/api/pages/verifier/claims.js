// What a card code says: CWT claims (RFC 8392) about one card. Read only after the signature was found good.

import { demand, hex } from "./bytes.js";
import { Reader, decode, hasLabels, isBytes } from "./cbor.js";

const VERSION = 1;
/** `exp` (RFC 8392 §4), of cards and of lists. */
export const EXPIRES = 4;
const NOT_BEFORE = 5;
const CARD = -65537;
/** 9999-12-31T23:59:59Z, the last second that RFC 3339 can write. */
const LAST_SECOND = 253402300799;
const KINDS = { 1: "press_card", 2: "introduction_letter", 3: "collaborator_card" };
const LETTER = 2;

// Characters that change how a line reads without being seen.
const HIDDEN = /[\p{Cc}\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u;

/** Whether a payload is of another version, whatever else it holds. Malformed where it says no version. */
export function isOtherVersion(payload) {
  const reader = new Reader(payload).find(CARD);
  const card = reader.head();
  demand(card.major === 4 && card.argument > 0);
  const version = reader.head();
  demand(version.major <= 1 && version.argument !== null);
  return version.major !== 0 || version.argument !== VERSION;
}

/** Reads a payload of version 1, if it is written exactly as the registry writes it. */
export function parseClaims(payload) {
  const claims = decode(payload);
  demand(hasLabels(claims, [EXPIRES, NOT_BEFORE, CARD]));
  const [expires, notBefore, card] = claims.values();
  demand(isInteger(notBefore, LAST_SECOND) && isInteger(expires, LAST_SECOND) && notBefore < expires);
  demand(Array.isArray(card) && card.length === 8);
  const [version, kind, index, number, name, agency, photo, extra] = card;
  demand(version === VERSION && Object.hasOwn(KINDS, kind) && isInteger(index, 0xffffffff));
  demand(typeof number === "string" && /^[A-Z0-9-]{1,16}$/.test(number));
  demand(isLine(name, 80) && isLine(agency, 40));
  demand(photo === null || isBytes(photo, 8));
  demand((extra !== null) === (kind === LETTER));
  const scope = extra && parseScope(extra);
  const photoDigest = photo && hex(photo);
  return { kind: KINDS[kind], index, number, name, agency, notBefore, expires, photoDigest, ...scope };
}

function parseScope(extra) {
  demand(Array.isArray(extra) && extra.length === 3 && extra.every((line) => isLine(line, 200)));
  const [place, unitVisited, work] = extra;
  demand(byteLength(extra.join("")) <= 200);
  return { place, unitVisited, work };
}

function isInteger(item, most) {
  return Number.isSafeInteger(item) && item >= 0 && item <= most;
}

/** A line is in NFC, with single spaces between its words and nothing hidden. Bounds are in bytes of UTF-8. */
function isLine(item, mostBytes) {
  return typeof item === "string" && item !== "" && byteLength(item) <= mostBytes && !HIDDEN.test(item) &&
    item === item.split(/\p{White_Space}+/u).filter(Boolean).join(" ").normalize("NFC");
}

function byteLength(text) {
  return new TextEncoder().encode(text).length;
}
