// What the page knows, and who wants to hear of changes; it must not draw or fetch by itself.

const listeners = new Map();
const pending = new Set();

export const state = {
  me: new URLSearchParams(location.search).get("as") ?? remembered("workspace.me") ?? "U0MARIA",
  place: { kind: "channel", id: null },
  thread: null,
  team: {},
  app: {},
  people: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  messages: new Map(),
  ephemerals: new Map(),
  loaded: new Set(),
  unread: new Map(),
  views: [],
  home: null,
  statuses: new Map(),
  prompts: {},
  calls: [],
  deliveries: [],
  online: true,
};

/** Call `listener` (once per frame) after a topic changed. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}

/** Say that topics changed. */
export function changed(...topics) {
  for (const topic of topics) {
    if (pending.has(topic)) continue;
    pending.add(topic);
    requestAnimationFrame(() => {
      pending.delete(topic);
      for (const listener of listeners.get(topic) ?? []) listener();
    });
  }
}

/** Return the messages that the page knows of a channel, by ts. */
export function messagesOf(channel) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  return state.messages.get(channel);
}

/** Take a message over, unless it is the same as before: what did not change is not drawn again. */
export function learn(channel, message) {
  const known = messagesOf(channel);
  if (JSON.stringify(known.get(message.ts)) !== JSON.stringify(message)) known.set(message.ts, message);
}

/** Return what a channel shows outside threads, with what only I see, oldest first. */
export function topLevel(channel) {
  const shown = [...messagesOf(channel).values()].filter((item) => !isReply(item) || item.subtype === "thread_broadcast");
  return [...shown, ...whispers(channel, null)].sort(byTs);
}

/** Return a thread with what only I see in it, its parent first. */
export function threadOf(channel, ts) {
  const shown = [...messagesOf(channel).values()].filter((item) => item.ts === ts || item.thread_ts === ts);
  return [...shown, ...whispers(channel, ts)].sort(byTs);
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
export const person = (id) => state.people.get(id);
export const nameOf = (id) => person(id)?.real_name ?? (id === "USLACKBOT" ? "Workspace" : id ?? "unknown");
export const isBot = (id) => id === state.app.bot_user;

/** Return my conversation with the app, undefined before it exists. */
export function directChannel() {
  return [...state.channels.values()].find((channel) => channel.is_im && channel.user === state.me);
}

/** Return the channel that is open, also for the app's conversation; null for Home. */
export function openChannel() {
  if (state.place.kind === "home") return null;
  return state.place.kind === "dm" ? directChannel()?.id ?? null : state.place.id;
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // private windows have no storage; then the choice lasts as long as the page
  }
}

export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function whispers(channel, thread) {
  const mine = state.ephemerals.get(state.me) ?? new Map();
  return [...mine.values()].filter((item) => item.channel === channel && (item.thread_ts ?? null) === thread);
}

const byTs = (a, b) => Number(a.ts) - Number(b.ts);
