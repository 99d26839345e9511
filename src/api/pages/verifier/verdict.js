// What a card code is worth: the same table, in the same order, as the registry's own `domain/verdict.rs`.

import { Malformed } from "./bytes.js";
import { isOtherVersion, parseClaims } from "./claims.js";
import { isLowS, parseCardEnvelope, verifies } from "./cose.js";
import { honestDigest } from "./honest.js";
import { SLOTS } from "./status.js";
import { fromBase32, isForeign, splitText } from "./text.js";

/** How long a list or an issuer document counts as fresh, in seconds. */
const FRESH = 24 * 3600;
/** How far a clock may be behind what it was told, in seconds. */
const CLOCK_TOLERANCE = 5 * 60;

/**
 * Judges the text of a QR, by the first rule that applies.
 *
 * `now` is in seconds. `known` holds the `issuer` and gives, each if it is at hand, `honestSet(kid)`, `list(n)` and the
 * `newestIat()` of all lists and sets held.
 */
export async function judge(text, now, known) {
  const parts = splitText(text);
  const found = await judgeCode(parts && fromBase32(parts.code), now, known);
  const isElsewhere = parts !== null && isForeign(parts.address, known.issuer.hosts);
  return { card: null, ...found, warning: isElsewhere ? "foreign_address" : null };
}

async function judgeCode(code, now, known) {
  const opened = await open(code, now, known.issuer);
  if (!opened.card) return { ...opened, listAge: secondsSince(await known.newestIat(), now) };
  const { card } = opened;
  const list = await known.list(Math.floor(card.index / SLOTS));
  const [verdict, reason] = await stateOf(opened, list, now, known);
  return { verdict, reason, card, listAge: secondsSince(list?.issuedAt, now) };
}

const unproven = (verdict, reason) => ({ verdict, reason });

/** Proves a code to be signed, and only then reads what is inside. */
async function open(code, now, issuer) {
  const envelope = code && read(parseCardEnvelope, code);
  if (!envelope) return unproven("not_ours", "not_a_code");
  const { kid, payload, signature, signed } = envelope;
  const signer = issuer.cardKeys.get(kid);
  if (!signer) {
    // A document from the future says that the clock is wrong, so its age is not known.
    const since = now - issuer.issuedAt;
    const isFresh = since >= -CLOCK_TOLERANCE && since < FRESH;
    return unproven(isFresh ? "not_ours" : "cannot_confirm", "unknown_key");
  }
  if (!isLowS(signature) || !(await verifies(signer.key, signature, signed))) {
    return unproven("not_ours", "bad_signature");
  }
  const isOther = read(isOtherVersion, payload);
  if (isOther) return unproven("cannot_confirm", "newer_version");
  const card = isOther === false ? read(parseClaims, payload) : null;
  return card ? { card, kid, payload, isCompromised: signer.isCompromised } : unproven("not_ours", "not_a_code");
}

/** What the parser reads, or null where it finds the bytes malformed. */
function read(parse, bytes) {
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** The state of a proven card, by the first rule that applies. */
async function stateOf({ card, kid, payload, isCompromised }, list, now, known) {
  if (isCompromised) {
    const honest = await known.honestSet(kid);
    if (!honest) return ["cannot_confirm", "no_honest_set"];
    if (!honest.has(await honestDigest(payload))) return ["not_valid", "forged"];
  }
  if (now < card.notBefore) return ["not_valid", "not_yet_valid"];
  if (now >= card.expires) return ["not_valid", "expired"];
  if (now + CLOCK_TOLERANCE < (await known.newestIat())) return ["cannot_confirm", "clock"];
  if (!list || now >= list.issuedAt + FRESH || now >= list.expires) return ["cannot_confirm", "no_fresh_list"];
  return list.isSet(card.index % SLOTS) ? ["not_valid", "withdrawn"] : ["valid", null];
}

/** Seconds since an instant, none where the clock is a little behind; null without an instant. */
function secondsSince(since, now) {
  return since === undefined ? null : Math.max(now - since, 0);
}
