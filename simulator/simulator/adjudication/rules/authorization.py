"""Services on the payer's list that were not authorized (CO-197; rulebook 7.4)."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial


def find(case: Case) -> Iterator[Denial]:
    """An entry of the list is a code or the beginning of codes."""
    known = case.member.authorizations
    for line in case.lines:
        number = case.claim.authorization_of(line)
        authorized = bool(number) and (known is None or number in known)
        if not authorized and line.cpt.startswith(case.payer.authorization_cpts or ("none",)):
            reason = "the authorization number is not ours" if number else "no authorization number"
            yield Denial(line.number, "197", reason)
