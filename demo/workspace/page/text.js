// Draws mrkdwn, plain text and dates as nodes; it must never produce markup from text.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { nameOf, state } from "./store.js";

const INLINE =
  /<([^<>\n]+)>|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])|:([a-z0-9_+-]+):/g;
const SAFE_LINK = /^(https?:|mailto:)/i;

/** Draw a text object. */
export function textObject(object) {
  if (!object) return null;
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

/** Draw plain text; only emoji codes mean something. */
export function plain(text) {
  return unescape(text).split(/(:[a-z0-9_+-]+:)/).map((part) => {
    const code = /^:([a-z0-9_+-]+):$/.exec(part);
    return code ? emoji(code[1]) : part;
  });
}

/** Draw mrkdwn. */
export function mrkdwn(text) {
  const parts = String(text ?? "").split(/```\n?([\s\S]*?)\n?```/);
  return parts.map((part, index) => (index % 2 ? h("pre", {}, unescape(part)) : lines(part)));
}

/** Draw a link, or its label where the address is none that a browser may open. */
export function link(url, label) {
  if (!SAFE_LINK.test(url)) return label ?? url;
  return h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, label ?? url);
}

export function mention(id) {
  const mine = id === state.me;
  return h(`span.mention${mine ? ".mine" : ""}`, {}, `@${nameOf(id)}`);
}

export function channelLink(id, label) {
  const name = state.channels.get(id)?.name ?? label ?? id;
  return h("a.mention", { href: `#/${id}` }, `#${name}`);
}

/** Draw Slack's date token in the reader's own time zone. */
export function date(seconds, format, fallback) {
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return fallback ?? "";
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => DATES[name]?.(when) ?? whole);
  return h("time", { datetime: when.toISOString(), title: when.toLocaleString() }, text);
}

const day = (options) => (when) => when.toLocaleDateString(undefined, options);
const pretty = (draw) => (when) => {
  const days = Math.round((midnight(when) - midnight(new Date())) / 86400000);
  return { 0: "today", "-1": "yesterday", 1: "tomorrow" }[days] ?? draw(when);
};
const midnight = (when) => new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
const long = day({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const short = day({ month: "short", day: "numeric", year: "numeric" });
const usual = day({ month: "long", day: "numeric", year: "numeric" });
const DATES = {
  date_num: (when) => when.toISOString().slice(0, 10),
  date: usual,
  date_short: short,
  date_long: long,
  date_pretty: pretty(usual),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  time: (when) => when.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }),
  time_secs: (when) => when.toLocaleTimeString(),
  ago: (when) => ago(when),
};

/** Say how long ago something was. */
export function ago(when) {
  const minutes = Math.round((Date.now() - when.getTime()) / 60000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 1440 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} d ago`;
}

function lines(text) {
  const drawn = [];
  let quote = [];
  const flush = () => {
    if (quote.length) drawn.push(h("blockquote", {}, ...joined(quote)));
    quote = [];
  };
  const rest = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (quoted) {
      if (rest.length) drawn.push(...joined(rest.splice(0)));
      quote.push(quoted[1]);
    } else {
      flush();
      rest.push(line);
    }
  }
  flush();
  drawn.push(...joined(rest));
  return drawn;
}

const joined = (all) => all.flatMap((line, index) => [...(index ? [h("br")] : []), ...inline(line)]);

function inline(text) {
  const drawn = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) drawn.push(unescape(text.slice(at, match.index)));
    drawn.push(token(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) drawn.push(unescape(text.slice(at)));
  return drawn;
}

function token([whole, angle, code, bold, italic, strike, short]) {
  if (angle) return special(angle) ?? unescape(whole);
  if (code) return h("code", {}, unescape(code));
  if (bold) return h("strong", {}, inline(bold));
  if (italic) return h("em", {}, inline(italic));
  if (strike) return h("s", {}, inline(strike));
  return emoji(short);
}

function special(body) {
  const [target, label] = body.split(/\|(.*)/s);
  if (/^@[UW]/.test(target)) return mention(target.slice(1));
  if (/^#C/.test(target)) return channelLink(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, format, url] = target.split("^");
    const drawn = date(seconds, unescape(format ?? ""), label);
    return url ? link(url, drawn) : drawn;
  }
  if (target.startsWith("!subteam^")) return h("span.mention", {}, label ?? "@group");
  if (target.startsWith("!")) return h("span.mention", {}, `@${target.slice(1)}`);
  if (!SAFE_LINK.test(target)) return null;
  return link(unescape(target), label === undefined ? undefined : unescape(label));
}

function unescape(text) {
  return String(text ?? "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
