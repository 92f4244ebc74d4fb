"""Protected health information as a value that does not speak: it has to be asked for by name.

Names, birth dates, addresses and numbers of people are `Phi` from the door they come in by to the sealed column or the
answer that they leave by. Printing, formatting, logging, pickling or serializing one gives nothing away, so forgetting
is safe and revealing is a word that a reviewer can search for. Pure: a domain may hold them (docs/adr/0009).
"""

from __future__ import annotations

from typing import Any, Generic, NoReturn, TypeVar, cast, get_args

T = TypeVar("T")

WITHHELD = "[withheld]"


class Sealing:
    """The context under which pydantic may write what is inside; only `common.vault` uses it."""


class Phi(Generic[T]):
    """A value about a person. Equal to another with an equal value, and hashable when the value is."""

    __slots__ = ("_value",)
    _value: T

    def __init__(self, value: T) -> None:
        object.__setattr__(self, "_value", value)

    def reveal(self) -> T:
        """The value itself, for an answer to somebody authorised, a sealed column, or a rule that looks at it."""
        return self._value

    def __repr__(self) -> str:
        return WITHHELD

    def __str__(self) -> str:
        return WITHHELD

    def __format__(self, form: str) -> str:
        return WITHHELD

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phi) and self._value == cast(Phi[Any], other)._value

    def __hash__(self) -> int:
        return hash((Phi, self._value))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("protected health information is not changed in place")

    def __copy__(self) -> Phi[T]:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Phi[T]:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("protected health information is not pickled")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read as the value inside; written only under `Sealing`, so that no answer holds it by accident."""
        from pydantic_core import core_schema

        inner = handler.generate_schema(*get_args(source))
        written = core_schema.wrap_serializer_function_ser_schema(_written, info_arg=True, schema=inner)
        return core_schema.no_info_after_validator_function(cls, inner, serialization=written)


def _written(value: Phi[Any], write: Any, info: Any) -> Any:
    if not isinstance(info.context, Sealing):
        raise TypeError("protected health information is serialized by a vault, or revealed for an answer")
    return write(value.reveal())
