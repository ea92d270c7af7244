"""What `e2a doctor` asks Slack about those whom alerting.yaml names: whether they are there.

Must not repair, and must not call anybody.
"""

from collections.abc import Iterator

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.parts import slack_client
from bot.policy_files import load_alerting
from bot.settings import Settings
from bot.tokens import error_code
from handlers.blocks.text import counted
from policies.book.alerting import Alerting
from policies.callees import GROUP, PERSON

_NOBODY = "no shifts in alerting.yaml, so nobody is mentioned when an alert is not answered"
Named = tuple[str, str]
"""Where somebody is named, and the id."""


class CalleeMissingError(Exception):
    """Somebody who would be called is not in Slack; the text says who, and what to do."""


async def check_callees(settings: Settings) -> str:
    """Who is called when nobody answers.

    Raises:
        CalleeMissingError: with every id that Slack does not know, and where it is named.
        PolicyError: the file cannot be read.
    """
    alerting = load_alerting(settings.policies_dir)
    named = list(named_in(alerting))
    shifts, ladders = len(alerting.shifts.shifts), len(alerting.escalation)
    told = f"{counted(shifts, 'shift')}, {counted(ladders, 'ladder')}" if shifts else _NOBODY
    if not named or settings.slack_bot_token is None:
        return told
    async with aiohttp.ClientSession() as session:
        client = slack_client(settings, session)
        try:
            missing = await _missing(client, named)
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            why = error_code(error) if isinstance(error, SlackApiError) else type(error).__name__
            return f"{told}; not compared with Slack ({why})"
    if missing:
        message = f"{'; '.join(missing)}; copy the id again from Slack into alerting.yaml"
        raise CalleeMissingError(message)
    return f"{told}; everybody named is in Slack"


def named_in(alerting: Alerting) -> Iterator[Named]:
    """Every person and user group, with the shift or ladder that names them."""
    for shift in alerting.shifts.shifts:
        ids = (*((shift.group,) if shift.group else ()), *shift.people, *shift.leads)
        yield from ((f"shift {shift.name}", one) for one in ids)
    for ladder in alerting.escalation:
        for step in ladder.steps:
            ids = (*step.whom.people, *step.whom.groups)
            yield from ((f"ladder {ladder.name}", one) for one in ids)


async def _missing(client: AsyncWebClient, named: list[Named]) -> list[str]:
    groups: set[str] = set()
    if any(GROUP.match(one) for _, one in named):
        groups = {str(group["id"]) for group in (await client.usergroups_list())["usergroups"]}
    asked = sorted({one for _, one in named if PERSON.match(one)})
    people = {one: await _is_there(client, one) for one in asked}
    lost = [
        f"{where}: no user group {one}"
        for where, one in named
        if GROUP.match(one) and one not in groups
    ]
    return lost + [
        f"{where}: no person {one}" for where, one in named if PERSON.match(one) and not people[one]
    ]


async def _is_there(client: AsyncWebClient, user_id: str) -> bool:
    """Whether that account exists and is in use."""
    try:
        user = (await client.users_info(user=user_id))["user"]
    except SlackApiError as error:
        if error_code(error) in ("user_not_found", "users_not_found", "user_not_visible"):
            return False
        raise
    return not user.get("deleted")
