"""What happens on which simulated day: statuses from the clearinghouse, from the payers, and their cheques."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import x12
from simulator import authorization_desk, cheques, claim_status_file, clearinghouse, desks, front_door, pas, payer_desk
from simulator.cheques import REMIT_STEP
from simulator.claim_status_file import CLEARINGHOUSE, Speaker
from simulator.clock import Clock
from simulator.intake import CLEARINGHOUSE_STEP, QUESTIONS_STEP
from simulator.mailboxes import HELD_BACK, Outgoing, send_sets
from simulator.payer_desk import CHEQUE_STEP
from simulator.records import ClaimRecord, Said
from simulator.store import Due, Store

log = logging.getLogger(__name__)

PAYER_STEP = "payer"
FAILED = "failed"


def live(store: Store, clock: Clock) -> int:
    """Do everything that is due by now, each at its own moment and in its own transaction; how much was done.

    A step that fails is kept aside under another kind, where the counts show it, and the others go on.
    """
    done = 0
    while True:
        with store.transaction():
            due = store.next_due(clock.now())
            if due is None:
                return done
            try:
                with store.attempt():
                    STEPS[due.kind](store, clock, due)
                    store.done(due)
            except Exception as error:
                # No message of the error: it may hold what a claim said.
                place = traceback.extract_tb(error.__traceback__)[-1]
                log.error("step %s failed: %s at %s:%s", due.kind, type(error).__name__, place.name, place.lineno)
                store.set_aside(due, FAILED)
        done += 1


def _clearinghouse_step(store: Store, clock: Clock, due: Due) -> None:
    interchange, payer_id = json.loads(due.subject)
    payers = store.payers()
    records: list[ClaimRecord] = []
    for record in store.claims_of_interchange(interchange):
        if record.status == "received" and record.claim.payer_id == payer_id:
            records.append(_judged(record, payers))
            store.save_claim(records[-1])
    records = [record for record in records if record.status != "silent"]
    _tell(store, clock, due.at, records, CLEARINGHOUSE)
    forwarded = [record for record in records if record.status == "forwarded"]
    if forwarded:
        at = forwarded[0].received_at + payers[payer_id].delays.payer
        store.schedule(max(at, due.at), PAYER_STEP, due.subject)


def _judged(record: ClaimRecord, payer_ids: Mapping[str, object]) -> ClaimRecord:
    scenario, drawn = record.scenario, front_door.clearinghouse_word(record)
    if front_door.SILENCE in record.troubles:
        return replace(record, status="silent")
    if drawn is not None:
        taken = front_door.REFUSED_BUT_TAKEN in record.troubles
        return replace(record, said=(drawn,), status="forwarded" if taken else "rejected_by_clearinghouse")
    if scenario is not None and scenario.level == "clearinghouse":
        if scenario.action == "silence":
            return replace(record, status="silent")
        if scenario.action == "reject":
            said = Said("clearinghouse", scenario.category, scenario.status, scenario.entity)
            return replace(record, said=(said,), status="rejected_by_clearinghouse")
    said = clearinghouse.judge(record.claim, payer_ids)
    if said.accepted and record.found:
        said = record.found[0]
    return replace(record, said=(said,), status="forwarded" if said.accepted else "rejected_by_clearinghouse")


def _payer_step(store: Store, clock: Clock, due: Due) -> None:
    interchange, payer_id = json.loads(due.subject)
    payer = store.payer(payer_id)
    if payer is None:
        raise LookupError("the payer was removed while claims were on their way to it")
    records: list[ClaimRecord] = []
    for record in store.claims_of_interchange(interchange):
        if record.status != "forwarded" or record.claim.payer_id != payer_id:
            continue
        scenario = record.scenario
        if scenario is not None and scenario.action == "silence" and scenario.level == "payer":
            store.save_claim(replace(record, status="silent"))
            continue
        records.append(payer_desk.consider(store, clock, due.at, payer, record))
    if any(record.status == "forwarded" for record in records):
        store.schedule(due.at + front_door.SECOND_THOUGHTS, PAYER_STEP, due.subject)
    _tell(store, clock, due.at, records, ("PR", payer.name, payer.id))


def _tell(store: Store, clock: Clock, day: float, records: Sequence[ClaimRecord], speaker: Speaker) -> None:
    """A 277CA over these claims, one set for each 837 set they came in."""
    if not records:
        return
    moment = clock.moment(day)
    sets: list[x12.TransactionSet] = []
    for _, members in groupby(records, key=lambda record: record.route):
        reference = f"{store.next_number('claim status'):09d}"
        body = claim_status_file.render(list(members), speaker, moment, reference)
        sets.append(x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, body))
    send_sets(store, day, moment, Outgoing(records[0].route, "277CA", speaker[2]), sets)


def _cheque_step(store: Store, clock: Clock, due: Due) -> None:
    payer = store.payer(due.subject)
    if payer is not None:
        cheques.run(store, clock, due.at, payer)


def _remit_step(store: Store, clock: Clock, due: Due) -> None:
    cheques.remit(store, clock, due.at, int(due.subject))


def _held_back_step(store: Store, _: Clock, due: Due) -> None:
    store.post_held_back(int(due.subject))


STEPS: Mapping[str, Callable[[Store, Clock, Due], None]] = {
    CLEARINGHOUSE_STEP: _clearinghouse_step,
    PAYER_STEP: _payer_step,
    CHEQUE_STEP: _cheque_step,
    REMIT_STEP: _remit_step,
    HELD_BACK: _held_back_step,
    authorization_desk.STEP: pas.decided,
    QUESTIONS_STEP: desks.answer_batch,
}
