"""Builds the Bolt app: which surface is heard by which listener.

Must not serve HTTP: receiver.py does. Only the first listener that matches runs, so specific
ones come before the catch-alls, which exist because Slack retries what nobody answers.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.ids import COMMAND, Form, Shortcut, Verb
from handlers.services import Services
from handlers.slack import (
    actions,
    answer_forms,
    asking,
    bill_forms,
    commands,
    drafts,
    events,
    handover_forms,
    home_forms,
    invoice_forms,
    reactions,
    shortcuts,
    storm_forms,
    subscription_forms,
    unfurls,
    views,
)
from handlers.slack.middleware import DirectoryOf, bring, once
from handlers.slack.tasks import Background
from jobs.errors import SlackRetryError

Authorize = Callable[[], Awaitable[AuthorizeResult]]
_ANYTHING = re.compile(".*")
_NOT_INSTALLED = "E2A is not installed in this workspace any more. Ask whoever runs it."

DIRECT_BUTTONS = (Verb.ACKNOWLEDGE, Verb.ASSIGN, Verb.REOPEN)
STORM_BUTTONS = (
    Verb.STORM_LIST,
    Verb.STORM_ACKNOWLEDGE,
    Verb.STORM_RESOLVE,
    Verb.STORM_SNOOZE,
    Verb.STORM_SPLIT,
)
FORM_BUTTONS = (Verb.RESOLVE, Verb.SNOOZE, Verb.REPLAY, Verb.DRAFT, Verb.SHOW)


def create_bolt_app(
    services: Services,
    *,
    client: AsyncWebClient,
    signing_secret: str,
    authorize: Callable[..., Awaitable[AuthorizeResult | None]],
    background: Background,
    directory_of: DirectoryOf | None = None,
) -> AsyncApp:
    """The app with every listener registered.

    Args:
        services: what listeners may knock at.
        client: whose address, session and limits every call to Slack shares.
        signing_secret: proves that a request is Slack's.
        authorize: names the installation that a request is for; `own_workspace` for one token.
            None where E2A is not installed.
        background: where the work after an acknowledgement runs; drain it when stopping.
        directory_of: who and what there is where a request comes from; None for one workspace.
    """
    app = AsyncApp(
        name="e2a",
        signing_secret=signing_secret,
        client=twin(client),
        authorize=authorize,  # type: ignore[arg-type]
        user_facing_authorize_error_message=_NOT_INSTALLED,
        process_before_response=True,  # listeners only hand over; nothing to poll for
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(bring(services, background, directory_of))
    app.use(once(services))
    _listen(app)
    return app


def own_workspace(client: AsyncWebClient) -> Authorize:
    """Authorization for a bot token of one workspace: asks Slack once who that is."""
    known: list[AuthorizeResult] = []
    asking = asyncio.Lock()

    async def authorize() -> AuthorizeResult:
        async with asking:
            if not known:
                known.append(await _ask(client))
        return known[0]

    return authorize


def _listen(app: AsyncApp) -> None:
    app.event("app_mention")(events.on_mention)
    app.event("message")(events.on_message)
    app.event("app_home_opened")(events.on_home_opened)
    app.event("app_context_changed")(events.on_context_changed)
    app.event("link_shared")(unfurls.on_link_shared)
    app.event("reaction_added")(reactions.on_reaction)
    app.event("app_uninstalled")(events.on_uninstalled)
    app.event("tokens_revoked")(events.on_tokens_revoked)
    app.event(_ANYTHING)(events.on_other_event)

    app.command(COMMAND)(commands.on_command)
    _listen_to_buttons(app)
    _listen_to_forms(app)


def _listen_to_buttons(app: AsyncApp) -> None:
    for verb in DIRECT_BUTTONS:
        app.action(verb.value)(actions.on_direct_button)
    for verb in FORM_BUTTONS:
        app.action(verb.value)(actions.on_form_button)
    app.action(Verb.EXPLAIN.value)(actions.on_explain_button)
    app.action(Verb.DLQ_REPLAY.value)(actions.on_letters_button)
    app.action(Verb.ASK.value)(actions.on_ask_button)
    app.action(Verb.UNDO.value)(actions.on_undo_button)
    app.action(Verb.ORDER.value)(home_forms.on_order_button)
    app.action(Verb.SETTINGS.value)(home_forms.on_settings_button)
    app.action(Verb.REFRESH.value)(home_forms.on_refresh_button)
    for verb in (Verb.DRAFT_TONE, Verb.DRAFT_LANGUAGE):
        app.action(verb.value)(drafts.on_draft_choice)
    for verb in (Verb.APPROVE, Verb.DECLINE):
        app.action(verb.value)(actions.on_decision)
    for verb in STORM_BUTTONS:
        app.action(verb.value)(storm_forms.on_storm_button)
    app.action(re.compile(f"^{Verb.STORM_PAGE.value}_"))(storm_forms.on_storm_turned)
    app.action(Verb.STORM_UNDO.value)(actions.on_undo_all_button)
    app.action(Verb.STORM_CLIENT.value)(storm_forms.on_storm_turned)
    app.action(Verb.TAKE_OVER.value)(handover_forms.on_take_over)
    app.action(Verb.MAP.value)(subscription_forms.on_map_button)
    for verb in (Verb.SUBSCRIPTION_EDIT, Verb.SUBSCRIPTION_ADD):
        app.action(verb.value)(subscription_forms.on_subscription_button)
    app.action(Verb.SUBSCRIPTION_TEST.value)(subscription_forms.on_test_button)
    app.action(Verb.SUBSCRIPTION_REMOVE.value)(subscription_forms.on_remove_button)
    for verb in (Verb.FINDING_ACCEPT, Verb.FINDING_OURS):
        app.action(verb.value)(invoice_forms.on_finding_button)
    for verb in (Verb.FINDING_DISPUTE, Verb.FINDING_ASK, Verb.FINDING_EVIDENCE):
        app.action(verb.value)(invoice_forms.on_finding_opened)
    app.action(Verb.FINDING_GROUP.value)(invoice_forms.on_group_button)
    app.action(Verb.BILL_CONFIRM.value)(bill_forms.on_confirm_button)
    app.action(Verb.BILL_COLUMNS.value)(bill_forms.on_columns_button)
    app.action(Verb.BILL_FILED.value)(bill_forms.on_filed_button)
    app.action(Verb.ANSWER_HELPED.value)(answer_forms.on_answer_helped)
    app.action(Verb.ANSWER_NO_HELP.value)(answer_forms.on_answer_no_help)
    for verb in (Verb.ANSWER_SHARE, Verb.ANSWER_KEEP):
        app.action(verb.value)(answer_forms.on_answer_again)
    app.action(_ANYTHING)(actions.on_other_action)


def _listen_to_forms(app: AsyncApp) -> None:
    app.view(Form.RESOLVE.value)(views.on_resolve_form)
    app.view(Form.SNOOZE.value)(views.on_snooze_form)
    app.view(Form.REPLAY.value)(views.on_replay_form)
    app.view(Form.DRAFT.value)(drafts.on_draft_form)
    app.view(Form.TAKE_OVER.value)(handover_forms.on_take_over_form)
    app.view(Form.STORM_ACT.value)(storm_forms.on_storm_form)
    app.view(Form.STORM_SPLIT.value)(storm_forms.on_split_form)
    app.view(Form.ASK.value)(asking.on_ask_form)
    app.view(Form.ANSWER.value)(answer_forms.on_answer_form)
    app.view(Form.SETTINGS.value)(home_forms.on_settings_form)
    app.view(Form.SUBSCRIPTION.value)(subscription_forms.on_subscription_form)
    app.view(Form.FINDING_DISPUTE.value)(invoice_forms.on_dispute_form)
    app.view(Form.FINDING_ASK.value)(invoice_forms.on_ask_form)
    app.view(Form.FINDING_GROUP.value)(invoice_forms.on_group_form)
    app.view(Form.BILL.value)(bill_forms.on_columns_form)
    app.view(_ANYTHING)(views.on_other_view)
    app.view_closed(_ANYTHING)(views.on_other_view)

    app.shortcut(Shortcut.ACTIONS.value)(shortcuts.on_exception_actions)
    app.shortcut(Shortcut.ASK.value)(asking.on_ask_shortcut)
    app.shortcut(_ANYTHING)(shortcuts.on_other_shortcut)


async def _ask(client: AsyncWebClient) -> AuthorizeResult:
    """A refusal is raised as our own error: Bolt would answer 200 to SlackApiError."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        reason = f"auth.test: {error.response.get('error')}"
        raise SlackRetryError(reason) from error
    return AuthorizeResult(
        enterprise_id=answer.get("enterprise_id"),
        team_id=answer.get("team_id"),
        bot_user_id=answer.get("user_id"),
        bot_id=answer.get("bot_id"),
        bot_token=client.token,
    )


def twin(client: AsyncWebClient, token: str | None = None) -> AsyncWebClient:
    """The same with another token, or with none: that leaves it to `authorize`."""
    return AsyncWebClient(
        token=token,
        base_url=client.base_url,
        timeout=client.timeout,
        ssl=client.ssl,
        proxy=client.proxy,
        session=client.session,
        trust_env_in_session=client.trust_env_in_session,
        headers=client.headers,
        logger=client.logger,
        retry_handlers=client.retry_handlers.copy(),
    )
