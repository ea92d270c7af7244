"""Cuts a text into spans of 120 to 180 words at the ends of blocks and sentences.

Spans are places in the text, so that what is cut out is verbatim and has line numbers. Must not
know what kind of text it is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_WORDS = 160
"""An embedding model reads about 256 tokens and ignores the rest: 160 words and a heading fit."""
_LETTERS_A_WORD = 7
"""Codes and addresses are few words of many tokens: so many letters count as a word."""
_EMPTY = re.compile(r"\n[ \t]*\n")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n(?=\s*(?:[-*+•|]|\d+[.)])\s)")


@dataclass(frozen=True, slots=True)
class Span:
    """From one character of a text up to another one, which is not in it."""

    start: int
    end: int


def size(text: str) -> int:
    """How much of the model's attention a text takes, in words."""
    return max(len(text.split()), len(text) // _LETTERS_A_WORD)


def cut(text: str, span: Span, most: int = MOST_WORDS) -> list[Span]:
    """The span in pieces of at most `most` words and of about the same size.

    A piece ends with a block where it can, else with a sentence, else with a word.
    """
    whole = size(text[span.start : span.end])
    if whole <= most:
        kept = _stripped(text, span)
        return [kept] if kept.start < kept.end else []
    pieces = [piece for block in _blocks(text, span) for piece in _fitting(text, block, most)]
    wanted = whole / -(-whole // most)
    return _packed(text, pieces, most, wanted)


def _packed(text: str, pieces: Sequence[Span], most: int, wanted: float) -> list[Span]:
    """Neighbours together until about the wanted size is reached."""
    packed: list[Span] = []
    for piece in pieces:
        if packed:
            last = packed[-1]
            both = size(text[last.start : piece.end])
            if both <= most and size(text[last.start : last.end]) < 0.8 * wanted:
                packed[-1] = Span(last.start, piece.end)
                continue
        packed.append(piece)
    return packed


def _blocks(text: str, span: Span) -> Iterator[Span]:
    """What stands between empty lines."""
    ends = [found.end() for found in _EMPTY.finditer(text, span.start, span.end)]
    for start, end in pairwise([span.start, *ends, span.end]):
        block = _stripped(text, Span(start, end))
        if block.start < block.end:
            yield block


def _fitting(text: str, block: Span, most: int) -> Iterator[Span]:
    """A block whole, or its sentences, or pieces of those."""
    if size(text[block.start : block.end]) <= most:
        yield block
        return
    ends = [found.end() for found in _SENTENCE.finditer(text, block.start, block.end)]
    for start, end in pairwise([block.start, *ends, block.end]):
        sentence = _stripped(text, Span(start, end))
        if size(text[sentence.start : sentence.end]) <= most:
            yield sentence
        else:
            yield from _by_words(text, sentence, most)


def _by_words(text: str, span: Span, most: int) -> Iterator[Span]:
    """A sentence without end, after so many words or letters."""
    start = end = span.start
    words = 0
    for word in re.finditer(rf"\S{{1,{most * _LETTERS_A_WORD}}}", text[span.start : span.end]):
        reach, words = span.start + word.end(), words + 1
        if start < end and max(words, (reach - start) // _LETTERS_A_WORD) > most:
            yield Span(start, end)
            start, words = span.start + word.start(), 1
        end = reach
    if start < end:
        yield Span(start, end)


def _stripped(text: str, span: Span) -> Span:
    inner = text[span.start : span.end]
    left = len(inner) - len(inner.lstrip())
    return Span(span.start + left, max(span.start + left, span.start + len(inner.rstrip())))


class Lines:
    """Tells the line of a character.

    Args:
        text: the text whose lines are counted.
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._end = len(text)

    def of(self, span: Span) -> tuple[int, int]:
        """The first and the last line of a span, counted from 1."""
        last = max(span.start, span.end - 1)
        return bisect_right(self._starts, span.start), bisect_right(self._starts, last)

    def start(self, line: int) -> int:
        """The first character of a line, counted from 1; past the end it is the end's."""
        return self._starts[line - 1] if line <= len(self._starts) else self._end
