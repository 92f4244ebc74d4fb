"""The development issuer: what a service sees of it."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from fastapi.testclient import TestClient

from stack.clients import new_client, write_clients
from stack.issuer import create_app

ISSUER, OPERATOR, SECRET = "http://issuer.test", "operator-secret", "claims-secret"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_clients(
        tmp_path / "clients.json",
        {"claims": new_client("claims", SECRET, ("patients:read", "edi:write"), ("*",))},
    )
    return tmp_path


@pytest.fixture
def issuer(folder: Path) -> TestClient:
    app = create_app(folder=folder, issuer=ISSUER, audience="dermbill", operator_secret=OPERATOR)
    return TestClient(app, base_url=ISSUER)


def believed(issuer: TestClient, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(issuer.get("/jwks.json").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["ES256"], audience="dermbill", issuer=ISSUER)


def token(issuer: TestClient) -> str:
    return issuer.post("/token", data=GRANT, auth=("claims", SECRET)).json()["access_token"]


class TestTokens:
    def test_a_service_gets_a_short_token_with_its_scopes_for_every_practice(self, issuer: TestClient) -> None:
        claims = believed(issuer, token(issuer))
        assert claims["sub"] == claims["client_id"] == "claims"
        assert claims["scope"] == "patients:read edi:write"
        assert claims["practices"] == ["*"]
        assert claims["exp"] - claims["iat"] == 600
        assert claims["jti"] != believed(issuer, token(issuer))["jti"]

    def test_discovery_names_where_keys_and_tokens_are(self, issuer: TestClient) -> None:
        found = issuer.get("/.well-known/openid-configuration").json()
        assert found["issuer"] == ISSUER
        assert issuer.get(found["jwks_uri"]).status_code == 200
        answer = issuer.post(found["token_endpoint"], data={**GRANT, "client_id": "claims", "client_secret": SECRET})
        assert answer.status_code == 200

    def test_fewer_scopes_can_be_asked_for_and_no_others(self, issuer: TestClient) -> None:
        fewer = issuer.post("/token", data={**GRANT, "scope": "edi:write"}, auth=("claims", SECRET)).json()
        assert believed(issuer, fewer["access_token"])["scope"] == "edi:write"
        refused = issuer.post("/token", data={**GRANT, "scope": "claims:write"}, auth=("claims", SECRET))
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")

    @pytest.mark.parametrize(
        ("form", "auth", "status", "error"),
        [
            (GRANT, ("claims", "wrong"), 401, "invalid_client"),
            (GRANT, ("nobody", SECRET), 401, "invalid_client"),
            (GRANT, None, 401, "invalid_client"),
            ({"grant_type": "password"}, ("claims", SECRET), 400, "unsupported_grant_type"),
            ({}, ("claims", SECRET), 400, "unsupported_grant_type"),
            ({**GRANT, "audience": "other"}, ("claims", SECRET), 400, "invalid_target"),
            ({**GRANT, "filler": "x" * 20_000}, ("claims", SECRET), 413, "invalid_request"),
        ],
    )
    def test_what_is_wrong_is_answered_as_oauth_says(
        self, issuer: TestClient, form: dict[str, str], auth: Any, status: int, error: str
    ) -> None:
        answer = issuer.post("/token", data=form, auth=auth)
        assert (answer.status_code, answer.json()["error"]) == (status, error)

    def test_bytes_that_are_no_form_are_a_400(self, issuer: TestClient) -> None:
        assert issuer.post("/token", content=b"\xff\xfe").status_code == 400


class TestKeys:
    def test_a_key_file_is_its_owners_alone_and_outlives_a_restart(self, issuer: TestClient, folder: Path) -> None:
        first = token(issuer)
        [key] = (folder / "keys").iterdir()
        assert key.stat().st_mode & 0o777 == 0o600
        again = create_app(folder=folder, issuer=ISSUER, audience="dermbill", operator_secret=OPERATOR)
        assert believed(TestClient(again, base_url=ISSUER), first)["sub"] == "claims"

    def test_a_new_file_signs_and_the_old_key_is_believed_until_its_file_goes(
        self, issuer: TestClient, folder: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        old = token(issuer)
        [old_file] = (folder / "keys").iterdir()
        other = tmp_path_factory.mktemp("other")
        TestClient(create_app(folder=other, issuer=ISSUER, audience="dermbill", operator_secret=OPERATOR)).get(
            "/jwks.json"
        )
        [made] = (other / "keys").iterdir()
        (folder / "keys" / "9-new.pem").write_bytes(made.read_bytes())
        new = token(issuer)
        assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old)["kid"]
        assert believed(issuer, old)
        assert believed(issuer, new)
        old_file.unlink()
        with pytest.raises(KeyError):
            believed(issuer, old)


class TestRegistering:
    def registration(self, **changes: Any) -> dict[str, Any]:
        return {"client_id": "front-desk", "practices": [str(uuid4())], "scopes": ["claims:read"], **changes}

    def test_the_operator_registers_a_client_bound_to_its_practice(self, issuer: TestClient, folder: Path) -> None:
        wanted = self.registration(subject="staff-anna")
        answer = issuer.post("/clients", json=wanted, headers={"Authorization": f"Bearer {OPERATOR}"})
        assert answer.status_code == 201
        secret = answer.json()["client_secret"]
        got = issuer.post("/token", data=GRANT, auth=("front-desk", secret)).json()
        claims = believed(issuer, got["access_token"])
        assert claims["practices"] == wanted["practices"]
        assert (claims["sub"], claims["client_id"]) == ("staff-anna", "front-desk")
        assert secret not in (folder / "registered.json").read_text()

    @pytest.mark.parametrize("given", ["", "Bearer wrong", f"Basic {OPERATOR}"])
    def test_nobody_else_can(self, issuer: TestClient, given: str) -> None:
        answer = issuer.post("/clients", json=self.registration(), headers={"Authorization": given})
        assert answer.status_code == 401

    @pytest.mark.parametrize("changes", [{"practices": ["*"]}, {"practices": []}, {"scopes": []}, {"admin": True}])
    def test_a_registration_for_no_practice_or_for_all_is_refused(
        self, issuer: TestClient, changes: dict[str, Any]
    ) -> None:
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        assert issuer.post("/clients", json=self.registration(**changes), headers=headers).status_code == 422

    def test_a_services_own_client_cannot_be_taken_over(self, issuer: TestClient) -> None:
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        answer = issuer.post("/clients", json=self.registration(client_id="claims"), headers=headers)
        assert answer.status_code == 409
        assert token(issuer)
