"""pyx12, a validator by other hands, accepts what the simulator puts into mailboxes, where it has maps for it."""

import pytest


@pytest.fixture
def busy_month(simulation, clinic):
    """Payments, denials, a reversal with its correction, a void and a debt carried forward, from all three payers."""
    simulation.begin(deductible_remaining="60", coinsurance="0.20", copay="25")
    number = 0
    for payer in ("MERIDIAN", "CASCADIA", "TIDEWATER"):
        services = (("99213", "200", {"modifiers": ("25",)}), ("17000", "150"), ("17003", "90", {"units": 3}))
        first = [
            clinic.claim(f"{payer[0]}1", payer, *services),
            clinic.claim(f"{payer[0]}2", payer, ("17003", "90")),
            clinic.claim(f"{payer[0]}3", payer, *services),
            clinic.claim(f"{payer[0]}4", payer, ("17311", "2000")),
        ]
        number += 1
        simulation.submit(clinic.file(number, *first))
    simulation.pass_days(20)
    for payer in ("MERIDIAN", "CASCADIA", "TIDEWATER"):
        corrected, voided = (
            clinic.claim(
                f"{payer[0]}{place}9", payer, ("17000", "150"),
                frequency=frequency,
                original_reference=simulation.truth(f"{payer[0]}{place}")["payer_claim_number"],
            )
            for place, frequency in (("1", "7"), ("4", "8"))
        )  # fmt: skip
        number += 1
        simulation.submit(clinic.file(number, corrected, voided))
    simulation.pass_days(30)
    return simulation


def test_every_remittance_is_accepted(busy_month, complaints):
    remittances = busy_month.files("835")
    statuses = {claim.status for claim in busy_month.payments()}
    assert statuses == {"1", "4", "22"}
    assert any(advice.provider_adjustments for advice in busy_month.advices())
    assert [complaints(file) for file in remittances] == [""] * len(remittances)


def test_every_999_is_accepted(busy_month, clinic, complaints):
    broken = clinic.file(99, clinic.claim("X1", "MERIDIAN", ("99213", "200")))
    busy_month.submit(broken.replace(b"*11:B:1*Y*", b"*11:B:1*Q*"))
    answers = busy_month.files("999")
    assert [complaints(file) for file in answers] == [""] * len(answers)


def test_what_the_clinic_of_these_tests_sends_is_accepted(clinic, complaints):
    assert complaints(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200")))) == ""
