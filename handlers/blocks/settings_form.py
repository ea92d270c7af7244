"""Draws the form of a person's own settings.

Must not keep them: handlers/slack/home_forms.py reads what was filled in.
"""

from typing import Any

from handlers.blocks.elements import Block, context, field, option, title
from handlers.blocks.ids import Field, Form
from handlers.blocks.text import data
from policies.personal_settings import PersonalSettings
from policies.quiet import EVERY_DAY
from prompts.draft import LANGUAGES

View = dict[str, Any]
NAME = "Settings"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ASSIGNED, WORSE = "assigned", "worse"
TELL: dict[str, str] = {
    ASSIGNED: "Somebody assigns me an exception",
    WORSE: "One of mine is open again, or gets worse",
}
FROM, UNTIL = "19:00", "07:00"
"""What the form offers where nothing is set."""


def settings_form(settings: PersonalSettings, zone: str) -> View:
    """The form as things are set now; `zone` is the person's, as Slack has it."""
    quiet = settings.quiet
    days = sorted(quiet.days) if quiet else []
    since, until = (of_day(quiet.begins), of_day(quiet.ends)) if quiet else (FROM, UNTIL)
    told = [
        name
        for name, on in ((ASSIGNED, settings.tell_assigned), (WORSE, settings.tell_worse))
        if on
    ]
    blocks = [
        field(Field.TELL, "Send me a direct message when", _boxes(TELL, told), optional=True),
        field(
            Field.QUIET_DAYS,
            "My quiet hours begin on (no day: never quiet)",
            _boxes({str(day): DAYS[day] for day in EVERY_DAY}, [str(day) for day in days]),
            optional=True,
        ),
        field(Field.QUIET_FROM, "Quiet from", {"type": "timepicker", "initial_time": since}),
        field(Field.QUIET_UNTIL, "Quiet until", {"type": "timepicker", "initial_time": until}),
        context(
            f"Times are those of {data(zone, 60)}, your time zone in Slack. In quiet hours direct "
            "messages wait, but for CRITICAL ones, and then say how things stand by then. "
            "Channels are not affected."
        ),
        field(Field.LANGUAGE, "Drafts to clients are in", _language(settings.language)),
    ]
    return {
        "type": "modal",
        "callback_id": Form.SETTINGS.value,
        "title": title(NAME),
        "submit": title("Save"),
        "close": title("Cancel"),
        "blocks": blocks,
    }


def of_day(minutes: int) -> str:
    """`19:00` for 1140 minutes after midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _boxes(choices: dict[str, str], chosen: list[str]) -> Block:
    """Slack takes no empty list of what is ticked at first."""
    made: Block = {
        "type": "checkboxes",
        "options": [option(text, value) for value, text in choices.items()],
    }
    ticked = [option(choices[value], value) for value in chosen if value in choices]
    return {**made, "initial_options": ticked} if ticked else made


def _language(chosen: str) -> Block:
    options = [option(text, value) for value, text in LANGUAGES.items()]
    first = next((one for one in options if one["value"] == chosen), options[0])
    return {"type": "static_select", "options": options, "initial_option": first}
