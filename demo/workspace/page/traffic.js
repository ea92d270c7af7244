// The drawer with every call and delivery, newest first; it must not show tokens (the server never sends them).

import { fill, h } from "./dom.js";
import { state } from "./store.js";

const SHOWN = 200;
const clock = (at) => new Date(at * 1000).toLocaleTimeString(undefined, { hour12: false }) + `.${String(Math.floor((at % 1) * 10))}`;

/** The drawer on the right, over everything. */
export class Traffic {
  constructor(node) {
    this.node = node;
    this.filter = "";
    this.direction = "all";
    this.opened = new Set();
    this.list = h("ol.entries");
    this.summary = h("p.meta");
    node.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  /** Show or hide the drawer. */
  toggle(open = this.node.hidden) {
    this.node.hidden = !open;
    document.body.classList.toggle("with-traffic", open);
    if (!open) return;
    const search = h("input", { type: "search", placeholder: "Filter by method, text or error", "aria-label": "Filter", value: this.filter,
      onInput: () => { this.filter = search.value.toLowerCase(); this.draw(); } });
    const direction = h("select", { "aria-label": "Direction", onChange: () => { this.direction = direction.value; this.draw(); } },
      [["all", "Both ways"], ["call", "From the app"], ["delivery", "To the app"], ["bad", "Failures"]].map(([value, text]) => h("option", { value }, text)));
    direction.value = this.direction;
    fill(this.node,
      h("header.head", {}, h("h2", {}, "Traffic"), this.summary, h("button.btn.btn-quiet", { type: "button", "aria-label": "Close traffic", onClick: () => this.toggle(false) }, "✕")),
      h("div.filters", {}, search, h("span.control", {}, direction)), this.list);
    this.draw();
    search.focus();
  }

  /** Draw the newest entries. */
  draw() {
    if (this.node.hidden) return;
    const calls = state.calls.map((call) => asEntry("call", call));
    const deliveries = state.deliveries.map((delivery) => asEntry("delivery", delivery));
    const all = [...calls, ...deliveries].filter((entry) => this.wanted(entry)).sort((a, b) => b.at - a.at);
    this.summary.textContent = `${all.length} shown`;
    fill(this.list, all.slice(0, SHOWN).map((entry) => this.row(entry)));
  }

  wanted(entry) {
    if (this.direction === "bad" ? !entry.bad : this.direction !== "all" && this.direction !== entry.direction) return false;
    return !this.filter || entry.text.includes(this.filter);
  }

  row(entry) {
    const node = h("details", { open: this.opened.has(entry.key), onToggle: () => {
      this.opened[node.open ? "add" : "delete"](entry.key);
      if (node.open && node.children.length === 1) node.append(json(entry.item));
    } },
    h("summary", {}, h(`span.way.${entry.direction}`, { title: entry.direction === "call" ? "from the app" : "to the app" }, entry.direction === "call" ? "←" : "→"),
      h("span.what", {}, entry.what), h(`span.code${entry.bad ? ".bad" : ""}`, {}, entry.result), h("span.meta", {}, `${Math.round(entry.item.ms)} ms`), h("time.meta", {}, clock(entry.at))));
    if (this.opened.has(entry.key)) node.append(json(entry.item));
    return h("li", {}, node);
  }
}

function asEntry(direction, item) {
  const error = direction === "call" ? item.answer?.error ?? item.fault : item.failure;
  const retry = item.retry_num ? ` · retry ${item.retry_num}` : "";
  const what = direction === "call" ? item.method : `${item.summary}${retry}`;
  const result = error ?? (direction === "call" ? "ok" : item.status);
  return { key: `${direction}${item.n}`, direction, item, at: item.at, what, result, bad: Boolean(error), text: JSON.stringify(item).toLowerCase() };
}

const json = (item) => h("pre", { tabindex: "0" }, JSON.stringify(item, null, 2));
