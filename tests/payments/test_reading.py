"""From the bytes of an 835 to the facts that are posted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import x12
from common.money import Money
from payments.domain.balancing import imbalances
from payments.domain.remittance import Adjustment, ProviderLevel, Remittance
from payments.operations.reading import Unreadable, cheques

PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))
FIXTURES = [HealthCheck.function_scoped_fixture]


def outcome(content: bytes) -> tuple[tuple[Remittance, ...], str]:
    """What was read, and why nothing was."""
    try:
        return cheques(content), ""
    except Unreadable as refused:
        return (), refused.finding


class TestReading:
    def test_keeps_what_is_posted_and_nothing_of_the_person(self, payer: Any):
        content = payer.interchange(
            payer.cheque(
                "T1", payer.claim("100023-1", "150.00", "84.00", PLAIN, share="21.00"), levels=[("L6", "-2.10")]
            )
        )
        [read] = cheques(content)
        assert (read.trace, read.total, read.payer) == ("T1", Money("86.10"), "1999999999")
        assert (read.paid_on, read.adjudicated_on, read.method) == (date(2026, 11, 20), date(2026, 11, 20), "ACH")
        assert read.provider_level == (ProviderLevel("L6", "", Money("-2.10")),)
        [claim] = read.claims
        assert claim.lines[0].adjustments == (
            Adjustment("CO", "45", Money("45.00")),
            Adjustment("PR", "2", Money("21.00")),
        )
        assert claim.patient_responsibility == Money("21.00")
        assert b"Quill" in content
        assert "Quill" not in repr(read)
        assert "MA1000001" not in repr(read)

    def test_numbers_the_cheques_of_a_file_in_order(self, payer: Any):
        read = cheques(payer.interchange(payer.cheque("T1"), payer.cheque("T2")))
        assert [(each.position, each.trace) for each in read] == [(1, "T1"), (2, "T2")]

    def test_gives_the_code_that_we_billed_when_the_payer_changed_it(self, payer: Any):
        line = x12.ServicePayment(
            paid_procedure=x12.Procedure("99212"),
            original_procedure=x12.Procedure("99213", ("25",)),
            charge=Decimal("90.00"),
            paid=Decimal("90.00"),
        )
        [read] = cheques(payer.interchange(payer.cheque("T1", payer.claim("1-1", "90.00", "90.00", lines=(line,)))))
        found = read.claims[0].lines[0]
        assert (found.procedure, found.modifiers, found.paid_procedure) == ("99213", ("25",), "99212")

    def test_leaves_out_triplets_of_nothing(self, payer: Any):
        claim = payer.claim("1-1", "90.00", "90.00", [("CO", "45", "0")])
        [read] = cheques(payer.interchange(payer.cheque("T1", claim)))
        assert read.claims[0].every_adjustment == ()

    def test_of_a_file_without_a_remittance_is_refused(self, payer: Any):
        other = x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, "AK1*HC*1~AK9*A*1*1*1~")
        with pytest.raises(Unreadable, match="holds no 835") as refused:
            cheques(payer.interchange(other))
        assert refused.value.code == "no-remittance"

    @settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 99_999), st.lists(st.tuples(st.sampled_from(["CO", "PR"]), st.integers(-999, 9_999)))
            ),
            max_size=5,
        )
    )
    def test_of_what_was_written_balanced_finds_it_balanced(self, payer: Any, facts: Any):
        claims = []
        for number, (paid, reasons) in enumerate(facts):
            cas = [(group, "45", str(Decimal(cents) / 100)) for group, cents in reasons]
            charge = Decimal(paid + sum(cents for _, cents in reasons)) / 100
            claims.append(payer.claim(f"{number}-1", str(charge), str(Decimal(paid) / 100), cas))
        [read] = cheques(payer.interchange(payer.cheque("T1", *claims)))
        assert imbalances(read) == ()
        assert [claim.paid.cents for claim in read.claims] == [paid for paid, _ in facts]

    @settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
    @given(st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3)), min_size=1, max_size=4))
    def test_of_a_damaged_file_reads_it_or_refuses_it_and_never_fails_otherwise(self, payer: Any, damage: Any):
        content = payer.interchange(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        for place, junk in damage:
            place %= len(content)
            content = content[:place] + junk + content[place + len(junk) :]
        read, finding = outcome(content)
        assert "Quill" not in finding
        assert bool(read) != bool(finding)


class TestPublicSamples:
    def test_are_read_or_refused_with_a_sentence(self, shared_folder: Path):
        read, refused = 0, 0
        for path in sorted((shared_folder / "samples").rglob("*")):
            content = path.read_bytes() if path.is_file() and path.stat().st_size < 1_000_000 else b""
            if not content.startswith(b"ISA") or b"ST*835" not in content.replace(b"|", b"*"):
                continue
            found, finding = outcome(content)
            assert found or finding.endswith("."), path.name
            read, refused = read + len(found), refused + bool(finding)
        assert read > 0
