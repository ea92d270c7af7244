"""The door for files that people share with E2A: which words do what with which kind of file.

Must not read what is in a file: the task does. A file without such a word is only looked at by
Slack, and a word that needs another kind of file says so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.blocks import notices
from handlers.slack.asker import Reply
from handlers.slack.bills import audit_files
from handlers.slack.desk import Desk
from handlers.slack.file_intents import WithFiles
from handlers.slack.intents import Incomplete, Intent
from handlers.slack.learning import learn_files
from handlers.slack.words import tidy
from jobs.ports.files import MOST_BYTES, FileRefusedError, Received, SharedFile
from policies.file_kinds import FileKind, kind_of

Outcome = tuple[Reply, str]
Does = Callable[[Desk, Sequence[Received], Sequence[str]], Awaitable[Outcome]]
_MOST_FILES = 5
_HOSTED = frozenset({"hosted", "snippet"})
"""Modes in which Slack itself has the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTask:
    """What is done with files that come with a word.

    `verb` is what permission is asked for, `kinds` are the files that it can use, `usage` is an
    example, `does` gets the files and the words behind the first one.
    """

    verb: str
    kinds: frozenset[FileKind]
    usage: str
    does: Does
    most_bytes: int = MOST_BYTES


TASKS: Mapping[str, FileTask] = {
    "learn": FileTask(
        verb="learn",
        kinds=frozenset({FileKind.MARKDOWN, FileKind.TEXT, FileKind.TABLE, FileKind.PDF}),
        usage="learn for Acme",
        does=learn_files,
    ),
    "audit": FileTask(
        verb="audit",
        kinds=frozenset({FileKind.TABLE, FileKind.SHEET, FileKind.TEXT}),
        usage="audit ups for Acme",
        does=audit_files,
    ),
}
"""By the first word of the message that brings the file."""


def files_of(event: Mapping[str, Any]) -> tuple[SharedFile, ...]:
    """The files that came with a message; what Slack does not have itself has no address."""
    files = event.get("files")
    return tuple(_file(one) for one in files if isinstance(one, Mapping)) if files else ()


def parse_with_files(text: str, files: Sequence[SharedFile]) -> Intent | None:
    """What is wanted of these files; None where the words are no matter of theirs."""
    first, *rest = tidy(text, talk=True).split(" ")
    word = first.lower().strip(",:.!?`\"'")
    task = TASKS.get(word)
    if task is not None and len(files) > _MOST_FILES:
        return Incomplete(why=f"At most {_MOST_FILES} files at once, please. Nothing was read.")
    if task is not None:
        return WithFiles(task=word, verb=task.verb, files=tuple(files), words=tuple(rest))
    if word:
        return None
    said = ", or ".join(one.usage for one in TASKS.values())
    return Incomplete(why=f"Say with the file what to do with it: {said}. Nothing was read.")


async def handle_files(intent: WithFiles, desk: Desk) -> Outcome:
    """Fetches the files and hands them to the task; nothing is done where one cannot be used."""
    task = TASKS[intent.task]
    received = []
    for file in intent.files:
        try:
            content = await desk.services.downloads.fetch(file, most_bytes=task.most_bytes)
        except FileRefusedError as error:
            return _refused(str(error))
        kind = kind_of(file.name, content)
        if kind not in task.kinds:
            known = ", ".join(sorted(task.kinds))
            return _refused(f"{file.name[:80]} is {kind}; {intent.task} takes {known}.")
        received.append(Received(file=file, kind=kind, content=content))
    return await task.does(desk, received, intent.words)


def _refused(why: str) -> Outcome:
    text = f"{why.rstrip('.')}. Nothing was changed."
    return Reply(message=notices.told(text), private=True), "impossible"


def _file(said: Mapping[str, Any]) -> SharedFile:
    here = said.get("mode") in _HOSTED and not said.get("is_external")
    url = said.get("url_private_download") or said.get("url_private")
    size = said.get("size")
    return SharedFile(
        id=str(said.get("id") or ""),
        name=str(said.get("name") or said.get("title") or "file"),
        size=size if isinstance(size, int) else 0,
        url=str(url) if here and url else None,
    )
