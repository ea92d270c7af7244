// Draws rich_text and markdown blocks; it must never produce markup from text.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelLink, date, link, mention } from "./text.js";

/** Draw a rich_text block. */
export function richText(block) {
  return block.elements.map((part) => PARTS[part.type]?.(part) ?? null);
}

const PARTS = {
  rich_text_section: (part) => h("div.rich", {}, leaves(part)),
  rich_text_preformatted: (part) => h("pre", {}, leaves(part)),
  rich_text_quote: (part) => h("blockquote", {}, leaves(part)),
  rich_text_list: (part) =>
    h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}` },
      part.elements.map((item) => h("li", {}, leaves(item)))),
};

const leaves = (part) => part.elements.map((leaf) => styled(LEAVES[leaf.type]?.(leaf) ?? leaf.text ?? "", leaf.style));

const LEAVES = {
  text: (leaf) => leaf.text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])),
  user: (leaf) => mention(leaf.user_id),
  channel: (leaf) => channelLink(leaf.channel_id),
  link: (leaf) => link(leaf.url, leaf.text),
  emoji: (leaf) => emoji(leaf.name),
  broadcast: (leaf) => h("span.mention", {}, `@${leaf.range}`),
  usergroup: (leaf) => h("span.mention", {}, `@${leaf.usergroup_id}`),
  date: (leaf) => date(leaf.timestamp, leaf.format ?? "{date_short} {time}", leaf.fallback),
  color: (leaf) => leaf.value,
};

function styled(content, style = {}) {
  let drawn = content;
  if (style.code) drawn = h("code", {}, drawn);
  if (style.bold) drawn = h("strong", {}, drawn);
  if (style.italic) drawn = h("em", {}, drawn);
  if (style.strike) drawn = h("s", {}, drawn);
  return drawn;
}

/** Draw a markdown block: headings, lists, quotes, code, rules, tables and the usual inline marks. */
export function markdown(text) {
  const drawn = [];
  for (const [index, part] of text.split(/```\w*\n?([\s\S]*?)\n?```/).entries()) {
    if (index % 2) drawn.push(h("pre", {}, part));
    else for (const paragraph of part.split(/\n{2,}/)) drawn.push(...paragraphs(paragraph.split("\n")));
  }
  return drawn;
}

const KINDS = [
  [/^\s*[-*+] (.*)$/, "ul"],
  [/^\s*\d+[.)] (.*)$/, "ol"],
  [/^> ?(.*)$/, "blockquote"],
  [/^\|(.*)\|\s*$/, "table"],
];

function paragraphs(lines) {
  const groups = [];
  for (const line of lines) {
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (heading) groups.push({ kind: `h${Math.min(6, heading[1].length + 2)}`, lines: [heading[2]] });
    else if (/^\s*(-{3,}|\*{3,})\s*$/.test(line)) groups.push({ kind: "hr", lines: [] });
    else if (line.trim()) add(groups, line);
  }
  return groups.map(draw);
}

function add(groups, line) {
  const [pattern, kind] = KINDS.find(([test]) => test.test(line)) ?? [/^(.*)$/, "p"];
  const text = pattern.exec(line)[1];
  const last = groups.at(-1);
  if (last?.kind === kind) last.lines.push(text);
  else groups.push({ kind, lines: [text] });
}

function draw({ kind, lines }) {
  if (kind === "ul" || kind === "ol") return h(kind, {}, lines.map((line) => h("li", {}, marks(line))));
  if (kind === "table") return grid(lines);
  if (kind === "hr") return h("hr");
  return h(kind, {}, lines.flatMap((line, index) => [...(index ? [h("br")] : []), ...marks(line)]));
}

function grid(lines) {
  const rows = lines.map((line) => line.split("|").map((cell) => cell.trim()));
  const body = rows.filter((row, index) => index !== 1 || !row.every((cell) => /^:?-+:?$/.test(cell)));
  const cells = (row, tag) => h("tr", {}, row.map((cell) => h(tag, {}, marks(cell))));
  return h("div.scroll-x", {}, h("table.grid", {}, body.map((row, index) => cells(row, index ? "td" : "th"))));
}

const MARKS = /\*\*([^*]+)\*\*|(?<!\w)[*_]([^*_]+)[*_](?!\w)|~~([^~]+)~~|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|:([a-z0-9_+-]+):/g;

function marks(text) {
  const drawn = [];
  let at = 0;
  for (const match of text.matchAll(MARKS)) {
    if (match.index > at) drawn.push(plain(text.slice(at, match.index)));
    const [, bold, italic, strike, code, label, url, short] = match;
    if (bold) drawn.push(h("strong", {}, marks(bold)));
    else if (italic) drawn.push(h("em", {}, marks(italic)));
    else if (strike) drawn.push(h("s", {}, strike));
    else if (code) drawn.push(h("code", {}, code));
    else if (url) drawn.push(link(url, label));
    else drawn.push(emoji(short));
    at = match.index + match[0].length;
  }
  if (at < text.length) drawn.push(plain(text.slice(at)));
  return drawn;
}

/** Text with the three entities that Slack escapes brought back. */
function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
