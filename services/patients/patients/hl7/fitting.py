"""The parts of a message as the register's own models take them, and what does not fit told by its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hl7v2 import Address, Code, Fault, Name, Place

# From the path of a model to the field and the component of the segment.
Places = Mapping[str, tuple[int, int]]
_ADDRESS = ("line1", "line2", "city", "state", "zip")


def _address_at(field: int, path: str = "address") -> Places:
    whole = {f"{path}.{name}": (field, component) for component, name in enumerate(_ADDRESS, 1)}
    return {path: (field, 0)} | whole


def _name_at(field: int, path: str = "name") -> Places:
    return {path: (field, 0), f"{path}.family": (field, 1), f"{path}.given": (field, 2), f"{path}.middle": (field, 3)}


PID: Places = {
    "record_number": (3, 1),
    **_name_at(5),
    "birth_date": (7, 0),
    "sex": (8, 0),
    **_address_at(11),
    "phone": (13, 0),
}
GT1: Places = {**_name_at(3), **_address_at(5), "relationship": (11, 0)}
IN1: Places = {
    "payer_id": (3, 1),
    "group_number": (8, 0),
    "effective_from": (12, 0),
    "effective_to": (13, 0),
    **_name_at(16, "subscriber.name"),
    "relationship": (17, 0),
    "subscriber.birth_date": (18, 0),
    **_address_at(19, "subscriber.address"),
    "priority": (22, 0),
    "member_id": (36, 0),
    "subscriber.sex": (43, 0),
}
_MENDS = {
    "zip": "Send a ZIP code of five or nine digits.",
    "state": "Send the two letters of a state.",
    "birth_date": "Send it as YYYYMMDD.",
    "effective_from": "Send the first day of the coverage as YYYYMMDD.",
    "record_number": "Send letters, digits, blanks, dots, dashes and slashes, two to eighty of them.",
    "payer_id": "Send the id of the payer as the practice has it.",
    "member_id": "Send the number on the card.",
    "relationship": "Send a code of table 0063.",
    "priority": "Send 1 for the coverage that pays first, up to 9.",
}

M = TypeVar("M", bound=BaseModel)
P = TypeVar("P", Name, Address)


def fitted(model: type[M], facts: Mapping[str, Any], places: Places, at: Place, faults: list[Fault]) -> M | None:
    """The facts as the model of the REST route, or None with a fault for each that does not fit."""
    try:
        return model.model_validate(_without_nothing(facts))
    except ValidationError as fault:
        faults.extend(_fault(error["loc"], error["type"], places, at) for error in fault.errors(include_input=False))
        return None


def chosen_name(names: Sequence[Name]) -> Name | None:
    """Of the names that have a family and a given name the legal one, else the first; else the first of all."""
    whole = [name for name in names if name.family and name.given]
    return _preferred(whole, "L") or next(iter(names), None)


def chosen_address(addresses: Sequence[Address]) -> Address | None:
    """Of the addresses to which a letter can go the home, else the first; else the first of all."""
    whole = [each for each in addresses if each.line1 and each.city and each.state and each.zip]
    return _preferred(whole, "H") or next(iter(addresses), None)


def _preferred(items: Sequence[P], kind: str) -> P | None:
    return next((item for item in items if (item.kind or "").upper() == kind), next(iter(items), None))


def name_of(name: Name) -> dict[str, str | None]:
    return {"family": name.family or None, "given": name.given or None, "middle": name.middle or None}


def address_of(address: Address) -> dict[str, str | None]:
    zip_code = "".join(character for character in address.zip or "" if character not in "- ")
    return {
        "line1": address.line1 or None,
        "line2": address.line2 or None,
        "city": address.city or None,
        "state": (address.state or "").upper() or None,
        "zip": zip_code or None,
    }


def digits(phone: str | None) -> str | None:
    """The last ten digits of a telephone number; the empty string, HL7's null, stays; fewer digits are not kept."""
    if phone is None or phone == "":
        return phone
    found = "".join(character for character in phone if character in "0123456789")
    return found[-10:] if len(found) >= 10 else None


def _without_nothing(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nothing(value) if isinstance(value, Mapping) else value
        for name, value in facts.items()
        if value is not None
    }


def _fault(location: tuple[int | str, ...], kind: str, places: Places, at: Place) -> Fault:
    path = ".".join(str(part) for part in location)
    field, component = places.get(path, (0, 0))
    missing = kind == "missing"
    place = Place(at.segment, at.sequence, field, 1 if component else 0, component)
    says = "It is needed." if missing else "It is not what the register can keep."
    mend = _MENDS.get(str(location[-1]), "Send it." if missing else "Send it without * : ~ ^ | and shorter.")
    return Fault(Code.REQUIRED_FIELD_MISSING if missing else Code.DATA_TYPE, place, says, mend)
