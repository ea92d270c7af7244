// Draws the sidebar: team, channels, the app, and whom one acts as; it must not draw messages.

import { avatar } from "./avatar.js";
import { fill, h } from "./dom.js";
import { directChannel, isBot, person, remember, remembered, state } from "./store.js";
import { become, go, myChannels } from "./sync.js";

const THEMES = ["auto", "light", "dark"];

/** Draw the sidebar into its node. */
export function drawSidebar(node, onNavigate) {
  const visit = (place) => () => { onNavigate(); go(place); };
  fill(node,
    h("header.team", {},
      h("img.mark", { src: "/page/icon.svg", alt: "" }),
      h("div", {}, h("strong", {}, state.team.name), h("small", {}, line()))),
    h("h2", {}, "Channels"),
    h("ul", {}, myChannels().map((channel) => entry({
      label: channel.name, sign: "#", unread: state.unread.get(channel.id),
      open: state.place.kind === "channel" && state.place.id === channel.id,
      visit: visit({ kind: "channel", id: channel.id }),
    }))),
    h("h2", {}, "App"),
    h("ul", {}, appEntries(visit)),
    h("footer", {}, switcher(), h("button.btn.btn-quiet.theme", { type: "button", onClick: nextTheme, title: "Colour theme" }, themeName())));
}

/** Use the remembered colour theme. */
export function applyTheme() {
  const theme = remembered("workspace.theme") ?? "auto";
  document.documentElement.dataset.theme = theme;
}

function line() {
  if (!state.online) return "not connected";
  if (state.app.verified) return "app connected";
  return state.app.verified === false ? "the app did not answer the challenge" : "waiting for the app";
}

function appEntries(visit) {
  const direct = directChannel();
  const app = [...state.people.values()].find((one) => isBot(one.id));
  return [
    entry({ label: `${app?.real_name ?? "app"} Home`, sign: "⌂", open: state.place.kind === "home", visit: visit({ kind: "home" }) }),
    entry({ label: `${app?.real_name ?? "app"} Messages`, sign: "✉", open: state.place.kind === "dm", unread: direct && state.unread.get(direct.id), visit: visit({ kind: "dm" }) }),
  ];
}

function entry({ label, sign, open, unread, visit }) {
  return h("li", {}, h(`button.entry${unread ? ".unread" : ""}`, { type: "button", "aria-current": open ? "page" : null, onClick: visit },
    h("span.sign", { "aria-hidden": "true" }, sign), h("span.label", {}, label),
    unread ? h("span.count", { "aria-label": `${unread} unread` }, unread > 99 ? "99+" : unread) : null));
}

function switcher() {
  const choices = [...state.people.values()].filter((one) => !one.is_bot && !one.deleted);
  const node = h("select", { "aria-label": "Act as", onChange: () => become(node.value) }, choices.map((one) => h("option", { value: one.id }, one.real_name)));
  node.value = state.me;
  const me = person(state.me);
  return h("label.switcher", { title: "Act as somebody else" }, avatar(state.me),
    h("span", {}, h("strong", {}, me?.real_name ?? ""), h("small", {}, me?.profile?.title ?? "")), h("span.chevron", { "aria-hidden": "true" }, "⌄"), node);
}

const themeName = () => ({ auto: "◐ Auto", light: "☀ Light", dark: "☾ Dark" })[remembered("workspace.theme") ?? "auto"];

function nextTheme(event) {
  const now = remembered("workspace.theme") ?? "auto";
  remember("workspace.theme", THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
  applyTheme();
  event.currentTarget.textContent = themeName();
}
