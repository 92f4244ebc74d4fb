"""Remittances to the body of an 835."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from x12 import values
from x12.guides.remittance import GUIDE
from x12.model.party import Party
from x12.model.remittance import (
    BankAccount,
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    ServicePayment,
)  # fmt: skip
from x12.model.segments import Loop, Segment
from x12.phrases import adjustments, batches, details, name, procedure, reference, references
from x12.writer import amount, body_text, composite, flatten

_REASONS_IN_PLB = 6
_HEADER_NUMBER = next(spec for spec in GUIDE.root.loops if spec.id == "2000")


def render_remittance_body(
    remittance: Remittance,
    claims: Iterable[ClaimPayment],
    provider_adjustments: Iterable[ProviderAdjustment] = (),
) -> str:
    """The segments between ST and SE of one 835, in canonical delimiters.

    Amounts are written as given: balancing is the caller's duty and `x12.validate` checks it. LX follows
    `group_number` when it changes. Raises DelimiterInData, WriteRefused.
    """
    return body_text(_segments(remittance, claims, provider_adjustments))


def _segments(
    remittance: Remittance, claims: Iterable[ClaimPayment], adjustments: Iterable[ProviderAdjustment]
) -> Iterator[Segment]:
    yield from flatten(_header(remittance), GUIDE.root)
    group: str | None = None
    for claim in claims:
        if claim.group_number != group or claim.group_extra:
            group = claim.group_number
            yield ("LX", group)
            yield from claim.group_extra
        yield from flatten(_claim(claim), _HEADER_NUMBER.loops[0])
    for (provider, ends), members in groupby(adjustments, key=lambda item: (item.provider, item.fiscal_period_end)):
        for some in batches(list(members), _REASONS_IN_PLB):
            pairs = [part for item in some for part in (composite(item.reason, item.reference), amount(item.amount))]
            yield ("PLB", provider, values.day_text(ends), *pairs)


def _header(remittance: Remittance) -> Loop:
    payment = (
        "BPR", remittance.handling, amount(remittance.total), remittance.credit, remittance.method,
        remittance.payment_format, *_account(remittance.sender_account), remittance.originator,
        remittance.originator_supplement, *_account(remittance.receiver_account),
        values.day_text(remittance.payment_date),
    )  # fmt: skip
    own: list[Segment] = [
        payment,
        ("TRN", "1", remittance.trace, remittance.trace_issuer, remittance.trace_supplement),
        *reference("EV", remittance.receiver_id),
    ]
    if remittance.production_date is not None:
        own.append(("DTM", "405", values.day_text(remittance.production_date)))
    inner = (
        Loop("1000A", (_named("PR", remittance.payer), *details(remittance.payer))),
        Loop("1000B", (_named("PE", remittance.payee), *details(remittance.payee))),
    )
    return Loop("ST", (*own, *remittance.extra), inner)


def _account(account: BankAccount | None) -> tuple[str, str, str, str]:
    if account is None:
        return "", "", "", ""
    return account.bank_qualifier, account.bank, account.account_qualifier, account.account


def _named(role: str, who: Party) -> Segment:
    return ("N1", role, who.name, who.id_qualifier, who.id)


def _claim(claim: ClaimPayment) -> Loop:
    head: Segment = (
        "CLP", claim.control_number, claim.status, amount(claim.charge), amount(claim.paid),
        amount(claim.patient_responsibility), claim.filing_code, claim.payer_control_number,
        claim.place_of_service,
        claim.frequency,
    )  # fmt: skip
    kept = tuple(segment for segment in claim.extra if segment[0] != "CLP")
    for segment in claim.extra:
        if segment[0] == "CLP":
            head = (*head, *segment[10:])
    own: list[Segment] = [head, *adjustments(claim.adjustments)]
    roles = (("QC", claim.patient), ("IL", claim.subscriber), ("82", claim.rendering))
    own += [name(role, who) for role, who in roles if who is not None]
    own += [segment for segment in (claim.mia, claim.moa) if segment]
    own += references(claim.references)
    own += [("DTM", item.qualifier, values.day_text(item.start)) for item in claim.dates]
    if claim.allowed is not None:
        own.append(("AMT", "AU", amount(claim.allowed)))
    return Loop("2100", (*own, *kept), (*map(_service, claim.services), *claim.loops))


def _service(service: ServicePayment) -> Loop:
    own: list[Segment] = [
        (
            "SVC", procedure(service.paid_procedure), amount(service.charge), amount(service.paid),
            service.revenue_code, amount(service.paid_units), procedure(service.original_procedure),
            amount(service.original_units),
        )
    ]  # fmt: skip
    if service.service_from is not None and service.service_to is None:
        own.append(("DTM", "472", values.day_text(service.service_from)))
    elif service.service_from is not None and service.service_to is not None:
        own.append(("DTM", "150", values.day_text(service.service_from)))
        own.append(("DTM", "151", values.day_text(service.service_to)))
    own += adjustments(service.adjustments)
    own += reference("6R", service.control_number)
    own += references(service.references)
    if service.allowed is not None:
        own.append(("AMT", "B6", amount(service.allowed)))
    own += [("LQ", "HE", code) for code in service.remarks]
    return Loop("2110", (*own, *service.extra))
