"""MSH and EVN: what the message is, who sent it, and what answer it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from hl7v2.fields import Moment


@dataclass(frozen=True, slots=True)
class System:
    """An application or a facility (data type HD): its name here, and its universal id."""

    name: str = ""
    universal_id: str = ""
    universal_type: str = ""


# repr=False: `security` is a secret that the sender and the receiver share.
@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """MSH. `accept_ack` and `application_ack` are MSH-15 and MSH-16; both empty is the original mode."""

    sending_application: System
    sending_facility: System
    receiving_application: System
    receiving_facility: System
    security: str
    message_code: str
    trigger: str
    control_id: str
    processing_id: str
    version: str
    accept_ack: str
    application_ack: str
    sent: Moment | None = None

    @property
    def kind(self) -> str:
        """`ADT^A04`."""
        return f"{self.message_code}^{self.trigger}"

    @property
    def enhanced(self) -> bool:
        """Whether the sender chose which acknowledgements it wants (chapter 2, 2.9.3)."""
        return bool(self.accept_ack or self.application_ack)
