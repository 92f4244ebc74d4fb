"""Names brought to one spelling, so that the lists that agencies write can be held against a register.

The key of a name has no case, accents, blanks, hyphens, apostrophes or other marks, and no JR, SR, II, III or IV at
its end. Two names with the same key may be one person's; that they are takes more than a name.
"""

from __future__ import annotations

import re
import unicodedata

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_BETWEEN = re.compile(r"[\W_]+")


def name_key(text: str) -> str:
    """The key of a family, given or middle name; empty for a text without a letter or digit."""
    words = [word for word in _BETWEEN.split(_folded(text)) if word]
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    return "".join(words)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in text.translate(_PLAIN) if not unicodedata.category(sign).startswith("M"))
