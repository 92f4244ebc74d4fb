"""Rules that a test set for the payer."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial


def find(case: Case) -> Iterator[Denial]:
    """The first override that matches a line denies it."""
    for line in case.lines:
        for rule in case.payer.overrides:
            if rule.matches(case.claim, line):
                yield Denial(line.number, rule.carc, "a rule set for this payer", rule.group, rule.remarks)
                break
