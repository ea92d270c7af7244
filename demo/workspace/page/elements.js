// Draws interactive elements and reports what people do with them; it must not decide what happens then.

import { act } from "./api.js";
import { press } from "./press.js";
import { h } from "./dom.js";
import { state } from "./store.js";
import { textObject } from "./text.js";

/**
 * Draw one element.
 * @param {object} item the element
 * @param {object} block its block
 * @param {object} ctx `where`, `values` (by block id), `silent` inside inputs that only report on submit
 */
export function element(item, block, ctx) {
  const draw = ELEMENTS[item.type];
  if (!draw) return h("span.unknown", {}, `No drawing for ${item.type}`);
  return draw(item, new Field(item, block, ctx));
}

/** One element in its place: keeps its value and sends its action. */
class Field {
  constructor(item, block, ctx) {
    Object.assign(this, { item, block, ctx });
  }

  get id() {
    return this.ctx.inputId ?? `${this.block.block_id}-${this.item.action_id}`;
  }

  get label() {
    return this.item.placeholder?.text ?? this.block.label?.text ?? this.block.text?.text ?? this.item.action_id;
  }

  value(initial) {
    return this.ctx.values[this.key] ?? initial;
  }

  get key() {
    return this.block.type === "input" ? this.block.block_id : this.item.action_id;
  }

  keep(value) {
    this.ctx.values[this.key] = value;
  }

  async send(node, extra = {}) {
    await press(node, this.item, {
      user: state.me,
      ...this.ctx.where,
      block_id: this.block.block_id,
      action_id: this.item.action_id,
      values: this.ctx.values,
      ...extra,
    });
  }

  async choose(node, selection) {
    this.keep(selection);
    if (!this.ctx.silent) await this.send(node, { selection });
  }
}

const people = () => [...state.people.values()].filter((one) => !one.deleted && !one.is_bot).map((one) => [one.id, one.real_name]);
const rooms = () => [...state.channels.values()].filter((one) => !one.is_im).map((one) => [one.id, `#${one.name}`]);
const optionPair = (option) => [option.value, option.text.text];

function dropdown(groups, initial) {
  return (item, field) => {
    const node = h("select", { id: field.id, "aria-label": field.label, onChange: () => field.choose(node, node.value) },
      h("option", { value: "", disabled: true }, item.placeholder?.text ?? "Choose…"),
      groups(item).map(([name, pairs]) => {
        const options = pairs.map(([value, text]) => h("option", { value }, text));
        return name ? h("optgroup", { label: name }, options) : options;
      }));
    node.value = field.value(initial(item) ?? "") || "";
    return h("span.control", {}, node);
  };
}

const optionGroups = (item) => item.option_groups
  ? item.option_groups.map((group) => [group.label.text, group.options.map(optionPair)])
  : [["", item.options.map(optionPair)]];

function several(pairs, initial) {
  return (item, field) => {
    const chosen = new Set(field.value(initial(item) ?? []));
    const summary = h("summary", { id: field.id });
    const relabel = () => {
      const names = pairs(item).filter(([value]) => chosen.has(value)).map(([, text]) => text);
      summary.textContent = names.join(", ") || item.placeholder?.text || "Choose…";
    };
    const boxes = pairs(item).map(([value, text]) => {
      const box = h("input", { type: "checkbox", checked: chosen.has(value), onChange: () => {
        if (box.checked && chosen.size >= (item.max_selected_items ?? Infinity)) box.checked = false;
        else chosen[box.checked ? "add" : "delete"](value);
        relabel();
        field.keep([...chosen]);
      } });
      return h("label", {}, box, " ", text);
    });
    relabel();
    const node = h("details.several", { onToggle: () => !node.open && !field.ctx.silent && field.send(node, { selection: [...chosen] }) },
      summary, h("div.popup", {}, boxes));
    return node;
  };
}

function choices(type) {
  return (item, field) => {
    const initial = item.initial_option ? [item.initial_option.value] : (item.initial_options ?? []).map((one) => one.value);
    const chosen = new Set([field.value(initial)].flat());
    const node = h("fieldset.choices", { id: field.id, "aria-label": field.label }, item.options.map((option) => {
      const box = h("input", { type, name: field.id, checked: chosen.has(option.value), onChange: () => {
        if (type === "radio") chosen.clear();
        chosen[box.checked ? "add" : "delete"](option.value);
        field.choose(node, type === "radio" ? option.value : [...chosen]);
      } });
      const text = [textObject(option.text), option.description && h("small", {}, textObject(option.description))];
      return h("label", {}, box, h("span", {}, text));
    }));
    return node;
  };
}

function picker(type, initial, convert = (value) => value) {
  return (item, field) => {
    const node = h("input", { type, id: field.id, "aria-label": field.label, value: field.value(initial(item)) ?? "",
      onChange: () => field.choose(node, convert(node.value)) });
    return h("span.control", {}, node);
  };
}

function typed(type) {
  return (item, field) => {
    const props = {
      id: field.id, "aria-label": field.label, placeholder: item.placeholder?.text, maxlength: item.max_length,
      value: field.value(item.initial_value) ?? "", autofocus: item.focus_on_load,
      onInput: () => field.keep(node.value),
      onKeydown: (event) => {
        if (event.key === "Enter" && !item.multiline && !field.ctx.silent) field.choose(node, node.value);
      },
    };
    const node = item.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type });
    return node;
  };
}

function external(item, field) {
  const list = h("datalist", { id: `${field.id}-list` });
  const node = h("input", { id: field.id, list: list.id, "aria-label": field.label, placeholder: item.placeholder?.text ?? "Type to search",
    value: field.value(item.initial_option)?.text?.text ?? "",
    onInput: async () => {
      const found = list.options.namedItem(node.value)?.dataset.option;
      if (found) return field.choose(node, JSON.parse(found));
      if (node.value.length < (item.min_query_length ?? 3)) return null;
      const body = { user: state.me, ...field.ctx.where, block_id: field.block.block_id, action_id: item.action_id, query: node.value };
      const { options = [] } = await act("options", body);
      list.replaceChildren(...options.map((option) =>
        h("option", { value: option.text.text, name: option.text.text, "data-option": JSON.stringify(option) })));
      return null;
    } });
  return h("span.control", {}, node, list);
}

function button(item, field) {
  const node = h(`button.btn${item.style ? `.btn-${item.style}` : ""}`, {
    type: "button", "aria-label": item.accessibility_label, "data-action": item.action_id,
    onClick: () => {
      if (/^https?:/i.test(item.url ?? "")) window.open(item.url, "_blank", "noopener");
      field.send(node, { value: item.value });
    },
  }, h("span", {}, textObject(item.text)));
  return node;
}

function overflow(item, field) {
  const options = item.options.map((option) => h("button", { type: "button", role: "menuitem", onClick: () => {
    node.open = false;
    field.send(node, { selection: option.value });
  } }, textObject(option.text)));
  const node = h("details.overflow", {}, h("summary", { "aria-label": "More actions", id: field.id }, "⋯"), h("div.popup", { role: "menu" }, options));
  return node;
}

function feedback(item, field) {
  return [["positive_button", "👍"], ["negative_button", "👎"]].map(([name, sign]) => {
    const node = h("button.btn.btn-quiet", { type: "button", onClick: () => field.send(node, { selection: item[name].value }) },
      h("span", {}, `${sign} `, textObject(item[name].text)));
    return node;
  });
}

const seconds = (value) => Math.round(new Date(value).getTime() / 1000);
const ELEMENTS = {
  button,
  overflow,
  external_select: external,
  feedback_buttons: feedback,
  icon_button: button,
  static_select: dropdown(optionGroups, (item) => item.initial_option?.value),
  users_select: dropdown(() => [["", people()]], (item) => item.initial_user),
  channels_select: dropdown(() => [["", rooms()]], (item) => item.initial_channel),
  conversations_select: dropdown(() => [["", rooms()]], (item) => item.initial_conversation),
  multi_static_select: several((item) => optionGroups(item).flatMap(([, pairs]) => pairs), (item) => item.initial_options?.map((one) => one.value)),
  multi_users_select: several(people, (item) => item.initial_users),
  multi_channels_select: several(rooms, (item) => item.initial_channels),
  multi_conversations_select: several(rooms, (item) => item.initial_conversations),
  radio_buttons: choices("radio"),
  checkboxes: choices("checkbox"),
  datepicker: picker("date", (item) => item.initial_date),
  timepicker: picker("time", (item) => item.initial_time),
  datetimepicker: picker("datetime-local", (item) => item.initial_date_time && localTime(item.initial_date_time), seconds),
  plain_text_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("number"),
};

function localTime(stamp) {
  const when = new Date(stamp * 1000);
  return new Date(stamp * 1000 - when.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}
