// Draws a list of messages and keeps it true without losing place or focus; it must not fetch.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { REACTIONS, emoji } from "./emoji.js";
import { avatar } from "./avatar.js";
import { isBot, isReply, nameOf, person, state } from "./store.js";
import { openThread } from "./sync.js";
import { mrkdwn } from "./text.js";

const TOGETHER_SECONDS = 300;
const clock = (ts) => new Date(ts * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
const dayOf = (ts) => new Date(ts * 1000).toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });

const versions = new WeakMap();
let newest = 0;

/** Return a number that is the message's as long as it is the very same object. */
function versionOf(message) {
  if (!versions.has(message)) versions.set(message, (newest += 1));
  return versions.get(message);
}

/** A scrolling list of messages; `inThread` leaves out the buttons that open threads. */
export class MessageList {
  constructor({ inThread = false } = {}) {
    this.inThread = inThread;
    this.drawn = new Map();
    this.list = h("ol.messages");
    this.node = h("div.scroller", { tabindex: "0", role: "log", "aria-label": inThread ? "Thread" : "Messages" }, this.list);
  }

  /** Show exactly these messages; only what changed is drawn again. */
  show(messages, channel) {
    const atEnd = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 120;
    const wanted = [];
    let before = null;
    for (const message of messages) {
      if (!before || dayOf(before.ts) !== dayOf(message.ts)) wanted.push(this.row(`day ${dayOf(message.ts)}`, message.ts, () => separator(message.ts)));
      const compact = follows(before, message);
      const key = `${message.is_ephemeral ? "e" : "m"}${message.ts}`;
      wanted.push(this.row(key, `${compact}${versionOf(message)}`, () => this.item(message, channel, compact)));
      before = message;
    }
    for (const [key, row] of this.drawn) if (!wanted.includes(row)) this.drawn.delete(key);
    wanted.forEach((row, index) => {
      if (this.list.children[index] !== row.node) this.list.insertBefore(row.node, this.list.children[index] ?? null);
    });
    while (this.list.children.length > wanted.length) this.list.lastChild.remove();
    if (atEnd || this.first) this.node.scrollTop = this.node.scrollHeight;
    this.first = false;
  }

  /** Forget everything, before another channel is shown. */
  clear() {
    this.drawn.clear();
    this.list.replaceChildren();
    this.first = true;
  }

  row(key, version, draw) {
    const known = this.drawn.get(key);
    if (known?.version === version) return known;
    const node = draw();
    const row = { node, version };
    if (known) known.node.replaceWith(node);
    this.drawn.set(key, row);
    return row;
  }

  item(message, channel, compact) {
    const quiet = message.is_ephemeral;
    return h(`li.message${compact ? ".compact" : ""}${quiet ? ".private" : ""}${message.error ? ".failed" : ""}`,
      { id: `m-${message.ts}`, "data-ts": message.ts },
      compact ? h("time.aside", {}, clock(message.ts)) : avatar(message.user),
      h("div.content", {},
        quiet && h("p.only-you", {}, "Only you can see this"),
        !compact && header(message),
        body(message, channel),
        reactions(message, channel),
        !this.inThread && !isReply(message) && replies(message, channel),
        message.subtype === "thread_broadcast" && !this.inThread && h("p.meta", {}, "also sent to the channel from a thread")),
      !quiet && this.tools(message, channel));
  }

  tools(message, channel) {
    const quick = REACTIONS.map((name) => h("button", { type: "button", title: `React with :${name}:`, "aria-label": `React with ${name}`, onClick: () => react(message, channel, name) }, emoji(name)));
    const menu = state.shortcuts.filter((one) => one.kind === "message").map((one) => h("button.word", { type: "button", onClick: () =>
      act("shortcut", { user: state.me, callback_id: one.callback_id, channel, ts: message.ts }) }, one.name));
    const reply = !this.inThread && h("button.word", { type: "button", onClick: () => openThread(channel, message.thread_ts ?? message.ts) }, "Reply");
    return h("div.tools", { role: "toolbar", "aria-label": "Message actions" }, quick, reply, menu);
  }
}

function follows(before, message) {
  return Boolean(before) && before.user === message.user && !message.is_ephemeral && !before.is_ephemeral
    && message.ts - before.ts < TOGETHER_SECONDS && !message.attachments && dayOf(before.ts) === dayOf(message.ts)
    && !before.reply_count;
}

const separator = (ts) => h("li.day", {}, h("span", {}, dayOf(ts)));

function header(message) {
  const title = isBot(message.user) ? h("span.tag", {}, "app") : h("span.job", {}, person(message.user)?.profile?.title ?? "");
  const date = new Date(message.ts * 1000);
  return h("header", {}, h("strong", {}, nameOf(message.user)), title,
    h("time", { datetime: date.toISOString(), title: date.toLocaleString() }, clock(message.ts)));
}

function body(message, channel) {
  const ctx = { where: { channel, ts: message.ts }, values: {} };
  const drawn = message.blocks?.length ? blocks(message.blocks, ctx) : message.text && h("div.text", {}, mrkdwn(message.text));
  const files = (message.files ?? []).map((file) => h("p.file", {}, "📄 ", h("strong", {}, file.name), ` ${file.size} bytes`));
  const cards = (message.attachments ?? []).map((card) => attachment(card, ctx));
  const edited = message.edited && h("span.meta", {}, "(edited)");
  const writing = message.streaming_state === "in_progress" && h("span.writing", { role: "status" }, "writing");
  return [drawn, files, cards, edited, writing];
}

function attachment(card, ctx) {
  const color = /^[0-9a-f]{6}$/i.test(card.color ?? "") ? `#${card.color}` : NAMED[card.color] ?? "var(--line-strong)";
  return h("div.attachment", { vars: { "--bar": color } },
    card.pretext && h("div.text", {}, mrkdwn(card.pretext)),
    card.title && h("strong", {}, card.title),
    card.blocks ? blocks(card.blocks, ctx) : card.text && h("div.text", {}, mrkdwn(card.text)),
    card.footer && h("p.meta", {}, card.footer));
}

const NAMED = { good: "#2e8b57", warning: "#c98a1b", danger: "#c0392b" };

function reactions(message, channel) {
  if (!message.reactions?.length) return null;
  return h("div.reactions", {}, message.reactions.map((item) => {
    const mine = item.users.includes(state.me);
    return h(`button.reaction${mine ? ".mine" : ""}`, { type: "button", "aria-pressed": String(mine), title: item.users.map(nameOf).join(", "), onClick: () => react(message, channel, item.name, mine) },
      `${emoji(item.name)} ${item.count}`);
  }));
}

function react(message, channel, name, remove = false) {
  return act("react", { user: state.me, channel, ts: message.ts, name, remove });
}

function replies(message, channel) {
  if (!message.reply_count) return null;
  const words = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return h("button.replies", { type: "button", onClick: () => openThread(channel, message.ts) },
    (message.reply_users ?? []).slice(0, 4).map((user) => avatar(user, "tiny")), h("strong", {}, words), h("span.meta", {}, `last ${clock(message.latest_reply)}`));
}
