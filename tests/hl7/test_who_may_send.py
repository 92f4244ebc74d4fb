"""A listener that could not be trusted does not start, and a sender proves who it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.hl7.certificates import Certificate
from tests.hl7.messages import adt

import hl7v2
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS
from hl7v2.door.senders import senders_of
from hl7v2.door.settings import Hl7Settings
from hl7v2.server import Peer

KEY = "a-key-of-this-sender"
SENDER = {
    "application": "DERMEHR",
    "facility": "SPRINGFIELD",
    "practice_id": "01937e00-0000-7000-8000-000000000001",
    "principal": "ehr-springfield",
    "key_sha256": hashlib.sha256(KEY.encode()).hexdigest(),
}
BY_CERTIFICATE = {**SENDER, "key_sha256": None, "certificate_sha256": "a" * 64}


def told(senders: Any = (SENDER,), listen: str = "127.0.0.1:2575", **more: Any) -> Hl7Settings:
    """The settings of a service that is told to listen."""
    given = {"hl7_senders": senders if isinstance(senders, str) else json.dumps(senders), "hl7_listen": listen}
    return Hl7Settings(
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none",
        platform_database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none",
        kafka_bootstrap_servers="127.0.0.1:1",
        oidc_issuer="http://127.0.0.1:1",
        oidc_audience="dermbill",
        service_client_id="patients",
        service_client_secret="synthetic",
        phi_keys=PHI_KEYS,
        phi_index_key=PHI_INDEX_KEY,
        **{name: value for name, value in (given | more).items() if value is not None},
    )


def header(**more: str) -> hl7v2.Header:
    return hl7v2.open_envelope(adt(**more)).header


class TestTheSettings:
    def test_open_no_listener_by_themselves(self) -> None:
        assert told(hl7_senders=None, hl7_listen=None).mllp_address is None

    def test_say_where_to_listen_and_to_whom(self) -> None:
        settings = told()
        assert settings.mllp_address == ("127.0.0.1", 2575)
        assert settings.senders.admitted(header(key=KEY), Peer("127.0.0.1")).principal == "ehr-springfield"

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"listen": "everywhere"}, "not an IP address and a port"),
            ({"listen": "127.0.0.1:99999"}, "between 0 and 65535"),
            ({"listen": "0.0.0.0:2575"}, "needs TLS"),
            ({"hl7_senders": None}, "does not say who may send"),
            ({"senders": []}, "names no sender"),
            ({"senders": "not JSON"}, "not a JSON list"),
            ({"senders": [{**SENDER, "key_sha256": "short"}]}, "wrong at 0.key_sha256"),
            ({"senders": [{**SENDER, "key_sha256": None}]}, "neither key_sha256 nor certificate_sha256"),
            ({"senders": [SENDER, SENDER]}, "of an earlier one"),
            ({"senders": [BY_CERTIFICATE]}, "HL7_CLIENT_AUTHORITIES demands none"),
        ],
    )
    def test_refuse_to_start_with_what_could_not_be_trusted(self, more: dict[str, Any], says: str) -> None:
        with pytest.raises(ValidationError, match=says):
            told(**more)

    def test_need_certificate_and_key_together(self, tmp_path: Path) -> None:
        ours = Certificate.made(tmp_path, "127.0.0.1")
        with pytest.raises(ValidationError, match="belong together"):
            told(hl7_certificate=ours.certificate)
        assert told(listen="0.0.0.0:2575", hl7_certificate=ours.certificate, hl7_private_key=ours.key).mllp_tls

    def test_never_repeat_a_value(self) -> None:
        with pytest.raises(ValidationError) as refusal:
            told(senders=[{**SENDER, "key_sha256": "canary"}])
        assert "canary" not in str(refusal.value)


class TestASender:
    def test_with_a_key_and_a_certificate_needs_both(self) -> None:
        senders = senders_of(json.dumps([{**SENDER, "certificate_sha256": "a" * 64}]))
        assert senders.admitted(header(key=KEY), Peer("10.0.0.1", "a" * 64)).facility == "SPRINGFIELD"
        for key, certificate in ((KEY, None), (KEY, "b" * 64), ("guessed", "a" * 64)):
            with pytest.raises(hl7v2.Unreadable) as refusal:
                senders.admitted(header(key=key), Peer("10.0.0.1", certificate))
            assert refusal.value.outcome is hl7v2.Outcome.REJECTED

    def test_of_two_practices_is_told_apart_by_its_key(self) -> None:
        other = {
            **SENDER,
            "practice_id": "01937e00-0000-7000-8000-000000000002",
            "key_sha256": hashlib.sha256(b"another").hexdigest(),
        }
        senders = senders_of(json.dumps([SENDER, other]))
        found = [senders.admitted(header(key=key), Peer("-")).practice_id for key in (KEY, "another")]
        assert [str(practice)[-1] for practice in found] == ["1", "2"]
