"""Coverage not in force on the day of service (CARC 26 before it began, 27 after it ended; rulebook 10)."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial


def find(case: Case) -> Iterator[Denial]:
    for line in case.lines:
        if case.member.covered_on(line.service_on):
            continue
        if line.service_on < case.member.effective_from:
            yield Denial(line.number, "26", "the coverage had not begun")
        else:
            yield Denial(line.number, "27", "the coverage had ended")
