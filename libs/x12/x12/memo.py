"""What has been read before, kept in a bound: files say the same codes, amounts, dates and providers over and over."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_LONGEST = 400


class Memo(dict[str, T]):
    """`memo[text]` is `make(text)`, remembered for at most `most` texts; errors are not remembered."""

    def __init__(self, make: Callable[[str], T], most: int = 4_096) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, text: str) -> T:
        made = self._make(text)
        if len(text) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[text] = made
        return made
