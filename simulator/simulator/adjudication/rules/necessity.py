"""Services that the diagnosis does not justify under the payer's policy (CO-50; rulebook 7.1)."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial


def find(case: Case) -> Iterator[Denial]:
    """One diagnosis outside the excluded ones is enough to cover the line."""
    for line in case.lines:
        for policy in case.payer.necessity:
            excluded = tuple(code.replace(".", "") for code in policy.excluded)
            if line.cpt in policy.cpts and all(code.startswith(excluded) for code in line.diagnoses):
                reason = f"policy: {line.cpt} is cosmetic for every diagnosis pointed at"
                yield Denial(line.number, "50", reason, remarks=policy.remarks)
                break
