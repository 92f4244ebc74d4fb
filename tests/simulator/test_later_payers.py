"""A second payer reads what the first decided from the claim (loops 2320 and 2430), and partners ask for more."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

import x12


def secondary(clinic, **changes):
    """One visit for $200 of which the first payer paid 60.00 and left 28.95 to the patient."""
    first = x12.OtherCoverage(
        "P",
        x12.Party("DOE", "1", "JANE", id_qualifier="MI", id="FIRST0001"),
        x12.Party("FIRST HEALTH", id_qualifier="PI", id="FIRSTHEALTH"),
        filing_code="CI",
        paid=Decimal(60),
    )
    decided = x12.LineAdjudication(
        "FIRSTHEALTH",
        Decimal(60),
        x12.Procedure("99213"),
        Decimal(1),
        (
            x12.Adjustment("CO", "45", Decimal("111.05")),
            x12.Adjustment("PR", "1", Decimal(20)),
            x12.Adjustment("PR", "2", Decimal("8.95")),
        ),
        date(2026, 3, 3),
    )
    plain = clinic.claim("SEC1", "MERIDIAN", ("99213", "200"))
    return replace(
        plain,
        subscriber=replace(plain.subscriber, responsibility="S"),
        lines=tuple(replace(line, adjudications=(decided,)) for line in plain.lines),
        other_coverages=(first,),
        **changes,
    )


def test_the_second_payer_pays_what_the_first_left_to_the_patient(simulation, clinic):
    file = clinic.file(1, secondary(clinic))
    assert [finding for finding in x12.validate(file) if finding.severity == "error"] == []
    simulation.submit(file)
    simulation.pass_days(9)
    (payment,) = simulation.payments()
    assert (payment.status, payment.paid) == ("2", Decimal("28.95"))
    (line,) = payment.services
    assert [(one.group, one.reason, one.amount) for one in line.adjustments] == [("OA", "23", Decimal("171.05"))]
    (posting,) = simulation.truth("SEC1")["postings"]
    assert (posting["prior_payer"], posting["paid"]) == ("171.05", "28.95")


def test_the_first_payer_refuses_when_it_knows_of_another_before_it(simulation, clinic):
    simulation.begin(other_payer_first=True)
    simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200"))))
    simulation.pass_days(9)
    (payment,) = simulation.payments()
    assert [(one.group, one.reason) for one in payment.services[0].adjustments] == [("CO", "22")]


@pytest.mark.parametrize(
    ("reference", "field", "status"), [("G1", "prior_authorization", "252"), ("9F", "referral_number", "48")]
)
def test_a_payer_rejects_claims_without_the_reference_it_requires(simulation, clinic, reference, field, status):
    simulation.ask("PATCH", "/payers/MERIDIAN", {"required_references": [reference]})
    with_it = clinic.claim("C1", "MERIDIAN", ("99213", "200"), **{field: "AUTH1"})
    simulation.submit(clinic.file(1, with_it, clinic.claim("C2", "MERIDIAN", ("99214", "300"))))
    simulation.pass_days(9)
    said = {
        name: [one.reports[0].statuses[0] for one in simulation.claim_acks() if one.control_number == name][-1]
        for name in ("C1", "C2")
    }
    assert (said["C1"].category, said["C2"].category, said["C2"].code) == ("A2", "A6", status)
    simulation.ask("PATCH", "/payers/MERIDIAN", {"required_references": []})


def test_a_payer_bounds_the_claims_of_a_cheque_and_the_cheques_of_a_file(simulation, clinic):
    simulation.ask("PATCH", "/payers/MERIDIAN", {"claims_per_cheque": 2, "cheques_per_file": 2})
    claims = [clinic.claim(f"C{number}", "MERIDIAN", ("99213", f"20{number}")) for number in range(7)]
    simulation.submit(clinic.file(1, *claims))
    simulation.pass_days(9)
    files = [list(x12.read_remittance_advices(file)) for file in simulation.files("835")]
    assert [len(cheques) for cheques in files] == [2, 2]
    assert [len(cheque.value.claims) for cheques in files for cheque in cheques] == [2, 2, 2, 1]
    simulation.ask("PATCH", "/payers/MERIDIAN", {"claims_per_cheque": 10_000, "cheques_per_file": 100})


def test_the_payer_remembers_a_surgery_on_another_claim(simulation, clinic):
    day = {"on": date(2026, 3, 8)}
    simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("11603", "900"), diagnoses=("C44519",))))
    simulation.pass_days(9)
    simulation.submit(clinic.file(2, clinic.claim("C2", "MERIDIAN", ("99213", "200", day))))
    simulation.pass_days(9)
    visit = simulation.payments()[-1].services[0]
    assert ([one.reason for one in visit.adjustments], visit.remarks) == (["97"], ("N525",))
