"""What of a benefit picture the other services are told: amounts that are certain, and codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from codes.service_types import WHOLE_PLAN
from common.money import LARGEST, Money
from eligibility.domain.events import CoverageVerified, ServiceCoinsurance, ServiceCopay
from eligibility.domain.picture import FRACTION, USD, Figure, Kind, Network, Picture

About = tuple[UUID, UUID, UUID, str, date, date]
"""Check, patient, coverage, payer, day of service, day of the check."""

HERE = (Network.IN, Network.BOTH, Network.NOT_SAID)
"""Networks whose figures hold in network, the first that has any goes before the others."""


def verified(about: About, told: Picture, *, by_staff: bool) -> CoverageVerified:
    return CoverageVerified(
        *about,
        deductible_remaining=_left(told, Kind.DEDUCTIBLE),
        out_of_pocket_remaining=_left(told, Kind.OUT_OF_POCKET),
        copays=tuple(
            ServiceCopay(service, amount)
            for service, value in _single(told, Kind.COPAY, USD)
            if (amount := dollars(value)) is not None
        ),
        coinsurances=tuple(
            ServiceCoinsurance(service, value)
            for service, value in _single(told, Kind.COINSURANCE, FRACTION)
            if 0 <= value <= 1
        ),
        authorization_required=tuple(one.service for one in told.services if one.authorization.answer == "yes"),
        excluded=tuple(one.service for one in told.services if one.not_covered),
        other_payer_first=any(payer.order == "primary" for payer in told.other_payers),
        settled_by_staff=by_staff,
    )


def in_network(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures that hold in network: those that say so, else those for both, else those that do not say."""
    found = tuple(figures)
    for network in HERE:
        chosen = tuple(figure for figure in found if figure.benefit.network is network)
        if chosen:
            return chosen
    return ()


def dollars(value: Decimal) -> Money | None:
    """What a payer sent as an amount; None for what no account can hold, or is below nothing."""
    return Money.rounded(value) if 0 <= value <= LARGEST else None


def _left(told: Picture, kind: Kind) -> Money | None:
    """What remains of a plan's amount for the individual; None when it was not said, or said in several ways."""
    figures = [
        figure
        for figure in told.figures(kind, (WHOLE_PLAN,))
        if figure.benefit.remaining and figure.benefit.unit == USD and figure.benefit.level in ("IND", "")
    ]
    values = {value for figure in in_network(figures) for value in figure.values}
    return dollars(values.pop()) if len(values) == 1 else None


def _single(told: Picture, kind: Kind, unit: str) -> Iterable[tuple[str, Decimal]]:
    """For each service type the one value of a kind in network, where there is exactly one."""
    for service in told.services:
        figures = in_network(f for f in service.figures if f.benefit.kind is kind and f.benefit.unit == unit)
        if len(figures) == 1 and not figures[0].ambiguous:
            yield service.service, figures[0].values[0]
