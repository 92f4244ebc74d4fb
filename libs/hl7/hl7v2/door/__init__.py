"""HL7 v2 as a door of a service: over MLLP and over HTTP, to the same handlers.

    INTAKE = Intake("patients:write", {"ADT^A04": adt.register, ...})
    Service(..., routers=(..., router(INTAKE)), doors=(listener(INTAKE),), bodies={..., PATH: BODY})

The service's settings are an `Hl7Settings`.
"""

from hl7v2.door.intake import Handler, Intake
from hl7v2.door.listener import listener
from hl7v2.door.route import BODY, PATH, router
from hl7v2.door.senders import Sender
from hl7v2.door.settings import Hl7Settings

__all__ = ["BODY", "PATH", "Handler", "Hl7Settings", "Intake", "Sender", "listener", "router"]
