// Sends a click, with its confirmation and its waiting state; it must not draw elements.

import { act, inWords } from "./api.js";
import { announce, h } from "./dom.js";
import { textObject } from "./text.js";

/**
 * Send an action and show on the node how it went.
 * @param {HTMLElement} node what was pressed
 * @param {object} item its element, for the confirmation dialog
 * @param {object} body what the control API wants
 */
export async function press(node, item, body) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (item.confirm && !(await confirmed(item.confirm))) return;
  node.setAttribute("aria-busy", "true");
  fault(node, null);
  const answer = await act("click", body);
  node.removeAttribute("aria-busy");
  if (!answer.ok) fault(node, inWords(answer));
}

function fault(node, text) {
  const row = node.closest(".block") ?? node.parentElement;
  if (!row) return;
  row.nextElementSibling?.matches(".press-error") && row.nextElementSibling.remove();
  if (!text) return;
  row.after(h("p.press-error", { role: "alert" }, text));
  announce(text);
}

/** Ask before acting; resolves to whether the person agreed. */
function confirmed(confirm) {
  return new Promise((resolve) => {
    const dialog = h("dialog.dialog.confirm", { "aria-labelledby": "confirm-title", onClose: () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    } },
    h("form", { method: "dialog" },
      h("h2", { id: "confirm-title" }, textObject(confirm.title)),
      h("div.text", {}, textObject(confirm.text)),
      h("footer", {},
        h("button.btn", { value: "no" }, textObject(confirm.deny) ?? "No"),
        h(`button.btn.btn-${confirm.style ?? "primary"}`, { value: "yes", autofocus: true }, textObject(confirm.confirm) ?? "Yes"))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
