"""Lines that cannot be processed as sent (CO-16 with a remark; rulebook 10)."""

from collections.abc import Iterator

from codes.clia import is_valid_clia
from codes.npi import is_valid_npi
from simulator.adjudication.case import Case, Denial
from simulator.adjudication.claim import Line

UNPROCESSABLE = "MA130"


def find(case: Case) -> Iterator[Denial]:
    """The first thing missing is named; MA130 says to send a new claim."""
    for line in case.lines:
        missing = _missing(case, line)
        if missing:
            remark, reason = missing
            yield Denial(line.number, "16", reason, remarks=(remark, UNPROCESSABLE))


def _missing(case: Case, line: Line) -> tuple[str, str] | None:
    if not line.diagnoses:
        return "M76", "the line points at no diagnosis"
    if not is_valid_npi(line.rendering_npi):
        return "N290", "the rendering provider has no valid identifier"
    # Laboratory and pathology lines (8xxxx) need the laboratory's certificate (rulebook 9.1).
    if case.payer.wants_clia and line.cpt.startswith("8") and not is_valid_clia(case.claim.clia_number):
        return "MA120", "a laboratory line without a certificate number"
    return None
