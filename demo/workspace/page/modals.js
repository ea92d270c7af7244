// Shows the open modals of a person; it must not decide what a submission does.

import { act, inWords } from "./api.js";
import { blocks } from "./blocks.js";
import { fill, h } from "./dom.js";
import { state } from "./store.js";
import { plain } from "./text.js";

/** The dialog that shows the topmost modal. */
export class Modals {
  constructor() {
    this.dialog = h("dialog.dialog.modal", { "aria-labelledby": "modal-title", onCancel: (event) => { event.preventDefault(); this.close(); } });
    this.values = new Map();
    this.errors = {};
    this.shown = null;
    document.body.append(this.dialog);
  }

  /** Show what the store says is open. */
  draw() {
    const view = state.views.at(-1);
    if (!view) {
      this.values.clear();
      this.shown = null;
      if (this.dialog.open) this.dialog.close();
      return;
    }
    if (this.shown === `${view.id} ${view.hash}`) return;
    this.shown = `${view.id} ${view.hash}`;
    this.errors = {};
    this.fill(view);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector("[autofocus], .modal-body input, .modal-body textarea, .modal-body select, .modal-body summary")?.focus();
  }

  fill(view, trouble) {
    if (!this.values.has(view.id)) this.values.set(view.id, {});
    const ctx = { where: { view_id: view.id }, values: this.values.get(view.id), errors: this.errors };
    fill(this.dialog, h("form", { novalidate: true, onSubmit: (event) => { event.preventDefault(); this.submit(view); } },
      h("header", {},
        view.previous_view_id && h("button.btn.btn-quiet", { type: "button", "aria-label": "Back", onClick: () => this.close() }, "←"),
        h("h2", { id: "modal-title" }, plain(view.title.text)),
        h("button.btn.btn-quiet", { type: "button", "aria-label": "Close", onClick: () => this.close(true) }, "✕")),
      h("div.modal-body", {}, blocks(view.blocks, ctx)),
      trouble && h("p.press-error", { role: "alert" }, trouble),
      h("footer", {},
        h("button.btn", { type: "button", onClick: () => this.close() }, view.close ? plain(view.close.text) : view.previous_view_id ? "Back" : "Cancel"),
        view.submit && h("button.btn.btn-primary", { type: "submit" }, h("span", {}, plain(view.submit.text))))));
  }

  async submit(view) {
    const button = this.dialog.querySelector("button[type=submit]");
    if (!button || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const answer = await act("submit", { user: state.me, view_id: view.id, values: this.values.get(view.id) });
    button.removeAttribute("aria-busy");
    if (answer.ok) return;
    this.errors = answer.errors ?? {};
    this.fill(view, answer.errors ? null : inWords(answer));
    this.dialog.querySelector(".field-error")?.scrollIntoView({ block: "center" });
  }

  async close(clear = false) {
    const view = state.views.at(-1);
    if (view) await act("close", { user: state.me, view_id: view.id, clear, values: this.values.get(view.id) });
  }
}
