// Checks the code in this address's fragment, which the browser itself sends to nobody.
const form = document.querySelector("form");
const result = document.querySelector("#result");

const show = (nodes) => result.replaceChildren(...nodes);
const template = (id) => [document.querySelector(id).content.cloneNode(true)];

async function check() {
  // The other language's page is to show the same card.
  const language = document.querySelector("a.language");
  language.hash = location.hash;
  if (location.hash.length < 2) return;
  scrollTo(0, 0);
  show(template("#working"));
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams({ code: location.hash }),
      credentials: "omit",
      cache: "no-store",
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(page.querySelector("#result").childNodes);
  } catch {
    show(template("#unreachable"));
  }
}

addEventListener("hashchange", check);
check();
