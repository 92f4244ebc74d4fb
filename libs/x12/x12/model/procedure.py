"""What was done: the procedure composite of claims and remittances."""

from x12.model.record import record


@record
class Procedure:
    """A procedure composite: HC for CPT and HCPCS, up to four modifiers, description for unlisted codes."""

    code: str
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    description: str = ""
