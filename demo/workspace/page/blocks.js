// Draws Block Kit blocks; it must not know messages, modals or Home.

import { chart } from "./chart.js";
import { h } from "./dom.js";
import { element } from "./elements.js";
import { markdown, richText } from "./richtext.js";
import { textObject } from "./text.js";

/**
 * Draw blocks.
 * @param {object[]} blocks
 * @param {object} ctx where they stand: `where` (channel and ts, or view_id), `values` of their inputs
 */
export function blocks(list, ctx) {
  return (list ?? []).map((block) => {
    const draw = BLOCKS[block.type] ?? unknown;
    return h(`div.block.block-${block.type}`, { "data-block": block.block_id }, draw(block, ctx));
  });
}

const BLOCKS = {
  section: (block, ctx) => [
    h("div.section-body", {},
      block.text && h("div.text", {}, textObject(block.text)),
      block.fields && h("div.fields", {}, block.fields.map((field) => h("div.text", {}, textObject(field))))),
    block.accessory && h("div.accessory", {}, piece(block.accessory, block, ctx)),
  ],
  context: (block) => block.elements.map((item) =>
    item.type === "image" ? picture(item, "small") : h("span", {}, textObject(item))),
  actions: (block, ctx) => block.elements.map((item) => piece(item, block, ctx)),
  context_actions: (block, ctx) => block.elements.map((item) => piece(item, block, ctx)),
  header: (block) => h("h3", {}, textObject(block.text)),
  divider: () => h("hr"),
  image: (block) => h("figure", {}, block.title && h("figcaption", {}, textObject(block.title)), picture(block, "wide")),
  rich_text: (block) => richText(block),
  markdown: (block) => markdown(block.text),
  alert: (block) => h(`p.alert.alert-${block.level ?? "default"}`, { role: "status" }, textObject(block.text)),
  table: (block) => table(block.rows, block.column_settings ?? []),
  data_table: (block) => [h("p.caption", {}, block.caption), table(block.rows)],
  data_visualization: (block) => chart(block),
  input: inputBlock,
};

function unknown(block) {
  return h("p.unknown", {}, `This page cannot draw a block of type ${block.type}.`);
}

function piece(item, block, ctx) {
  return item.type === "image" ? picture(item, "thumb") : element(item, block, ctx);
}

function inputBlock(block, ctx) {
  const id = `input-${block.block_id}`;
  const drawn = element(block.element, block, { ...ctx, inputId: id, silent: !block.dispatch_action });
  const error = ctx.errors?.[block.block_id];
  return [
    h("label", { for: id }, textObject(block.label), block.optional && h("span.optional", {}, " (optional)")),
    drawn,
    block.hint && h("p.hint", {}, textObject(block.hint)),
    error && h("p.field-error", { role: "alert" }, error),
  ];
}

function picture(item, size) {
  const url = item.image_url ?? "";
  const local = url.startsWith("/") || url.startsWith(location.origin) || url.startsWith("data:image/");
  if (local) return h(`img.picture.${size}`, { src: url, alt: item.alt_text });
  return h(`span.picture.${size}.absent`, { role: "img", "aria-label": item.alt_text, title: url }, item.alt_text);
}

function table(rows, settings = null) {
  const cells = (row, tag) => h("tr", {}, row.map((cell, column) => {
    const align = settings?.[column]?.align ?? (cell.type === "raw_number" ? "right" : "left");
    const kept = settings && !settings[column]?.is_wrapped ? " kept" : "";
    return h(tag, { class: `align-${align}${kept}` }, cellContent(cell));
  }));
  const [head, ...body] = rows;
  return h("div.scroll-x", { tabindex: "0", role: "region", "aria-label": "Table" },
    h("table.grid", {}, h("thead", {}, cells(head, "th")), h("tbody", {}, body.map((row) => cells(row, "td")))));
}

function cellContent(cell) {
  if (cell.type === "rich_text") return richText(cell);
  return cell.text?.text ?? cell.text ?? String(cell.value ?? "");
}
