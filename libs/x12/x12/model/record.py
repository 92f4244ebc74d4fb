"""Frozen, slotted dataclasses that are cheap to make: a file is read into dozens of them for each claim."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ParamSpec, TypeVar, cast, dataclass_transform, get_origin

T = TypeVar("T")
P = ParamSpec("P")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """`dataclass(frozen=True, slots=True)` whose instances are made at the cost of plain attributes.

    A frozen dataclass assigns each field through `object.__setattr__`, which takes most of the time of
    reading a claim. Here an instance is of a subclass without that guard until its fields are filled, and
    nobody else sees it before. Equality, hash, `repr`, `replace`, copying and pickling are those of the
    dataclass. Raises TypeError for a field with a default factory.
    """
    made = dataclass(frozen=True, slots=True)(cls)
    own = fields(cast(Any, made))
    unguarded = type(
        made.__name__, (made,), {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    )
    names: dict[str, Any] = {"_made": made, "_open": unguarded, "_new": object.__new__, "_set": object.__setattr__}
    parameters: list[str] = []
    for item in own:
        if item.default_factory is not MISSING or not item.init:
            raise TypeError("A record's field has a default factory or is not a parameter")
        if item.default is not MISSING:
            names[f"_default_{item.name}"] = item.default
        parameters.append(item.name if item.default is MISSING else f"{item.name}=_default_{item.name}")
    fill = "".join(f"    _self.{item.name} = {item.name}\n" for item in own) + "    _self.__class__ = _made\n"
    given = ", ".join(parameters)
    # As `dataclasses` itself does: the text holds nothing but the field names of our own classes.
    exec(  # noqa: S102
        f"def __init__(_self, {given}):\n    _set(_self, '__class__', _open)\n{fill}"
        f"def make({given}):\n    _self = _new(_open)\n{fill}    return _self\n",
        names,
    )
    names["__init__"].__qualname__ = f"{made.__qualname__}.__init__"
    type.__setattr__(made, "__init__", names["__init__"])
    _MAKERS[made] = names["make"]
    return made


_MAKERS: dict[Callable[..., Any], Callable[..., Any]] = {}


def maker(cls: Callable[P, T]) -> Callable[P, T]:
    """A function with the parameters of a record that makes one, for code that makes very many.

    Calling a class costs more than calling a function. Raises KeyError when `cls` is no record.
    """
    return _MAKERS[get_origin(cls) or cls]
