"""`dermbill audit` on a real day: a clean one gives nothing, and whatever is put wrong afterwards is found."""

from __future__ import annotations

from typing import Any


class TestACleanDay:
    def test_gives_no_violation(self, day: Any) -> None:
        assert [str(each) for check in day.audited.checks for each in check.violations] == []
        assert day.audited.settled

    def test_is_not_clean_for_being_empty(self, day: Any) -> None:
        totals = day.audited.totals
        assert (totals.encounters, totals.claims) == (6, 5)
        assert totals.charged == totals.paid + totals.adjusted + totals.patient + totals.open > 0
        assert totals.paid > 0
        assert totals.open > 0
        assert totals.events > 30
