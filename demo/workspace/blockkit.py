"""Says which blocks Slack would refuse on which surface, and why.

It must not change or store blocks.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from demo.workspace.blockkit_blocks import BLOCKS_OF
from demo.workspace.blockkit_rules import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from demo.workspace.shapes import Json

Surface = Literal["message", "modal", "home"]
__all__ = [
    "MESSAGE_CHARACTERS",
    "Fault",
    "Surface",
    "faults",
    "interactive_elements",
    "text_length",
]

MESSAGE_CHARACTERS = 12_000
_MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
_ONCE = {"table": 1, "data_visualization": 2}
_SHOWN = ("text", "title", "alt_text", "label", "hint", "caption")


def faults(blocks: object, surface: Surface, pointer: str = "/blocks") -> list[Fault]:
    """Return what Slack would refuse, in reading order; an empty list means that the blocks pass.

    Args:
        blocks: the parsed value of `blocks`.
        surface: `message`, `modal` or `home`.
        pointer: JSON pointer of the list itself.
    """
    if not isinstance(blocks, list):
        return [Fault(pointer=pointer, message="must be an array", code="invalid_blocks_format")]
    found: list[Fault] = []
    if len(blocks) > _MOST_BLOCKS[surface]:
        found.append(
            Fault(pointer=pointer, message=f"no more than {_MOST_BLOCKS[surface]} items allowed")
        )
    for index, block in enumerate(blocks):
        found += BLOCKS_OF[surface].check(block, f"{pointer}/{index}")
    if not found:
        found += _across(blocks, surface, pointer)
    return found


def text_length(blocks: object) -> int:
    """Return how many characters of the blocks people read."""
    if isinstance(blocks, list):
        return sum(text_length(item) for item in blocks)
    if not isinstance(blocks, dict):
        return 0
    own = sum(
        len(value) for name, value in blocks.items() if name in _SHOWN and isinstance(value, str)
    )
    return own + sum(text_length(value) for value in blocks.values())


def interactive_elements(block: Json) -> list[Json]:
    """Return the elements of a block that can carry an action id."""
    found = (
        [*block.get("elements", [])] if block.get("type") in {"actions", "context_actions"} else []
    )
    found += [block[name] for name in ("accessory", "element") if isinstance(block.get(name), dict)]
    return [element for element in found if element.get("type") != "image"]


def _across(blocks: Sequence[Json], surface: Surface, pointer: str) -> Iterator[Fault]:
    yield from _repeated_ids(blocks, pointer)
    yield from _unknown_initial(blocks, pointer)
    kinds = Counter(block["type"] for block in blocks)
    for kind, most in _ONCE.items():
        if kinds[kind] > most:
            yield Fault(
                pointer=pointer, message=f"only {most} {kind} allowed", code=_too_many(kind)
            )
    if surface == "message" and text_length(list(blocks)) > MESSAGE_CHARACTERS:
        yield Fault(pointer=pointer, message="msg_blocks_too_long", code="msg_blocks_too_long")
    focused = [element for _, element in _elements(blocks, pointer) if element.get("focus_on_load")]
    if len(focused) > 1:
        yield Fault(pointer=pointer, message="only one element may have `focus_on_load`")


def _too_many(kind: str) -> str:
    return "only_one_table_allowed" if kind == "table" else "invalid_blocks"


def _elements(blocks: Sequence[Json], pointer: str) -> Iterator[tuple[str, Json]]:
    for index, block in enumerate(blocks):
        for element in interactive_elements(block):
            yield f"{pointer}/{index}", element


def _repeated_ids(blocks: Sequence[Json], pointer: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield Fault(
                pointer=f"{pointer}/{index}/block_id",
                message=f"`block_id` already exists: {block_id}",
            )
        if block_id:
            seen.add(block_id)
        names = Counter(
            element["action_id"]
            for element in interactive_elements(block)
            if "action_id" in element
        )
        for name, times in names.items():
            if times > 1:
                yield Fault(
                    pointer=f"{pointer}/{index}", message=f"`action_id` already exists: {name}"
                )


def _unknown_initial(blocks: Sequence[Json], pointer: str) -> Iterator[Fault]:
    for place, element in _elements(blocks, pointer):
        if "options" not in element and "option_groups" not in element:
            continue
        groups = element.get("option_groups", [])
        options = [
            *element.get("options", []),
            *(option for group in groups for option in group["options"]),
        ]
        first = element.get("initial_option")
        for chosen in [*([first] if first else []), *element.get("initial_options", [])]:
            if chosen not in options:
                yield Fault(pointer=place, message="initial option is not one of the options")
