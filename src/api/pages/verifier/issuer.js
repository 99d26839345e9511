// The issuer document: whom to trust.

import { Malformed, demand, fromBase64url, hex, sha256 } from "./bytes.js";
import { verifies } from "./cose.js";

const STATES = ["active", "retired", "compromised"];

/** Reads a document. One bad key refuses it whole: it is not what was signed. */
export async function parseIssuer(bytes) {
  const json = parseJson(bytes);
  demand(typeof json?.issued_at === "string" && Array.isArray(json.hosts) && Array.isArray(json.keys));
  const issuedAt = Math.floor(Date.parse(json.issued_at) / 1000);
  demand(Number.isFinite(issuedAt) && json.hosts.every((host) => typeof host === "string"));
  const ours = json.keys.filter((key) => key.alg === "ES256" && key.kty === "EC" && key.crv === "P-256");
  const keysOf = async (use) => {
    const listed = ours.filter((key) => key.use === use);
    const keys = new Map(await Promise.all(listed.map(parseKey)));
    demand(keys.size === listed.length);
    return keys;
  };
  const [cardKeys, statusKeys] = await Promise.all([keysOf("card"), keysOf("status")]);
  const lists = (json.status_lists ?? []).map((list) => list.n).filter(Number.isSafeInteger);
  return { issuedAt, hosts: json.hosts, phone: json.contact?.phone, cardKeys, statusKeys, lists };
}

function parseJson(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Malformed();
  }
}

/** A key by its name, which is the beginning of its thumbprint (RFC 7638). */
async function parseKey({ kid, x, y, state }) {
  demand(typeof x === "string" && typeof y === "string" && STATES.includes(state));
  const jwk = { crv: "P-256", kty: "EC", x, y };
  const thumbprint = await sha256(new TextEncoder().encode(JSON.stringify(jwk)));
  demand(kid === hex(thumbprint.subarray(0, 4)));
  try {
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return [kid, { key, isCompromised: state === "compromised" }];
  } catch {
    throw new Malformed();
  }
}

/** What is known before any document came: nobody's key, at no time, and only where this page is from. */
export function unknownIssuer(host) {
  return { issuedAt: -Infinity, hosts: [host], cardKeys: new Map(), statusKeys: new Map(), lists: [] };
}

/** The key of this name that may sign lists, sets and documents: not a compromised one. */
export function statusKey(issuer, kid) {
  const listed = issuer.statusKeys.get(kid);
  return listed && !listed.isCompromised ? listed.key : undefined;
}

/** Whether a status key of the document held signed another: what that one needs to take its place. */
export async function vouchesFor(held, document, signatures) {
  for (const { kid, sig } of parseJson(signatures)) {
    const key = statusKey(held, kid);
    if (key && (await verifies(key, fromBase64url(sig), document))) return true;
  }
  return false;
}
