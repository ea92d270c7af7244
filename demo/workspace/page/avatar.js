// Draws people as initials in a colour of their own; it must not load pictures.

import { h, svg } from "./dom.js";
import { isBot, nameOf } from "./store.js";

/** Draw somebody's square. */
export function avatar(id, size = "normal") {
  if (isBot(id)) {
    return h(`span.avatar.bot.${size}`, { "aria-hidden": "true" },
      svg("svg", { viewBox: "0 0 32 32" }, svg("path", { d: "M7 21c3.4 0 3-10 6.4-10s3 10 6.4 10 2.600-5 5-5" })));
  }
  const initials = nameOf(id).split(/\s+/).map((word) => word[0]).slice(0, 2).join("");
  return h(`span.avatar.${size}`, { "aria-hidden": "true", vars: { "--hue": String(hue(id ?? "")) } }, initials);
}

function hue(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}
