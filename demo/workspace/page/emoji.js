// The common emoji short codes; it must not grow into a full table.

const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔️",
  x: "❌", warning: "⚠️", rotating_light: "🚨", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", package: "📦", truck: "🚚",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", clock3: "🕒", stopwatch: "⏱️", calendar: "📆",
  bell: "🔔", no_bell: "🔕", zzz: "💤", fire: "🔥", tada: "🎉", wave: "👋", pray: "🙏", ok_hand: "👌", rocket: "🚀",
  mag: "🔍", bulb: "💡", memo: "📝", page_facing_up: "📄", chart_with_upwards_trend: "📈", bar_chart: "📊",
  moneybag: "💰", dollar: "💵", receipt: "🧾", scroll: "📜", link: "🔗", lock: "🔒", unlock: "🔓", key: "🔑",
  wrench: "🔧", gear: "⚙️", hammer: "🔨", robot_face: "🤖", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", repeat: "🔁", arrows_counterclockwise: "🔄",
  question: "❓", exclamation: "❗", information_source: "ℹ️", star: "⭐", heart: "❤️", smile: "😄", slightly_smiling_face: "🙂",
  thinking_face: "🤔", checkered_flag: "🏁", construction: "🚧", office: "🏢", factory: "🏭", ballot_box_with_check: "☑️",
  speech_balloon: "💬", mega: "📣", zap: "⚡", shield: "🛡️", clipboard: "📋", inbox_tray: "📥", outbox_tray: "📤",
  large_red_square: "🟥", large_orange_square: "🟧", large_yellow_square: "🟨", large_green_square: "🟩",
};

export const REACTIONS = ["eyes", "white_check_mark", "zzz", "+1"];

/** Return the character of a short code, or the code itself between colons. */
export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}
