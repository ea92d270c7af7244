// Keeps the store true to the server: first load, stream, opening places; it must not draw.

import { act, follow, look } from "./api.js";
import { announce } from "./dom.js";
import { changed, isReply, learn, messagesOf, nameOf, openChannel, remember, state } from "./store.js";

const KEPT = 500;

/** Load everything and follow the stream. */
export async function start() {
  follow(apply, load, (online) => {
    state.online = online;
    changed("sidebar");
  });
  await load();
}

async function load() {
  const [known, calls, deliveries] = await Promise.all([look("state"), look("calls"), look("deliveries")]);
  state.team = known.team;
  state.app = known.app;
  state.people = new Map(known.people.map((item) => [item.id, item]));
  state.channels = new Map(known.channels.map((item) => [item.id, item]));
  Object.assign(state, { commands: known.commands, shortcuts: known.shortcuts, prompts: known.prompts });
  Object.assign(state, { calls: calls.calls, deliveries: deliveries.deliveries });
  state.loaded.clear();
  if (!state.people.has(state.me)) state.me = "U0MARIA";
  for (const channel of known.channels) state.unread.set(channel.id, state.unread.get(channel.id) ?? channel.total);
  await loadMine();
  if (state.place.kind === "channel" && !state.place.id) state.place.id = myChannels()[0]?.id ?? null;
  await loadPlace();
  changed("sidebar", "place", "thread", "traffic");
}

/** Return the channels that I am in. */
export function myChannels() {
  return [...state.channels.values()].filter((channel) => !channel.is_im && channel.members.includes(state.me));
}

/** Act as somebody else from now on. */
export async function become(user) {
  state.me = user;
  state.thread = null;
  remember("workspace.me", user);
  if (state.place.kind === "channel" && !myChannels().some((channel) => channel.id === state.place.id)) {
    state.place = { kind: "channel", id: myChannels()[0]?.id ?? null };
  }
  await loadMine();
  await go(state.place);
}

/** Open a channel, the app's conversation or its Home. */
export async function go(place, thread = null) {
  state.place = place;
  state.thread = thread;
  if (place.kind !== "channel") {
    const answer = await act("home", { user: state.me, tab: place.kind === "home" ? "home" : "messages" });
    if (answer.channel && !state.channels.has(answer.channel)) {
      state.channels.set(answer.channel, { id: answer.channel, is_im: true, user: state.me, members: [state.me] });
    }
  }
  if (place.kind === "channel" && place.id) act("look", { user: state.me, channel: place.id });
  await loadPlace();
  changed("sidebar", "place", "thread");
}

/** Open a thread beside the channel, or close it with null. */
export async function openThread(channel, ts) {
  state.thread = ts ? { channel, ts } : null;
  if (ts) for (const message of (await look("thread", { channel, ts })).messages) learn(channel, message);
  changed("thread");
}

async function loadMine() {
  const query = { user: state.me };
  const [notes, views, home] = await Promise.all([look("ephemerals", query), look("views", query), look("home", query)]);
  state.ephemerals.set(state.me, new Map(notes.messages.map((note) => [note.ts, note])));
  state.views = views.views;
  state.home = home.view;
  changed("views", "home");
}

async function loadPlace() {
  const channel = openChannel();
  if (!channel) return;
  state.unread.set(channel, 0);
  if (state.loaded.has(channel)) return;
  state.loaded.add(channel);
  const answer = await look("messages", { channel });
  for (const message of answer.messages ?? []) learn(channel, message);
}

const CHANGES = {
  message({ channel, message }) {
    const known = messagesOf(channel);
    const isNew = !known.has(message.ts);
    if (isNew && !isReply(message)) countUnread(channel, message);
    learn(channel, message);
    changed("messages");
  },
  deleted({ channel, ts }) {
    messagesOf(channel).delete(ts);
    changed("messages");
  },
  ephemeral({ user, message }) {
    if (!state.ephemerals.has(user)) state.ephemerals.set(user, new Map());
    state.ephemerals.get(user).set(message.ts, message);
    changed("messages");
  },
  ephemeral_deleted({ user, ts }) {
    state.ephemerals.get(user)?.delete(ts);
    changed("messages");
  },
  views({ user, views }) {
    if (user !== state.me) return;
    state.views = views;
    changed("views");
  },
  home({ user, view }) {
    if (user !== state.me) return;
    state.home = view;
    changed("home");
  },
  channel() {
    look("state").then((known) => {
      for (const channel of known.channels) state.channels.set(channel.id, channel);
      changed("sidebar", "place");
    });
  },
  status({ channel, thread_ts: thread, text, seconds }) {
    const key = `${channel}/${thread ?? ""}`;
    if (text) state.statuses.set(key, text);
    else state.statuses.delete(key);
    if (text) setTimeout(() => CHANGES.status({ channel, thread_ts: thread, text: "" }), seconds * 1000);
    changed("status");
  },
  prompts({ channel, title, prompts }) {
    state.prompts[channel] = { title, prompts };
    changed("status");
  },
  call({ call }) {
    state.calls = [...state.calls, call].slice(-KEPT);
    changed("traffic");
  },
  delivery({ delivery }) {
    state.deliveries = [...state.deliveries, delivery].slice(-KEPT);
    if (delivery.kind === "url_verification") {
      state.app.verified = delivery.failure ? null : delivery.answer.includes(delivery.body.challenge);
      changed("sidebar");
    }
    changed("traffic");
  },
};

function apply(change) {
  CHANGES[change.kind]?.(change);
}

function countUnread(channel, message) {
  if (channel === openChannel() && document.visibilityState === "visible") {
    if (message.user !== state.me) announce(`${nameOf(message.user)}: ${message.text ?? ""}`.slice(0, 200));
    return;
  }
  if (channel !== openChannel() || document.visibilityState !== "visible") {
    state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
    changed("sidebar");
  }
}
