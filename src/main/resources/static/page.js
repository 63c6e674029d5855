// Keeps what is shown up to date, without losing place or focus. Everything works without it, too.

const REFRESH = 5_000;
const UNITS = [[172_800, 86_400, "days"], [7_200, 3_600, "h"], [60, 60, "min"], [0, 1, "s"]];
const REASONS = { 401: "You are signed out. Reload the page.", 404: "This run was removed." };
const news = document.getElementById("news");
let ahead = 0, busy = false, question, soon, source, trouble;
document.documentElement.classList.toggle("copies", "clipboard" in navigator);

/** Makes one node like another, and leaves what is equal as it is: focus, selection and what is unfolded stay. */
function morph(from, to) {
  if (from.isEqualNode(to)) return;
  const alike = from.nodeType === Node.ELEMENT_NODE && from.nodeName === to.nodeName && from.id === to.id;
  if (!alike) return from.replaceWith(to);
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

/** Fetches a page; throws the status of an answer that is none. Only a sign-in leads elsewhere. */
async function fetched(address) {
  const signal = AbortSignal.timeout(2 * REFRESH);
  const response = await fetch(address, { headers: { Accept: "text/html" }, redirect: "manual", signal });
  if (!response.ok) throw response.status || 401;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Fetches the page again, one request at a time, and shows what has changed. */
async function refresh() {
  if (busy) return later();
  busy = true;
  const before = status();
  try {
    const page = await fetched(location.href);
    for (const region of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(region.id);
      if (fresh) morph(region, document.adoptNode(fresh));
    }
    // How a run ended stays said; the next refresh may come before anybody has heard it.
    if (status() !== before) say(`The run: ${status()}`);
    else if (news.textContent === trouble) say("");
  } catch (reason) {
    const failure = reason > 0 ? `answers ${reason}` : "cannot be reached";
    say(trouble = REASONS[reason] ?? `Not up to date: the service ${failure}, and is asked again.`);
  }
  busy = false;
  synchronize();
}

const status = () => document.getElementById("run")?.dataset.status;

/** Refreshes in a moment, once for all that happens until then. */
function later() {
  clearTimeout(soon);
  soon = setTimeout(refresh, 100);
}

function say(text) {
  if (news.textContent !== text) news.textContent = text;
}

/** Follows the events of a run in progress, as long as anybody looks. */
function follow() {
  const run = document.getElementById("run");
  if (document.hidden || !run?.dataset.events) source = void source?.close();
  else if (!source) {
    source = new EventSource(run.dataset.events);
    const types = "ACCEPTED STEP_BEGUN CALL_FAILED STEP_ENDED IMAGE_STATUS CANCEL_REQUESTED RETRY_REQUESTED ENDED";
    for (const type of types.split(" ")) source.addEventListener(type, ({ lastEventId }) => {
      if (Number(lastEventId) > Number(document.getElementById("run").dataset.last)) later();
    });
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
  const content = (await fetched(link.href)).querySelector("main > div");
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

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-ask], [data-close]");
  if (!target || event.ctrlKey || event.metaKey) return;
  const dialog = target.closest("dialog");
  if (target.dataset.copy) {
    navigator.clipboard.writeText(target.dataset.copy).then(() => say("Copied"), () => say("Could not copy"));
    setTimeout(say, 2_000, "");
  } else if ("ask" in target.dataset || dialog) {
    event.preventDefault();
    if (dialog) dialog.close();
    else question ??= ask(target).catch(() => location.assign(target.href)).finally(() => question = undefined);
  }
});

document.addEventListener("visibilitychange", () => document.hidden ? follow() : refresh());
setInterval(() => document.hidden || document.querySelector("[data-refresh], [data-events]") && refresh(), REFRESH);
setInterval(() => document.hidden || tick(), 1_000);
synchronize();
