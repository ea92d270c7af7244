"""Makes plain sentences of a model's text: no mention, link, code or decoration survives.

Must not judge what they say: claims.py does. A sentence that carries a trick goes as a whole.
"""

import html
import re
import unicodedata

from policies.claim_words import TRICKS

_FENCE = re.compile(r"(```|~~~).*?(?:\1|\Z)", re.DOTALL)
_HTML_BLOCK = re.compile(
    r"<(script|style|svg|iframe|object)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*+•]\s+|\d{1,2}[.)]\s+|>+\s*|\|)+", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|~{1,2})(?=\S)(.+?)(?<=\S)\1")
_HOSTILE = re.compile(
    r"[<>`{}\\|*~]|__|@\w|@\s|"
    r"\]\s*\(|!\[|\[\[|\]\]|"
    r"(?:https?|ftp|file|javascript|data|mailto|tel|slack|vbscript)\s*:|//|\bwww\.|"
    r"\b[\w-]+\.(?:com|net|org|io|dev|app|co|ru|cn|info|biz|xyz|link|zip|sh|exe|top|site|me)\b|"
    r"\b[\w.+-]+ ?(?:@|\(at\)|\[at\]) ?[\w-]+\b|"
    r"\b[A-Za-z0-9+/]{40,}={0,2}|:[a-z_+-]{2,30}:|\bhxxps?\b",
    re.IGNORECASE,
)
_TRICK = re.compile(rf"\b(?:{TRICKS})", re.IGNORECASE)
_SPLIT = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")
_ABBREVIATED = re.compile(
    r"\b(?:e\.g|i\.e|approx|no|vs|etc|incl|min|max|st|mr|mrs|dr|ca)\.$", re.IGNORECASE
)
_MOST_CHARACTERS, _LONGEST = 6000, 400
_UNESCAPES = 3


def sentences(text: str) -> list[str]:
    """The plain sentences of a text, those with a trick left out."""
    plain = _undecorated(text[:_MOST_CHARACTERS])
    return [one for one in _split(plain) if one and not is_hostile(one)]


def is_hostile(sentence: str) -> bool:
    """Whether it carries markup, a mention, a link or code, tries to steer somebody, or rambles."""
    if len(sentence) > _LONGEST or any(_is_odd(mark) for mark in sentence):
        return True
    return bool(_HOSTILE.search(sentence) or _TRICK.search(sentence))


def _undecorated(text: str) -> str:
    for _ in range(_UNESCAPES):
        text = html.unescape(text)
    text = unicodedata.normalize("NFKC", text)
    text = "".join(mark for mark in text if mark == "\n" or not _is_hidden(mark))
    text = _HTML_BLOCK.sub(" ", _FENCE.sub(" ", text))
    text = _LINE_MARK.sub("", text)
    for _ in range(_UNESCAPES):
        text = _EMPHASIS.sub(r"\2", text)
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


def _is_hidden(mark: str) -> bool:
    """Control and format characters: invisible, or they turn the text around."""
    return unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Co", "Cn") and mark not in "\t\r"


def _is_odd(mark: str) -> bool:
    """Letters and digits of other scripts can look like ours; pictures are no words."""
    category = unicodedata.category(mark)
    if category in ("So", "Sk"):
        return True
    if category[0] in "LN" and not mark.isascii():
        return not unicodedata.name(mark, "").startswith("LATIN")
    return category[0] == "M"


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for part in _SPLIT.split(text):
        if parts and _ABBREVIATED.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part.strip()}"
        else:
            parts.append(part.strip())
    return parts
