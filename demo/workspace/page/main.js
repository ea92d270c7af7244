// Puts the page together; it must not contain what its parts do.

import { Modals } from "./modals.js";
import { Place } from "./place.js";
import { applyTheme, drawSidebar } from "./sidebar.js";
import { on, openChannel, state } from "./store.js";
import { go, openThread, start } from "./sync.js";
import { Thread } from "./thread.js";
import { Traffic } from "./traffic.js";

const byId = (id) => document.getElementById(id);
const shell = byId("shell");
const closeMenu = () => shell.classList.remove("with-menu");
const traffic = new Traffic(byId("traffic"));
const thread = new Thread(byId("thread"), shell);
const modals = new Modals();
const place = new Place(byId("stage"), {
  onMenu: () => shell.classList.toggle("with-menu"),
  onTraffic: () => traffic.toggle(),
});

on("sidebar", () => drawSidebar(byId("sidebar"), closeMenu));
on("place", () => {
  place.open();
  writeAddress();
});
on("thread", () => thread.open());
on("messages", () => {
  place.messages();
  thread.messages();
});
on("status", () => {
  place.statusLine();
  thread.messages();
});
on("home", () => place.homeChanged());
on("views", () => modals.draw());
on("traffic", () => traffic.draw());

shell.addEventListener("click", (event) => event.target === shell && closeMenu());
window.addEventListener("hashchange", () => {
  const wanted = readAddress();
  if (wanted && wanted.key !== keyOfPlace()) go(wanted.place);
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.overflow[open], details.several[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.overflow[open], details.several[open]");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});

function keyOfPlace() {
  return state.place.kind === "channel" ? state.place.id : state.place.kind;
}

function writeAddress() {
  const hash = `#/${keyOfPlace() ?? ""}`;
  if (location.hash !== hash || location.pathname !== "/") history.replaceState(null, "", `/${location.search}${hash}`);
}

function readAddress() {
  const name = location.hash.replace(/^#\//, "");
  if (!name) return null;
  return { key: name, place: name === "home" || name === "dm" ? { kind: name } : { kind: "channel", id: name } };
}

function permalink() {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(location.pathname);
  if (!found) return null;
  const query = new URLSearchParams(location.search);
  return { channel: found[1], ts: `${found[2]}.${found[3]}`, thread: query.get("thread_ts") };
}

applyTheme();
const linked = permalink();
const wanted = readAddress();
if (linked) state.place = { kind: "channel", id: linked.channel };
else if (wanted) state.place = wanted.place;
await start();
if (state.place.kind !== "channel") await go(state.place);
if (linked) {
  if (linked.thread) await openThread(openChannel(), linked.thread);
  requestAnimationFrame(() => {
    const message = document.getElementById(`m-${linked.ts}`);
    message?.scrollIntoView({ block: "center" });
    message?.classList.add("linked");
  });
}
requestAnimationFrame(() => (document.body.dataset.ready = "true"));
