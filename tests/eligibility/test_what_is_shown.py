"""Which facts of the benefit model are shown for which answer: public samples, simulated payers, and every EB01."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from codes.eligibility import INFORMATION
from eligibility.domain import attention
from eligibility.domain.heard import BenefitLine, Heard
from eligibility.domain.picture import Kind, Network, Picture, picture
from eligibility.operations import hearing

DAY = date(2026, 3, 4)


def _figure(kind: Kind, *, left: bool = False) -> Callable[[Picture], bool]:
    def shown(told: Picture) -> bool:
        figures = [figure.benefit for service in told.services for figure in service.figures]
        return any(one.kind is kind and (one.remaining or not left) for one in figures)

    return shown


def _network(told: Picture) -> bool:
    networks = {figure.benefit.network for service in told.services for figure in service.figures}
    return bool(networks & {Network.IN, Network.OUT, Network.BOTH})


FACTS: Mapping[str, Callable[[Picture], bool]] = {
    "standing": lambda told: told.held.standing.value != "not_said",
    "plan": lambda told: bool(told.plans),
    "network": _network,
    "deductible": _figure(Kind.DEDUCTIBLE),
    "deductible left": _figure(Kind.DEDUCTIBLE, left=True),
    "out of pocket left": _figure(Kind.OUT_OF_POCKET, left=True),
    "copay": _figure(Kind.COPAY),
    "coinsurance": _figure(Kind.COINSURANCE),
    "limit": _figure(Kind.LIMIT),
    "authorization": lambda told: any(one.authorization.answer != "not_said" for one in told.services),
    "referral": lambda told: any(one.referral.answer != "not_said" for one in told.services),
    "referral likely": lambda told: bool(told.referral_likely),
    "primary care": lambda told: bool(told.care_providers),
    "other payer": lambda told: bool(told.other_payers),
    "excluded": lambda told: any(one.not_covered for one in told.services),
    "several services": lambda told: len(told.services) > 1,
}
USUAL = {"standing", "plan", "network", "copay", "primary care", "referral likely", "several services"}
X279 = "X279 HB271 Health Care Eligibility Benefit Inquiry and Response/pass"

# Facts and AAA03 of each public 271; None where it cannot be read without loss.
SAMPLES: Mapping[str, tuple[set[str], set[str]] | None] = {
    "demo-file/demo.271": (USUAL, set()),
    "271_005010X279A1/dependent-health-benefit-check.271": (USUAL, set()),
    "271_005010X279A1/subscriber-health-benefit-check-error.271": None,
    "x270_271/x271.txt": None,
    f"{X279}/response-to-generic-request-by-clinic-for-patient-(subscriber)-eligibility.edi": (USUAL, set()),
    f"{X279}/response-to-generic-request-by-physician-for-patient-(dependent)-eligibility.edi": (USUAL, set()),
    "pass/error-response-from-payer-to-clinic-not-eligible-for-inquiries-with-payer.edi": (set(), {"50"}),
}


class TestAPublicSample:
    @pytest.mark.parametrize("name", sorted(SAMPLES))
    def test_shows_what_it_says(self, name: str, samples: Path) -> None:
        [path] = [path for path in samples.rglob(Path(name).name) if str(path).endswith(name)]
        expected = SAMPLES[name]
        if expected is None:
            with pytest.raises(hearing.CannotHear):
                hearing.answers_in(path.read_bytes())
            return
        [answer] = hearing.answers_in(path.read_bytes())
        said = hearing.heard(answer)
        told = picture(said, DAY)
        assert {fact for fact, shown in FACTS.items() if shown(told)} == expected[0]
        assert {one.reason for one in said.turned_away} == expected[1]
        for one in said.turned_away:
            words = attention.notice(f"aaa-{one.reason}")
            assert words.cause
            assert words.next_step


LINES: Mapping[str, dict[str, Any]] = {
    "network": {"code": "B", "services": ["98"], "period": "27", "amount": "60", "network": "N"},
    "deductible": {"code": "C", "level": "FAM", "period": "23", "amount": "3000", "network": "Y"},
    "out of pocket left": {"code": "G", "level": "IND", "period": "29", "amount": "2100"},
    "limit": {"code": "F", "services": ["98"], "period": "29", "quantity_kind": "VS", "quantity": "4"},
    "authorization": {"code": "1", "services": ["78"], "authorization": "Y"},
    "referral": {"code": "1", "services": ["98"], "message": "REFERRAL REQUIRED"},
    "excluded": {"code": "I", "services": ["33"]},
}
FROM_THE_ROSTER = {"standing", "plan", "deductible left", "copay", "coinsurance", "several services", "other payer"}


class TestASimulatedPayer:
    async def test_shows_every_fact_that_it_is_told_to_send(self, desk: Any) -> None:
        desk.knows(
            more=list(LINES.values()),
            other_payers=[{"name": "OTHER MUTUAL", "payer_id": "OTHER", "responsibility": "S"}],
        )
        check = await desk.checks(await desk.registers())
        raw = (await desk.http.get(f"/checks/{check['id']}/answer.x12")).content
        [answer] = hearing.answers_in(raw)
        told = picture(hearing.heard(answer), date.fromisoformat(check["on"]))
        assert {fact for fact, shown in FACTS.items() if shown(told)} == {*LINES, *FROM_THE_ROSTER}
        shown = (await desk.gets(f"/checks/{check['id']}/answer"))["picture"]
        services = {one["service_type"]: one for one in shown["services"]}
        assert services["98"]["referral_required"] == services["78"]["authorization_required"] == "yes"
        assert services["33"]["excluded"] is True


class TestEveryEb:
    @pytest.mark.parametrize("information", sorted(INFORMATION))
    def test_is_seen_in_the_picture(self, information: str) -> None:
        """A line of each kind changes what is shown: nothing that a payer says is passed over."""
        told = picture(Heard(lines=(BenefitLine(1, information, services=("2",), amount=Decimal(20)),)), DAY)
        assert told.unread == ()
        [service] = told.services
        seen = (service.figures, service.excluded, service.held.active, service.held.inactive)
        assert any((*seen, told.mentions, told.other_payers, told.referral_likely))

    @pytest.mark.parametrize(
        ("information", "code"), [("N", "restricted-provider"), ("V", "cannot-be-processed"), ("W", "ask-elsewhere")]
    )
    def test_that_leaves_something_open_asks_for_a_look(self, information: str, code: str) -> None:
        said = Heard(lines=(BenefitLine(1, "1", services=("30",)), BenefitLine(2, information, services=("2",))))
        assert attention.of_answer(said, picture(said, DAY)) == (code,)
