// Keeps what is shown up to date, without losing place or focus. Everything works without it, too.

const REFRESH = 5_000;
const UNITS = [[172_800, 86_400, "days"], [7_200, 3_600, "h"], [60, 60, "min"], [0, 1, "s"]];
const news = document.getElementById("news");
let ahead = 0;
let source;
let soon;

document.documentElement.classList.add("live");

/** Makes one node like another, and leaves what is equal as it is: focus, selection and what is unfolded stay. */
function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (from.nodeName !== to.nodeName || from.nodeType !== to.nodeType || (from.id ?? "") !== (to.id ?? "")) {
    from.replaceWith(to);
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.data = to.data;
    return;
  }
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !(name === "open" && from.nodeName === "DETAILS")) from.removeAttribute(name);
  }
  const kept = new Set([...to.children].map((child) => child.id).filter(Boolean));
  let old = from.firstChild;
  for (const child of [...to.childNodes]) {
    // What has gone makes room; what is new comes before what stays.
    const same = child.id && [...from.children].find((other) => other.id === child.id);
    while (old && old !== same && (same ? !kept.has(old.id) : old.id && !kept.has(old.id))) old = dropped(old);
    if (old && (old.id ?? "") === (child.id ?? "")) {
      const next = old.nextSibling;
      morph(old, child);
      old = next;
    } else {
      from.insertBefore(child, old ?? null);
    }
  }
  while (old) old = dropped(old);
}

function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** Fetches the page again, and shows what has changed. */
async function refresh() {
  const before = status();
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const region of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(region.id);
      if (fresh) morph(region, document.adoptNode(fresh));
    }
    say(before && status() !== before ? `The run: ${status()}` : "");
  } catch {
    say("Not up to date: the service cannot be reached, or you are signed out. Reload the page.");
  }
  synchronize();
}

function status() {
  return document.getElementById("run")?.dataset.status;
}

function say(text) {
  if (news.textContent !== text) news.textContent = text;
}

/** Follows the events of a run in progress, as long as anybody looks. */
function follow() {
  const run = document.getElementById("run");
  if (document.hidden || !run?.dataset.events) {
    source?.close();
    source = undefined;
  } else if (!source) {
    source = new EventSource(run.dataset.events);
    const types = "ACCEPTED STEP_BEGUN CALL_FAILED STEP_ENDED IMAGE_STATUS CANCEL_REQUESTED RETRY_REQUESTED ENDED";
    for (const type of types.split(" ")) {
      source.addEventListener(type, ({ lastEventId }) => {
        if (Number(lastEventId) <= Number(document.getElementById("run").dataset.last)) return;
        clearTimeout(soon);
        soon = setTimeout(refresh, 100);
      });
    }
  }
}

function synchronize() {
  const now = Date.parse(document.querySelector("[data-now]")?.dataset.now);
  if (now) ahead = now - Date.now();
  tick();
  follow();
}

/** Shows times as the server does. */
function tick() {
  for (const time of document.querySelectorAll("time")) {
    const seconds = (Date.now() + ahead - Date.parse(time.dateTime)) / 1000;
    const distance = Math.abs(seconds);
    if (distance > 30 * 86_400) continue;
    const [, unit, name] = UNITS.find(([from]) => distance >= from);
    const span = `${Math.floor(distance / unit)} ${name}`;
    const [now, past] = "due" in time.dataset ? ["now", `due since ${span}`] : ["just now", `${span} ago`];
    const text = distance < 5 ? now : seconds < 0 ? `in ${span}` : past;
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Asks in a dialog what would be a page. */
async function ask(link) {
  const response = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const content = page.querySelector("main > div");
  if (!response.ok || !content) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "ask-title");
  dialog.append(document.adoptNode(content));
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-copy], [data-ask], [data-close]");
  if (!target || event.ctrlKey || event.metaKey) return;
  const dialog = target.closest("dialog");
  if (target.dataset.copy) {
    await navigator.clipboard.writeText(target.dataset.copy);
    say(`Copied ${target.dataset.copy}`);
    setTimeout(say, 2_000, "");
  } else if ("ask" in target.dataset || dialog) {
    event.preventDefault();
    dialog ? dialog.close() : ask(target);
  }
});

document.addEventListener("visibilitychange", () => document.hidden ? follow() : refresh());
setInterval(() => document.hidden || document.querySelector("[data-refresh], [data-events]") && refresh(), REFRESH);
setInterval(() => document.hidden || tick(), 1_000);
synchronize();
