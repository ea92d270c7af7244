"""Reads the words behind `resolution`: what is done by itself. Must not look anything up."""

from handlers.slack.resolution_intents import ShowResolution, UndoResolution
from handlers.slack.words import Said, read_id


def read_resolution(said: Said) -> ShowResolution | UndoResolution | None:
    """`resolution`, `resolution 7`, `resolution undo 7`."""
    words = [word.lower() for word in said.rest]
    undo = words[:1] == ["undo"]
    rest = words[1:] if undo else words
    number = read_id(rest[0].rstrip("?")) if len(rest) == 1 else None
    if rest and number is None:
        return None
    if undo:
        return UndoResolution(exception_id=number) if rest or said.thread else None
    return ShowResolution(exception_id=number, here=not rest and said.thread)
