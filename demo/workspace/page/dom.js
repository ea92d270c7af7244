// Builds DOM nodes; it must never take markup, so that hostile text stays text.

/**
 * Make an element.
 * @param {string} name tag, with optional classes: "p.note.small"
 * @param {object} [props] attributes; `on*` are listeners, null and false are left out
 * @param {...(Node|string|null|false|Array)} children text becomes text nodes
 */
export function h(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) setProp(node, key, value);
  append(node, children);
  return node;
}

/** Make an SVG element. */
export function svg(name, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  append(node, children);
  return node;
}

/** Replace what a node contains. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** Say something to screen readers. */
export function announce(text) {
  document.getElementById("live").textContent = text;
}

function setProp(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2).toLowerCase(), value);
  else if (key === "class") node.className = `${node.className} ${value}`.trim();
  else if (key === "value" || key === "checked" || key === "selected") node[key] = value;
  else if (key === "vars") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
  else node.setAttribute(key, value === true ? "" : String(value));
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}
