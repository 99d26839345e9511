// What this phone holds of the registry: asked for anew each time, and kept for when there is no network.

import { demand, same } from "./bytes.js";
import { parseHonestSet } from "./honest.js";
import { parseIssuer, unknownIssuer, vouchesFor } from "./issuer.js";
import { parseList } from "./status.js";

const ISSUER = "/.well-known/press-registry/issuer";
const HONEST = "/status/honest/";
const SHELF = "press-registry";
/** How long an answer is waited for where an older one is held, and where none is, in milliseconds. */
const PATIENCE = 1000;
const LAST_PATIENCE = 15000;
/** Where the browser keeps nothing. */
const NO_SHELF = { match: async () => undefined, put: async () => {}, keys: async () => [] };
/** The first list of letters. */
const LETTERS = 1024;

/**
 * What is known for one check. `changed` is called when an answer that came too late for it says something new.
 */
export async function knowledge(changed) {
  const shelf = await caches.open(SHELF).catch(() => NO_SHELF);
  const over = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const latest = (path, parse) => newest(shelf, path, parse, over, changed);
  const issuer = (await latest(ISSUER, successor)) ?? unknownIssuer(location.hostname);
  // Each list and set is asked for once.
  const met = new Map();
  const signed = (path, parse) => {
    if (!met.has(path)) met.set(path, latest(path, (bytes) => parse(bytes, path, issuer)));
    return met.get(path);
  };
  return {
    issuer,
    list: (n) => signed(`/status/${n}`, parseList),
    honestSet: (kid) => signed(`${HONEST}${kid}`, parseHonestSet),
    newestIat: () => newestIat(shelf, issuer, met),
  };
}

/** A newer document takes an older one's place only if a status key of the older one signed it. */
async function successor(bytes, held) {
  const issuer = await parseIssuer(bytes);
  if (held) {
    const signatures = await asked(`${ISSUER}.sig`);
    demand(await vouchesFor(held, bytes, await bytesOf(signatures)));
    // What was compromised stays so, whatever a document says that another key of the registry signed.
    for (const [kid, key] of held.cardKeys) demand(!key.isCompromised || issuer.cardKeys.get(kid)?.isCompromised);
  }
  return issuer;
}

/** The newest good form of what is at a path: from the network if that answers in time, else as it was kept. */
async function newest(shelf, path, parse, over, changed) {
  const asking = asked(path);
  const keeping = shelved(shelf, path, parse);
  let isLate = false;
  const told = async () => {
    const answer = await asking;
    const copy = answer.clone();
    const [bytes, kept] = [await bytesOf(answer), await keeping];
    if (kept && same(bytes, kept.bytes)) return kept.item;
    const item = await parse(bytes, kept?.item);
    // An old one that is sent again is no news.
    if (kept && item.issuedAt < kept.item.issuedAt) return kept.item;
    await shelf.put(path, copy).catch(() => {});
    if (isLate) changed();
    return item;
  };
  // No network, no such thing, or nothing that the registry signed: what is kept stands.
  const news = told().catch(async () => (await keeping)?.item);
  const kept = await keeping;
  return kept ? Promise.race([news, over.then(() => (isLate = true) && kept.item)]) : news;
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

/** The newest `iat` of all lists and sets held: it cannot be earlier than that. */
async function newestIat(shelf, issuer, met) {
  const items = [...met.values()];
  for (const { url } of await shelf.keys()) {
    const path = new URL(url).pathname;
    const parse = path.startsWith(HONEST) ? parseHonestSet : parseList;
    if (!path.startsWith("/status/") || met.has(path)) continue;
    items.push(shelved(shelf, path, (bytes) => parse(bytes, path, issuer)).then((kept) => kept?.item));
  }
  const iats = (await Promise.all(items)).filter(Boolean).map((item) => item.issuedAt);
  return iats.length > 0 ? Math.max(...iats) : undefined;
}

/** Fetches what cards of today need, and drops other lists; says whether all of it is here. */
export async function keepLists({ issuer, list, honestSet }) {
  const lists = issuer.lists.sort((one, other) => one - other);
  // A registry that has just started names none yet, and whoever never reached one knows none.
  if (lists.length === 0) return false;
  // A letter lives for 30 days at most and a list is opened each quarter: the newest two are enough.
  const needed = lists.filter((n, at) => n < LETTERS || at >= lists.length - 2);
  const compromised = [...issuer.cardKeys].filter(([, key]) => key.isCompromised).map(([kid]) => kid);
  const kept = await Promise.all([...needed.map(list), ...compromised.map(honestSet)]);
  const shelf = await caches.open(SHELF);
  for (const { url } of await shelf.keys()) {
    const n = /\/status\/(\d+)$/.exec(url)?.[1];
    if (n && !needed.includes(Number(n))) await shelf.delete(url);
  }
  return kept.every(Boolean);
}

/** Keeps this page for when there is no network; the browser has just been given it. */
export async function keepPage() {
  // A worker that is at work has kept it already, and the browser may remember an older one.
  if (navigator.serviceWorker.controller) return;
  const page = await fetch(location.pathname + location.search, { cache: "force-cache", credentials: "omit" });
  if (page.ok) await (await caches.open(SHELF)).put("/v", page);
}
