// Speaks with the workspace's control API and its stream; it must not keep state.

/** Look at something: GET /workspace/api/<what>. */
export async function look(what, query = {}) {
  const response = await fetch(`/workspace/api/${what}?${new URLSearchParams(query)}`);
  return response.json();
}

/** Do what a person does: POST /workspace/api/<action>. Never throws; a lost server is an error code. */
export async function act(action, body) {
  try {
    const response = await fetch(`/workspace/api/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: "workspace_unreachable" };
  }
}

/** Follow every change; `onReload` is called after a lost connection came back. */
export function follow(onChange, onReload, onLine) {
  const source = new EventSource("/workspace/stream");
  let lost = false;
  source.onopen = () => {
    onLine(true);
    if (lost) onReload();
    lost = false;
  };
  source.onerror = () => {
    lost = true;
    onLine(false);
  };
  source.onmessage = (event) => {
    const change = JSON.parse(event.data);
    if (change.kind === "reload") onReload();
    else onChange(change);
  };
}

const MEANINGS = {
  operation_timeout: "The app did not answer within 3 seconds.",
  dispatch_failed: "The app could not be reached.",
  http_service_error: "The app answered with an error.",
  workspace_unreachable: "The local workspace is not running any more.",
  not_in_channel: "You are not in this channel.",
  no_such_action: "This button is not there any more.",
};

/** Put an error code into words, the code first: it is what people quote. */
export function inWords(answer) {
  const meaning = answer.reason ?? answer.message ?? MEANINGS[answer.error] ?? "";
  return meaning ? `${answer.error}: ${meaning}` : answer.error;
}
