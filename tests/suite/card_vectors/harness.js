// Judges texts with the page's own modules, by worlds of signed bytes.

import { parseClaims } from "/verifier/claims.js";
import { parseHonestSet } from "/verifier/honest.js";
import { parseIssuer } from "/verifier/issuer.js";
import { parseList } from "/verifier/status.js";
import { judge } from "/verifier/verdict.js";
import { ABOUT_THE_CARD, FOREIGN_ADDRESS, ONLY_THE_REGISTRY, headline, lines, listAgeWords, nextStep } from "/verifier/words.js";

const bytes = (base64) => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));

// What the page does with what the registry did not sign: as if it were not there.
const good = (reading) => reading.catch((error) => (error.constructor.name === "Malformed" ? undefined : Promise.reject(error)));

async function parsed(world) {
  const issuer = await parseIssuer(new TextEncoder().encode(world.issuer));
  const each = async (folder, items, parse) => {
    const pairs = Object.entries(items).map(async ([name, it]) => [name, await good(parse(bytes(it), folder + name, issuer))]);
    return new Map((await Promise.all(pairs)).filter(([, item]) => item));
  };
  const lists = await each("/status/", world.lists, parseList);
  const sets = await each("/status/honest/", world.sets, parseHonestSet);
  const iats = [...lists.values(), ...sets.values()].map((item) => item.issuedAt);
  return {
    names: [[...lists.keys()], [...sets.keys()]],
    issuer,
    list: async (n) => lists.get(String(n)),
    honestSet: async (kid) => sets.get(kid),
    newestIat: async () => (iats.length > 0 ? Math.max(...iats) : undefined),
  };
}

const time = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

function shown(card) {
  const { kind, number, name, agency, notBefore, expires, photoDigest, place, unitVisited, work } = card;
  const scope = place === undefined ? {} : { place, unit_visited: unitVisited, work };
  return { kind, number, name, agency, valid_from: time(notBefore), valid_until: time(expires), photo_digest: photoDigest, ...scope };
}

let worlds = [];

/** Gives the names of the lists and sets that are believed, for each world. */
export async function know(all) {
  worlds = await Promise.all(all.map(parsed));
  return worlds.map(({ names }) => names);
}

/** Of each `{text, now, world}` what a vector expects, and the words. */
export async function judgeAll(cases, phone) {
  const answers = [];
  for (const { text, now, world } of cases) {
    const judgement = await judge(text, now, worlds[world]);
    const { verdict, reason, warning, card, listAge } = judgement;
    const expect = { verdict, reason, warning, card: card && shown(card), list_age_seconds: listAge };
    answers.push({ expect, words: wordsOf(judgement, phone) });
  }
  return answers;
}

/** Every text of a judgement. */
function wordsOf(judgement, phone) {
  const { card, warning, listAge } = judgement;
  const both = (value) => (typeof value === "string" ? { vi: value, en: value } : value);
  const rows = card ? lines(card).flatMap(([name, value]) => [name, both(value)]) : [];
  const always = [headline(judgement), nextStep(judgement, phone), listAgeWords(listAge), ABOUT_THE_CARD];
  return [...always, ...(warning ? [FOREIGN_ADDRESS] : []), ...rows];
}

/** The same of judgements whose card is still a payload. */
export function wordsOfAll(judgements, phone) {
  return judgements.map(({ card, ...judgement }) => wordsOf({ ...judgement, card: card && parseClaims(bytes(card)) }, phone));
}

/** Said of a typed code where no registry is asked. */
export const onlyTheRegistry = ONLY_THE_REGISTRY;
