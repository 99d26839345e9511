// What this phone holds of the registry: asked for anew each time, and kept for when there is no network.

import { demand, same } from "./bytes.js";
import { parseHonestSet } from "./honest.js";
import { parseIssuer, unknownIssuer, vouchesFor } from "./issuer.js";
import { parseList } from "./status.js";

const ISSUER = "/.well-known/press-registry/issuer";
const SHELF = "press-registry";
/** How long an answer is waited for where an older one is held, and where none is, in milliseconds. */
const PATIENCE = 1000;
const LAST_PATIENCE = 15000;
/** Where the browser keeps nothing. */
const NO_SHELF = { match: async () => undefined, put: async () => {}, keys: async () => [] };

/**
 * What is known for one check. `changed` is called when an answer that came too late for it says something new.
 */
export async function knowledge(changed) {
  const shelf = await caches.open(SHELF).catch(() => NO_SHELF);
  const over = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const latest = (path, parse) => newest(shelf, path, parse, over, changed);
  const issuer = (await latest(ISSUER, successor)) ?? unknownIssuer(location.hostname);
  const list = (n) => latest(`/status/${n}`, (bytes) => parseList(bytes, `/status/${n}`, issuer));
  const honestSet = (kid) => latest(`/status/honest/${kid}`, (bytes) => parseHonestSet(bytes, `/status/honest/${kid}`, issuer));
  return { issuer, list: once(list), honestSet: once(honestSet), newestIat: () => newestIat(shelf, issuer) };
}

/** A newer document takes an older one's place only if a status key of the older one signed it. */
async function successor(bytes, held) {
  if (held && same(bytes, held.bytes)) return held;
  const issuer = await parseIssuer(bytes);
  if (held) {
    const signatures = await asked(`${ISSUER}.sig`);
    demand(await vouchesFor(held, bytes, await bytesOf(signatures)));
  }
  return issuer;
}

/** The newest good form of what is at a path: from the network if that answers in time, else as it was kept. */
async function newest(shelf, path, parse, over, changed) {
  const kept = await shelved(shelf, path, parse);
  let isLate = false;
  const told = asked(path).then(async (answer) => {
    const copy = answer.clone();
    const bytes = await bytesOf(answer);
    const item = await parse(bytes, kept?.item);
    // An old one that is sent again is no news.
    if (kept && (same(bytes, kept.bytes) || item.issuedAt < kept.item.issuedAt)) return kept.item;
    await shelf.put(path, copy).catch(() => {});
    if (isLate) changed();
    return item;
  });
  // No network, no such thing, or nothing that the registry signed: what is kept stands.
  const news = told.catch(() => kept?.item);
  if (!kept) return news;
  return Promise.race([news, over.then(() => (isLate = true) && kept.item)]);
}

async function shelved(shelf, path, parse) {
  const answer = await shelf.match(path);
  if (!answer) return undefined;
  const bytes = await bytesOf(answer);
  return parse(bytes).then((item) => ({ item, bytes })).catch(() => undefined);
}

async function asked(path) {
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit", signal: AbortSignal.timeout(LAST_PATIENCE) });
  demand(answer.ok);
  return answer;
}

async function bytesOf(answer) {
  return new Uint8Array(await answer.arrayBuffer());
}

/** Asks for each thing once. */
function once(ask) {
  const asked = new Map();
  return (name) => {
    if (!asked.has(name)) asked.set(name, ask(name));
    return asked.get(name);
  };
}

/** The newest `iat` of all lists and sets held: it cannot be earlier than that. */
async function newestIat(shelf, issuer) {
  const iats = (await shelf.keys()).map(async ({ url }) => {
    const { pathname } = new URL(url);
    const parse = pathname.startsWith("/status/honest/") ? parseHonestSet : parseList;
    if (!pathname.startsWith("/status/")) return undefined;
    return (await shelved(shelf, url, (bytes) => parse(bytes, pathname, issuer)))?.item.issuedAt;
  });
  const known = (await Promise.all(iats)).filter((iat) => iat !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** Keeps this page for when there is no network; the browser has just been given it. */
export async function keepPage() {
  const page = await fetch(location.pathname, { cache: "force-cache", credentials: "omit" });
  if (page.ok) await (await caches.open(SHELF)).put("/v", page);
}
