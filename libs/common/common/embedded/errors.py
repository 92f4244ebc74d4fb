"""What can go wrong on the machine itself, said in one sentence."""

from collections.abc import Sequence


class StackError(Exception):
    """The machine cannot give the stack what it needs.

    `str()` is one sentence a newcomer can act on; `last_lines` are the end of the log of a process that died.
    """

    def __init__(self, sentence: str, *, last_lines: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.last_lines = tuple(last_lines)
