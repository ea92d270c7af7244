// Draws the middle: a channel, the app's conversation or its Home; it must not draw threads.

import { act, inWords } from "./api.js";
import { blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { MessageList } from "./messages.js";
import { openChannel, state, topLevel } from "./store.js";

/** The middle of the page. */
export class Place {
  constructor(node, { onMenu, onTraffic }) {
    this.node = node;
    this.list = new MessageList();
    this.status = h("p.status", { "aria-live": "polite" });
    this.composer = new Composer(() => ({ channel: openChannel(), name: this.name() }));
    this.head = h("header.head");
    this.buttons = { onMenu, onTraffic };
    this.shown = null;
  }

  /** Draw another place. */
  open() {
    this.list.clear();
    this.drawHead();
    if (state.place.kind === "home") {
      fill(this.node, this.head, h("section.home", { tabindex: "0", "aria-label": "App Home" }, this.home()));
      return;
    }
    fill(this.node, this.head, this.list.node, this.status, this.composer.node);
    this.composer.refresh();
    this.messages();
    if (matchMedia("(min-width: 800px)").matches) this.composer.area.focus();
  }

  /** Draw the messages of the open place. */
  messages() {
    const channel = openChannel();
    if (!channel) return;
    this.list.show(topLevel(channel), channel);
    this.list.node.classList.toggle("empty", !topLevel(channel).length);
    this.statusLine();
  }

  /** Draw what the app says it is doing. */
  statusLine() {
    const text = this.doing();
    fill(this.status, text && [h("span.dots", { "aria-hidden": "true" }), `e2a ${text}`]);
    if (state.place.kind === "dm") this.composer.refresh();
  }

  /** What the app says it is doing here; in its own conversation in whichever thread. */
  doing() {
    const begin = `${openChannel()}/`;
    if (state.place.kind !== "dm") return state.statuses.get(begin);
    return [...state.statuses].find(([key]) => key.startsWith(begin))?.[1];
  }

  /** Draw Home again, where it is open. */
  homeChanged() {
    const section = this.node.querySelector(".home");
    if (section) fill(section, this.home());
  }

  home() {
    if (!state.home) return h("p.nothing", {}, "The app has not published a Home for you yet.");
    return h("div.home-body", {}, blocks(state.home.blocks, { where: { view_id: state.home.id }, values: {} }));
  }

  name() {
    if (state.place.kind === "dm") return "e2a";
    return `#${state.channels.get(openChannel())?.name ?? ""}`;
  }

  drawHead() {
    const channel = state.channels.get(openChannel() ?? "");
    const names = { home: ["e2a", "Home"], dm: ["e2a", "Messages: only you and the app read this"] };
    const [title, text] = names[state.place.kind] ?? [`# ${channel?.name ?? ""}`, channel?.topic?.value ?? ""];
    fill(this.head,
      h("button.btn.btn-quiet.menu", { type: "button", "aria-label": "Channels", onClick: this.buttons.onMenu }, "☰"),
      h("h1", {}, title), h("p.topic", {}, text),
      this.absent(channel),
      h("button.btn.btn-quiet", { type: "button", onClick: this.buttons.onTraffic }, "Traffic"));
  }

  absent(channel) {
    if (!channel || channel.is_im || channel.members.includes(state.app.bot_user)) return null;
    const node = h("button.btn", { type: "button", onClick: async () => {
      const answer = await act("invite", { user: state.me, channel: channel.id });
      if (!answer.ok) node.textContent = inWords(answer);
    } }, "Invite e2a");
    return node;
  }
}
