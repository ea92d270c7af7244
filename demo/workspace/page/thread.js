// Draws the open thread beside the channel; it must not draw the channel.

import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { MessageList } from "./messages.js";
import { state, threadOf } from "./store.js";
import { openThread } from "./sync.js";

/** The panel on the right. */
export class Thread {
  constructor(node, shell) {
    this.node = node;
    this.shell = shell;
    this.list = new MessageList({ inThread: true });
    this.composer = new Composer(() => ({ channel: state.thread?.channel, thread_ts: state.thread?.ts, name: "thread" }));
    this.status = h("p.status", { "aria-live": "polite" });
    this.shown = null;
    node.addEventListener("keydown", (event) => event.key === "Escape" && openThread(null, null));
  }

  /** Open, change or close the panel as the store says. */
  open() {
    this.node.hidden = !state.thread;
    this.shell.classList.toggle("with-thread", Boolean(state.thread));
    if (!state.thread) {
      this.shown = null;
      return;
    }
    const key = `${state.me}/${state.thread.channel}/${state.thread.ts}`;
    if (this.shown !== key) {
      this.shown = key;
      this.list.clear();
      fill(this.node,
        h("header.head", {}, h("h2", {}, "Thread"), h("p.topic", {}, `# ${state.channels.get(state.thread.channel)?.name ?? "e2a"}`),
          h("button.btn.btn-quiet", { type: "button", "aria-label": "Close thread", onClick: () => openThread(null, null) }, "✕")),
        this.list.node, this.status, this.composer.node);
      this.composer.refresh();
      this.composer.area.focus();
    }
    this.messages();
  }

  /** Draw the thread's messages. */
  messages() {
    if (!state.thread) return;
    this.list.show(threadOf(state.thread.channel, state.thread.ts), state.thread.channel);
    const text = state.statuses.get(`${state.thread.channel}/${state.thread.ts}`);
    fill(this.status, text && [h("span.dots", { "aria-hidden": "true" }), `e2a ${text}`]);
  }
}
