// The page itself: reads the code from the address, shows the verdict, and asks again while it is open.

import { hex, sha256 } from "./bytes.js";
import { keepLists, keepPage, knowledge } from "./held.js";
import { judge } from "./verdict.js";
import { ABOUT_THE_CARD, FOREIGN_ADDRESS, NO_CAMERA, ONLY_THE_REGISTRY, headline, lines, listAgeWords, nextStep } from "./words.js";

const find = (id) => document.getElementById(id);
const RECHECK = 60_000;
/** How long after the verdict there is time for what other cards will need. */
const LEISURE = 2_000;
/** Without TLS a browser lends pages neither cryptography nor a memory; old ones cannot unpack a list. */
const canJudge = isSecureContext && "DecompressionStream" in window && "timeout" in AbortSignal;
const SHAPES = {
  valid: '<circle cx="32" cy="32" r="29"/><path d="M18 33l10 10 19-21"/>',
  not_valid: '<path d="M20 4h24l16 16v24L44 60H20L4 44V20z"/><path d="M22 22l20 20m0-20L22 42"/>',
  cannot_confirm: '<path d="M32 5l29 52H3z"/><path d="M32 24v15m0 9v.1"/>',
  not_ours: '<path d="M5 5h54v54H5z"/><path d="M23 25c0-12 18-12 18 0 0 7-9 6-9 14m0 9v.1"/>',
};

/** The text that is looked at, its judgement as it was last shown, and what was known then. */
let [text, shown, known, language] = [null, "", null, chosenLanguage()];
const said = (words) => words[language] ?? words;

function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, remembered(), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((tag) => tag === "vi" || tag === "en") ?? "vi";
}

function remembered() {
  try {
    return localStorage.getItem("lang");
  } catch {
    return null;
  }
}

function speak(tag) {
  language = document.documentElement.lang = document.documentElement.dataset.lang = tag;
  const button = find("language");
  [button.textContent, button.lang, button.hidden] = tag === "vi" ? ["English", "en", false] : ["Tiếng Việt", "vi", false];
  find("form").action = `/v?lang=${tag}`;
  document.title = said({ vi: "Kiểm tra thẻ", en: "Check a card" });
  shown = "";
}

/** An element with its properties and what is in it. */
function make(name, properties, ...content) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...content);
  return element;
}

const mistake = (words) => make("p", { className: "mistake" }, said(words));

/** Judges what is being looked at, and shows what is new. */
async function check() {
  const looked = text;
  if (looked === null) return;
  known = await knowledge(check);
  const judgement = await judge(looked, Math.floor(Date.now() / 1000), known);
  if (looked === text) show(judgement, known.issuer.phone ?? find("phone").textContent);
}

function show(judgement, phone) {
  find("age").textContent = said(listAgeWords(judgement.listAge));
  const { verdict, card, warning } = judgement;
  const words = [headline(judgement), nextStep(judgement, phone)].map(said);
  // Whoever listens is not told the same again each minute.
  const news = JSON.stringify([verdict, ...words, card, warning]);
  if (news === shown) return;
  shown = news;
  const shape = `<svg viewBox="0 0 64 64" width="96" height="96" aria-hidden="true">${SHAPES[verdict]}</svg>`;
  const section = make("section", { className: `verdict ${verdict.replace("_", "-")}`, innerHTML: shape });
  section.append(make("h2", {}, words[0]), make("p", { className: "next" }, words[1]));
  if (warning) section.append(make("p", { className: "warning" }, said(FOREIGN_ADDRESS)));
  find("result").replaceChildren(section);
  const rows = card ? lines(card).flatMap(([name, value]) => [make("dt", {}, said(name)), make("dd", {}, said(value))]) : [];
  find("card").replaceChildren(...rows);
  find("photo").replaceChildren();
  find("show-photo").hidden = verdict !== "valid" || !card.photoDigest;
  find("show-photo").onclick = () => showPhoto(card.photoDigest);
  find("about").textContent = said(ABOUT_THE_CARD);
  find("details").hidden = false;
}

/** Fetches the registered photo, and shows it only if it is the one that the card was signed with. */
async function showPhoto(digest) {
  const looked = text;
  const put = (element) => looked === text && find("photo").replaceChildren(element);
  find("show-photo").hidden = true;
  try {
    const answer = await fetch(`/portraits/${digest}`, { cache: "no-store", credentials: "omit" });
    const picture = await answer.arrayBuffer();
    if (!answer.ok || hex((await sha256(picture)).subarray(0, 8)) !== digest) throw new Error("another picture");
    const alt = said({ vi: "Ảnh đã đăng ký", en: "The registered photo" });
    const src = URL.createObjectURL(new Blob([picture], { type: "image/jpeg" }));
    put(make("img", { src, alt, onload: () => URL.revokeObjectURL(src) }));
  } catch {
    put(mistake({ vi: "Không lấy được ảnh.", en: "The photo could not be fetched." }));
  }
}

/** Looks at another text. */
function look(another) {
  [text, shown] = [another, ""];
  find("details").hidden = true;
  const working = make("p", { className: "working" }, said({ vi: "Đang kiểm tra…", en: "Checking…" }));
  find("result").replaceChildren(...(another === null ? [] : [working]));
  scrollTo(0, 0);
  return check();
}

/** The address, if a card's QR led here. */
const scanned = () => (location.hash.length > 1 ? location.href : null);

/** Reads a QR with the camera, where the browser can; asked again meanwhile, it stops. */
async function scan() {
  const video = find("camera");
  video.hidden = !video.hidden;
  if (video.hidden) return;
  let stream, found;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    video.srcObject = stream;
    await video.play();
    while (!found && !video.hidden) {
      [found] = await detector.detect(video);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  } catch {
    find("result").replaceChildren(mistake(NO_CAMERA));
  } finally {
    stream?.getTracks().forEach((track) => track.stop());
    [video.srcObject, video.hidden] = [null, true];
  }
  if (found) await look(found.rawValue);
}

/** A code that is typed goes to the registry; the text of a QR is judged here. */
function submit(event) {
  const typed = find("code").value.trim();
  if (typed.includes("#") && canJudge) {
    event.preventDefault();
    look(typed);
  } else if (!navigator.onLine) {
    event.preventDefault();
    find("result").replaceChildren(mistake(ONLY_THE_REGISTRY));
  }
}

/** After the verdict, which may have failed, keeps what other cards need. */
const andPrepare = (checked) => checked.finally(() => setTimeout(() => prepare().catch(() => {}), LEISURE));

/** Keeps what the next visit needs, should it be without a network. */
async function prepare() {
  if (text === null) known = await knowledge(() => {});
  const worker = navigator.serviceWorker.register("/v/worker.js", { scope: "/" });
  const [isWhole] = await Promise.all([keepLists(known), keepPage(), worker]);
  find("ready").hidden = !isWhole;
}

function start() {
  speak(language);
  find("language").onclick = () => {
    speak(language === "vi" ? "en" : "vi");
    try {
      localStorage.setItem("lang", language);
    } catch {
      // It is asked for again next time.
    }
    check();
  };
  find("form").onsubmit = submit;
  if (!canJudge) {
    find("insecure").hidden = false;
    find("code").value = scanned();
    return;
  }
  find("scan").hidden = !("BarcodeDetector" in window && navigator.mediaDevices);
  find("scan").onclick = scan;
  addEventListener("hashchange", () => look(scanned()));
  // Both may be the only moment of the day with a network, and the next card in another list.
  addEventListener("online", () => andPrepare(check()));
  addEventListener("visibilitychange", () => document.hidden || andPrepare(check()));
  setInterval(() => document.hidden || check(), RECHECK);
  andPrepare(look(scanned()));
}

start();
