// Draws the chart block as SVG with a table for those who cannot see it; it must not fetch data.

import { h, svg } from "./dom.js";

const narrow = matchMedia("(max-width: 799px)").matches;
const WIDTH = narrow ? 340 : 520;
const HEIGHT = 190;
const LEFT = 34;
const BOTTOM = 26;

/** Draw a data_visualization block. */
export function chart(block) {
  const { title, chart: data } = block;
  const drawn = data.type === "pie" ? pie(data.segments) : plot(data);
  const names = data.type === "pie" ? data.segments.map((item) => `${item.label} ${item.value}`) : data.series.map((item) => item.name);
  return h("figure.chart", {},
    h("figcaption", {}, title),
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": described(title, data) }, drawn),
    names.length > 1 && h("ul.legend", {}, names.map((name, index) => h("li", { class: `tone-${index}` }, name))));
}

function described(title, data) {
  if (data.type === "pie") return `${title}: ${data.segments.map((item) => `${item.label} ${item.value}`).join(", ")}`;
  return `${title}: ${data.series.map((item) => `${item.name} ${item.data.map((p) => `${p.label} ${p.value}`).join(", ")}`).join("; ")}`;
}

function plot(data) {
  const labels = data.axis_config.categories;
  const values = data.series.flatMap((item) => item.data.map((point) => point.value));
  const top = Math.max(1, ...values);
  const step = (WIDTH - LEFT) / labels.length;
  const every = Math.ceil(labels.length / (narrow ? 5 : 10));
  const y = (value) => 10 + (1 - value / top) * (HEIGHT - BOTTOM - 10);
  const valueOf = (series, label) => series.data.find((point) => point.label === label)?.value ?? 0;
  const drawn = [axis(top, y), ...labels.map((label, index) =>
    svg("text", { x: LEFT + step * (index + 0.5), y: HEIGHT - 8, "text-anchor": "middle" }, index % every ? "" : label))];
  data.series.forEach((series, tone) => {
    const points = labels.map((label, index) => [LEFT + step * (index + 0.5), y(valueOf(series, label))]);
    if (data.type === "bar") drawn.push(...bars(points, tone, data.series.length, step, y(0), series, labels));
    else drawn.push(...curve(points, tone, data.type === "area", y(0)));
  });
  return drawn;
}

function axis(top, y) {
  return [0, top / 2, top].map((value) => [
    svg("line", { class: "rule", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, Math.round(value * 10) / 10),
  ]);
}

function bars(points, tone, count, step, zero, series, labels) {
  const width = Math.min(34, (step * 0.7) / count);
  return points.map(([x, y], index) => {
    const left = x - (width * count) / 2 + width * tone;
    const name = svg("title", {}, `${labels[index]}: ${series.data[index]?.value ?? 0} (${series.name})`);
    return svg("rect", { class: `tone-${tone}`, x: left, y, width: width - 2, height: Math.max(0, zero - y), rx: 3 }, name);
  });
}

function curve(points, tone, filled, zero) {
  const path = points.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}`).join("");
  const area = `${path}L${points.at(-1)[0]} ${zero}L${points[0][0]} ${zero}Z`;
  return [
    filled && svg("path", { class: `area tone-${tone}`, d: area }),
    svg("path", { class: `line tone-${tone}`, d: path }),
  ].filter(Boolean);
}

function pie(segments) {
  const total = segments.reduce((sum, item) => sum + item.value, 0) || 1;
  let angle = -Math.PI / 2;
  return segments.map((item, tone) => {
    const sweep = Math.min((item.value / total) * 2 * Math.PI, 2 * Math.PI - 0.0001);
    const [x1, y1] = spot(angle);
    angle += sweep;
    const [x2, y2] = spot(angle);
    const d = `M${WIDTH / 2} ${HEIGHT / 2}L${x1} ${y1}A80 80 0 ${sweep > Math.PI ? 1 : 0} 1 ${x2} ${y2}Z`;
    return svg("path", { class: `tone-${tone}`, d }, svg("title", {}, `${item.label}: ${item.value}`));
  });
}

const spot = (angle) => [WIDTH / 2 + 80 * Math.cos(angle), HEIGHT / 2 + 80 * Math.sin(angle)];
