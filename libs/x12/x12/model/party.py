"""Who: names, addresses, contacts and identifiers as NM1/N1, N3, N4, PER, REF and PRV carry them."""

from dataclasses import replace

from x12.model.record import record
from x12.model.segments import Segment

PERSON = "1"
ORGANIZATION = "2"
NPI = "XX"
MEMBER_ID = "MI"
PAYER_ID = "PI"
ELECTRONIC_TRANSMITTER = "46"


@record
class Address:
    """N3 and N4. `line1` and `line2` are empty when only N4 was sent."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    subdivision: str = ""


@record
class Contact:
    """PER: `numbers` are (qualifier, number) pairs, at most three: TE telephone, EX extension, FX fax, EM
    mail, UR.
    """

    function: str = "IC"
    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@record
class Reference:
    """REF01 qualifier, REF02 value, REF03 description (used by 0K policies and few others)."""

    qualifier: str
    value: str
    description: str = ""


@record
class Party:
    """A person or organization in a role; the role itself is the field that holds the party.

    `kind` is NM102 (`PERSON` or `ORGANIZATION`); `name` the last name or organization; `id_qualifier` NM108
    (XX national provider identifier, MI member, PI payer, 46 electronic transmitter, FI tax, SV ...).
    `taxonomy` is PRV03 where the loop has a PRV segment, `provider_role` its PRV01.
    """

    name: str = ""
    kind: str = ORGANIZATION
    first: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    id_qualifier: str = ""
    id: str = ""
    address: Address | None = None
    contacts: tuple[Contact, ...] = ()
    references: tuple[Reference, ...] = ()
    taxonomy: str = ""
    provider_role: str = ""
    extra: tuple[Segment, ...] = ()

    @property
    def npi(self) -> str:
        """The national provider identifier, or the empty string when the party is identified otherwise."""
        return self.id if self.id_qualifier == NPI else ""

    def reference(self, qualifier: str) -> str:
        """The first REF02 with this REF01, or the empty string."""
        return next((item.value for item in self.references if item.qualifier == qualifier), "")

    def without(self, segment: Segment) -> "Party":
        """The party without the first kept segment that equals this one, which some other field holds."""
        extra = list(self.extra)
        extra.remove(segment)
        return replace(self, extra=tuple(extra))
