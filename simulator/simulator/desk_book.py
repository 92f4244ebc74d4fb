"""What the simulator remembers for those who ask: benefits, holds, rules of authorization and what was authorized."""

from __future__ import annotations

import json
from dataclasses import replace

from pydantic import TypeAdapter

from simulator.benefits import Benefits
from simulator.claim_standing import Hold
from simulator.prior_authorization import Authorization, Rule
from simulator.records import Payable, to_json
from simulator.wire_book import WireBook

_BENEFITS, _HOLD, _RULE = TypeAdapter(Benefits), TypeAdapter(Hold), TypeAdapter(Rule)
_AUTHORIZATION = TypeAdapter(Authorization)


class DeskBook(WireBook):
    """Every method is to be called inside a transaction."""

    def save_benefits(self, payer_id: str, benefits: Benefits) -> None:
        document = _BENEFITS.dump_json(benefits).decode()
        self._do("INSERT OR REPLACE INTO benefits VALUES (?, ?, ?)", payer_id, benefits.member_id, document)

    def benefits(self, payer_id: str, member_id: str) -> Benefits | None:
        row = self._one("SELECT document FROM benefits WHERE payer_id = ? AND member_id = ?", payer_id, member_id)
        return None if row is None else _BENEFITS.validate_json(str(row[0]))

    def all_benefits(self, payer_id: str) -> list[Benefits]:
        rows = self._all("SELECT document FROM benefits WHERE payer_id = ? ORDER BY member_id", payer_id)
        return [_BENEFITS.validate_json(str(row[0])) for row in rows]

    def drop_benefits(self, payer_id: str) -> None:
        self._do("DELETE FROM benefits WHERE payer_id = ?", payer_id)

    def hold(self, claim: int) -> tuple[Hold, float] | None:
        """What holds a claim, and until which simulated day."""
        row = self._one("SELECT document, until FROM holds WHERE claim = ?", claim)
        return None if row is None else (_HOLD.validate_json(str(row[0])), float(str(row[1])))

    def save_hold(self, claim: int, hold: Hold, until: float) -> None:
        self._do("INSERT OR REPLACE INTO holds VALUES (?, ?, ?)", claim, until, _HOLD.dump_json(hold).decode())

    def postpone(self, claim: int, days: float) -> list[Payable]:
        """Let everything of a claim that is on no cheque yet wait longer; what that is, as it stands then."""
        waiting = [replace(one, ripe_at=one.ripe_at + days) for one in self.payables_of(claim) if one.cheque is None]
        for payable in waiting:
            self._do(
                "UPDATE payables SET ripe_at = ?, document = ? WHERE id = ?",
                payable.ripe_at, to_json(payable), payable.id,
            )  # fmt: skip
        return waiting

    def authorization_rules(self, payer_id: str) -> tuple[Rule, ...]:
        kept = self.meta(f"authorization rules of {payer_id}")
        return tuple(_RULE.validate_python(one) for one in json.loads(kept or "[]"))

    def set_authorization_rules(self, payer_id: str, rules: list[Rule]) -> None:
        written = json.dumps([_RULE.dump_python(rule, mode="json") for rule in rules])
        self.set_meta(f"authorization rules of {payer_id}", written)

    def add_authorization(self, authorization: Authorization, route: str) -> int:
        """Keep it with the envelope that its later answers go by; gives its key."""
        request = authorization.request
        return self._do(
            "INSERT INTO authorizations (payer_id, trace, route, document) VALUES (?, ?, ?, ?)",
            request.payer_id, request.trace, route, _AUTHORIZATION.dump_json(authorization).decode(),
        )  # fmt: skip

    def save_authorization(self, key: int, authorization: Authorization) -> None:
        document = _AUTHORIZATION.dump_json(authorization).decode()
        self._do("UPDATE authorizations SET document = ? WHERE id = ?", document, key)

    def authorization(self, key: int) -> tuple[Authorization, str]:
        row = self._one("SELECT document, route FROM authorizations WHERE id = ?", key)
        if row is None:
            raise LookupError(f"no authorization {key}")
        return _AUTHORIZATION.validate_json(str(row[0])), str(row[1])

    def authorization_by_trace(self, payer_id: str, trace: str) -> tuple[int, Authorization] | None:
        """The request that a requester made under its own number, if it made one."""
        row = self._one(
            "SELECT id, document FROM authorizations WHERE payer_id = ? AND trace = ? AND trace <> ''"
            " ORDER BY id DESC LIMIT 1",
            payer_id, trace,
        )  # fmt: skip
        return None if row is None else (int(str(row[0])), _AUTHORIZATION.validate_json(str(row[1])))

    def authorizations_after(self, position: int, limit: int) -> list[tuple[int, Authorization]]:
        rows = self._all("SELECT id, document FROM authorizations WHERE id > ? ORDER BY id LIMIT ?", position, limit)
        return [(int(str(key)), _AUTHORIZATION.validate_json(str(text))) for key, text in rows]
