"""The events of an authorization, from what it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from authorizations.domain.counting import CertifiedService
from authorizations.domain.events import (
    AuthApproved,
    AuthDenied,
    AuthExhausted,
    AuthExpiring,
    AuthRequested,
    RequestedService,
)
from authorizations.domain.wish import Kind, Wish

if TYPE_CHECKING:
    from authorizations.domain.authorization import Authorization


def requested(authorization: Authorization, certification: str) -> AuthRequested:
    wish = authorization.asked
    return AuthRequested(
        authorization.id,
        wish.patient_id,
        _payer(authorization),
        wish.kind.value,
        certification,
        _services(wish.services),
        wish.first,
        _treats(wish),
        wish.referred_by,
    )


def approved(authorization: Authorization) -> AuthApproved:
    wish, decided = authorization.wish, authorization.decided
    on = decided.decided_on or wish.first
    return AuthApproved(
        authorization_id=authorization.id,
        patient_id=wish.patient_id,
        payer_id=_payer(authorization),
        kind=wish.kind.value,
        outcome=authorization.status.value,
        number=decided.number,
        certified=_services(decided.certified),
        valid_from=decided.valid_from,
        valid_to=decided.valid_to,
        decided_on=on,
        rendering_npi=_treats(wish),
        retroactive=decided.valid_from is not None and decided.valid_from < on,
        referring=wish.referred_by,
        visits=decided.visits,
    )


def denied(authorization: Authorization, outcome: str, reasons: tuple[str, ...], on: date) -> AuthDenied:
    wish = authorization.wish
    return AuthDenied(
        authorization_id=authorization.id,
        patient_id=wish.patient_id,
        payer_id=_payer(authorization),
        kind=wish.kind.value,
        outcome=outcome,
        services=_services(wish.services),
        decided_on=on,
        reasons=reasons,
        starts_on=wish.first,
        rendering_npi=_treats(wish),
        referring=wish.referred_by,
    )


def expiring(authorization: Authorization, why: str, code: str | None = None) -> AuthExpiring:
    left = authorization.left(code) if code else None
    return AuthExpiring(
        authorization.id,
        authorization.wish.patient_id,
        _payer(authorization),
        why,
        authorization.decided.valid_to,
        left,
        code,
        authorization.visits_left,
    )


def exhausted(authorization: Authorization, why: str) -> AuthExhausted:
    return AuthExhausted(authorization.id, authorization.wish.patient_id, _payer(authorization), why)


def _treats(wish: Wish) -> str | None:
    """Who is to treat; a referral is to the practice, whoever of it treats."""
    return None if wish.kind is Kind.REFERRAL else wish.rendering_npi or None


def _payer(authorization: Authorization) -> str:
    assert authorization.payer_id is not None, "nothing is told of an authorization whose payer is not known"
    return authorization.payer_id


def _services(services: Iterable[CertifiedService]) -> tuple[RequestedService, ...]:
    return tuple(RequestedService(one.code, one.units) for one in services)
