// The field in which people type: messages, mentions and slash commands; it must not draw messages.

import { act, inWords } from "./api.js";
import { fill, h } from "./dom.js";
import { isBot, state } from "./store.js";

const narrow = matchMedia("(max-width: 799px)");
const MOST_BYTES = 14 * 1024 * 1024;
let count = 0;

/**
 * A composer.
 * @param {() => object} target returns `channel` (null for the app's conversation), `thread_ts` and `name`
 */
export class Composer {
  constructor(target) {
    this.target = target;
    this.hints = [];
    this.at = 0;
    this.list = h("ul.hints", { role: "listbox", id: `hints-${(count += 1)}`, hidden: true });
    this.note = h("p.composer-note", { role: "alert", hidden: true });
    this.area = h("textarea", { rows: 1, "aria-controls": this.list.id, "aria-autocomplete": "list",
      onInput: () => this.typed(), onKeydown: (event) => this.key(event), onBlur: () => setTimeout(() => this.offer([]), 150) });
    this.files = [];
    this.picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files to attach", onChange: () => this.attach() });
    this.add = h("button.btn.attach", { type: "button", "aria-label": "Attach files", title: "Attach files", onClick: () => this.picker.click() }, "+");
    this.chosen = h("p.chosen", { hidden: true });
    this.send = h("button.btn.btn-primary.send", { type: "submit", "aria-label": "Send" }, "Send");
    this.prompts = h("div.prompts");
    this.node = h("form.composer", { onSubmit: (event) => { event.preventDefault(); this.submit(); } },
      this.prompts, this.note, this.chosen, this.picker, h("div.field", {}, this.list, this.add, this.area, this.send));
  }

  /** Take over the name of the place and its suggested questions. */
  refresh() {
    const { name, thread_ts: thread } = this.target();
    this.area.placeholder = thread ? "Reply in thread" : `Message ${name}${narrow.matches ? "" : "   ( / for commands, @ to mention )"}`;
    this.area.setAttribute("aria-label", this.area.placeholder);
    const offered = thread ? null : state.prompts[this.target().channel];
    fill(this.prompts, offered?.prompts.map((prompt) => h("button.chip", { type: "button", onClick: () => this.post(prompt.message) }, prompt.title)));
  }

  typed() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, 180)}px`;
    this.say(null);
    const text = this.area.value.slice(0, this.area.selectionStart);
    const mention = /(?:^|\s)@([\w.-]*)$/.exec(text);
    if (text.startsWith("/") && !text.includes("\n")) this.offer(commandHints(text));
    else this.offer(mention ? mentionHints(mention[1]) : []);
  }

  offer(hints) {
    this.hints = hints;
    this.at = 0;
    this.list.hidden = !hints.length;
    this.area.setAttribute("aria-expanded", String(Boolean(hints.length)));
    this.draw();
  }

  draw() {
    fill(this.list, this.hints.map((hint, index) => h("li", { role: "option", "aria-selected": String(index === this.at),
      onMousedown: (event) => { event.preventDefault(); this.take(hint); } }, h("strong", {}, hint.name), h("span", {}, hint.text))));
  }

  take(hint) {
    if (hint.run) {
      this.area.value = "";
      this.typed();
      hint.run();
      return;
    }
    const start = this.area.selectionStart;
    const before = this.area.value.slice(0, start).replace(hint.replaces, hint.insert);
    this.area.value = before + this.area.value.slice(start);
    this.area.setSelectionRange(before.length, before.length);
    this.area.focus();
    this.offer([]);
  }

  key(event) {
    if (!this.list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : this.hints.length - 1)) % this.hints.length;
      this.draw();
      event.preventDefault();
    } else if (!this.list.hidden && event.key === "Escape") {
      this.offer([]);
      event.stopPropagation();
    } else if (!this.list.hidden && (event.key === "Tab" || (event.key === "Enter" && !this.hints[this.at].done))) {
      this.take(this.hints[this.at]);
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
  }

  /** Take over the files that were picked, with their content. */
  async attach() {
    const picked = [...this.picker.files];
    this.picker.value = "";
    if (picked.some((file) => file.size > MOST_BYTES)) return this.say("A file may have 14 MB here.");
    this.files.push(...await Promise.all(picked.map(read)));
    this.drawChosen();
    this.area.focus();
    return undefined;
  }

  drawChosen() {
    this.chosen.hidden = !this.files.length;
    fill(this.chosen, this.files.map((file) => h("button.chip", { type: "button", "aria-label": `Remove ${file.name}`,
      onClick: () => { this.files = this.files.filter((one) => one !== file); this.drawChosen(); } }, `📄 ${file.name} ×`)));
  }

  async submit() {
    const text = this.area.value.trim();
    if (!text && !this.files.length) return;
    if (this.files.length && text.startsWith("/")) {
      this.say("Commands take no files, here as in Slack: mention the app instead.");
      return;
    }
    const answer = await this.post(text);
    if (answer.ok || answer.status !== undefined) {
      this.area.value = "";
      this.files = [];
      this.drawChosen();
      this.typed();
    }
    if (!answer.ok && answer.status === undefined) this.say(inWords(answer));
  }

  async post(text) {
    const { channel, thread_ts: thread } = this.target();
    const place = { user: state.me, channel, ...(thread ? { thread_ts: thread } : {}) };
    this.send.setAttribute("aria-busy", "true");
    const [, name, rest] = /^(\/[\w-]+)\s*([\s\S]*)$/.exec(text) ?? [];
    const answer = name ? await act("command", { ...place, command: name, text: rest }) : await act("post", { ...place, text, ...(this.files.length ? { files: this.files } : {}) });
    this.send.removeAttribute("aria-busy");
    return answer;
  }

  say(text) {
    this.note.hidden = !text;
    this.note.textContent = text ?? "";
  }
}

/** A file as the control API takes it. */
function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, content_base64: String(reader.result).split(",")[1] ?? "" });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function commandHints(text) {
  const [name, ...rest] = text.split(" ");
  const typed = text.slice(1).toLowerCase();
  const shortcuts = state.shortcuts.filter((one) => one.kind === "global" && one.name.toLowerCase().startsWith(typed)).map((one) => ({
    name: one.name, text: "shortcut", run: () => act("shortcut", { user: state.me, callback_id: one.callback_id }),
  }));
  const commands = state.commands.filter((command) => command.name.startsWith(name)).map((command) => ({
    name: command.name,
    text: [command.usage_hint, command.description].filter(Boolean).join("  ·  "),
    replaces: /^\/\S*$/,
    insert: `${command.name} `,
    done: rest.length > 0 || name === command.name,
  }));
  return [...commands, ...shortcuts];
}

function mentionHints(start) {
  const known = [...state.people.values()].filter((one) => !one.deleted);
  const found = known.filter((one) => one.name.startsWith(start.toLowerCase()) || one.real_name.toLowerCase().includes(start.toLowerCase()));
  found.sort((a, b) => Number(isBot(b.id)) - Number(isBot(a.id)));
  return found.slice(0, 6).map((one) => ({
    name: `@${one.name}`,
    text: isBot(one.id) ? "the app" : `${one.real_name} · ${one.profile.title ?? ""}`,
    replaces: /@[\w.-]*$/,
    insert: `@${one.name} `,
  }));
}
