"""Attacks on the front door. The issuer is real: discovery, keys and tokens over a loopback port."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from common.auth import Principal, TokenSource, TokenVerifier, practice_for
from common.http import RemoteUnavailable, ServiceClient
from common.refusal import Refusal

AUDIENCE = "dermbill"
PRACTICE, OTHER = UUID(int=1), UUID(int=2)
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the attack is the weak key
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())
Sign = Callable[[str], str]


def jwk(key: Any, **more: Any) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.RSAAlgorithm
        if hasattr(key, "key_size") and isinstance(key, rsa.RSAPrivateKey)
        else (jwt.algorithms.ECAlgorithm)
    )
    return json.loads(algorithm.to_jwk(key.public_key())) | more


class LittleIssuer:
    """What an issuer on the internet does: says who it is, shows its keys, gives tokens to clients."""

    def __init__(self) -> None:
        self.url = ""
        self.said: dict[str, Any] = {}
        self.keys: list[dict[str, Any]] = [
            jwk(RSA_KEY, kid="rsa-1", use="sig", alg="RS256"),
            jwk(EC_KEY, kid="ec-1", use="sig"),
            jwk(WEAK, kid="weak", use="sig"),
            jwk(OTHER_CURVE, kid="p384", use="sig"),
            jwk(STRANGER, kid="for-encryption", use="enc"),
            {"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"},
            {"kty": "RSA", "kid": "broken", "n": "!!"},
        ]
        self.asked: list[str] = []
        self.forms: list[tuple[str, Mapping[str, list[str]]]] = []
        self.token_answer: Response | None = None
        self.down = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.asked.append(request.url.path)
        await (await self.answer(request))(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        if self.down:
            return Response(status_code=503)
        if request.url.path == "/.well-known/openid-configuration":
            here = {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "token_endpoint": f"{self.url}/oauth/token"}
            return JSONResponse(here | self.said)
        if request.url.path == "/keys":
            return JSONResponse({"keys": self.keys})
        if request.url.path == "/oauth/token":
            form = parse_qs((await request.body()).decode())
            self.forms.append((request.headers["authorization"], form))
            return self.token_answer or JSONResponse({"access_token": f"t{len(self.forms)}", "expires_in": 3600})
        return Response(status_code=404)

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "staff-1",
            "client_id": "console",
            "iat": now,
            "exp": now + 600,
            "scope": "claims:read claims:write",
            "practices": [str(PRACTICE)],
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(self, key: Any = RSA_KEY, alg: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
        return jwt.encode(self.claims(**claims), key, algorithm=alg, headers={"kid": "rsa-1"} | (header or {}))


@pytest.fixture
async def issuer(serve: Any) -> LittleIssuer:
    little = LittleIssuer()
    little.url = await serve(little)
    return little


@pytest.fixture
async def verifier(issuer: LittleIssuer) -> AsyncGenerator[TokenVerifier]:
    made = TokenVerifier(issuer.url, AUDIENCE)
    yield made
    await made.close()


async def refusal_of(verifier: TokenVerifier, authorization: str | None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await verifier.verify(authorization)
    return caught.value


def encoded(part: object) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def forged(issuer: LittleIssuer, header: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    signed = f"{encoded(header)}.{encoded(issuer.claims())}"
    return f"{signed}.{encoded(sign(signed.encode()))}"


def hmac_with(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda signed: hmac.new(secret, signed, hashlib.sha256).digest()


def public_pem() -> bytes:
    return RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def tampered(issuer: LittleIssuer) -> str:
    header, _, signature = issuer.token().split(".")
    return f"{header}.{encoded(issuer.claims(practices=['*']))}.{signature}"


def stripped(issuer: LittleIssuer) -> str:
    return issuer.token().rpartition(".")[0] + "."


NOW = int(time.time())
ATTACKS: dict[str, tuple[str, Callable[[LittleIssuer], str]]] = {
    "alg none": ("token-algorithm", lambda i: forged(i, {"alg": "none", "kid": "rsa-1"}, lambda _: b"")),
    "alg None in another case": (
        "token-algorithm",
        lambda i: forged(i, {"alg": "nOnE", "kid": "rsa-1"}, lambda _: b""),
    ),
    "no alg": ("token-algorithm", lambda i: forged(i, {"kid": "rsa-1"}, lambda _: b"")),
    "alg a list": ("token-algorithm", lambda i: forged(i, {"alg": ["RS256"], "kid": "rsa-1"}, lambda _: b"")),
    "HS256 with the public key as the secret": (
        "token-algorithm",
        lambda i: forged(i, {"alg": "HS256", "kid": "rsa-1"}, hmac_with(public_pem())),
    ),
    "HS256 under a symmetric key of the JWKS": (
        "token-algorithm",
        lambda i: forged(i, {"alg": "HS256", "kid": "shared"}, hmac_with(b"secret-secret-secret-secret-secret")),
    ),
    "RS256 header, HMAC signature": (
        "token-signature",
        lambda i: forged(i, {"alg": "RS256", "kid": "rsa-1"}, hmac_with(public_pem())),
    ),
    "RS256 naming the symmetric key": ("token-key-unknown", lambda i: i.token(header={"kid": "shared"})),
    "RS512, which is not on the list": ("token-algorithm", lambda i: i.token(alg="RS512")),
    "PS256, which is not on the list": ("token-algorithm", lambda i: i.token(alg="PS256")),
    "ES256 naming an RSA key": ("token-algorithm", lambda i: i.token(EC_KEY, "ES256")),
    "RS256 naming an EC key": ("token-algorithm", lambda i: i.token(header={"kid": "ec-1"})),
    "another key of the issuer": ("token-signature", lambda i: i.token(STRANGER)),
    "unknown kid": ("token-key-unknown", lambda i: i.token(STRANGER, header={"kid": "mine"})),
    "kid that is a path": ("token-key-unknown", lambda i: i.token(STRANGER, header={"kid": "../../dev/null"})),
    "no kid": ("token-key-unknown", lambda i: jwt.encode(i.claims(), RSA_KEY, algorithm="RS256")),
    "a key for encryption": ("token-key-unknown", lambda i: i.token(STRANGER, header={"kid": "for-encryption"})),
    "a weak RSA key": ("token-key-unknown", lambda i: i.token(WEAK, header={"kid": "weak"})),
    "own key offered in jwk": ("token-signature", lambda i: i.token(STRANGER, header={"jwk": jwk(STRANGER)})),
    "own key offered at jku": (
        "token-key-unknown",
        lambda i: i.token(STRANGER, header={"kid": "evil", "jku": "https://evil.example/keys"}),
    ),
    "own certificate in x5c": ("token-signature", lambda i: i.token(STRANGER, header={"x5c": ["MIIB"]})),
    "an extension that must be understood": (
        "token-malformed",
        lambda i: i.token(header={"crit": ["exp"], "exp": 1}),
    ),
    "a token of another kind": ("token-malformed", lambda i: i.token(header={"typ": "secevent+jwt"})),
    "expired": ("token-expired", lambda i: i.token(exp=NOW - 120)),
    "not valid before later": ("token-not-yet-valid", lambda i: i.token(nbf=NOW + 3600)),
    "issued in the future": ("token-not-yet-valid", lambda i: i.token(iat=NOW + 3600)),
    "no exp": ("token-claims", lambda i: i.token(exp=None)),
    "no iat": ("token-claims", lambda i: i.token(iat=None)),
    "no sub": ("token-claims", lambda i: i.token(sub=None)),
    "no aud": ("token-claims", lambda i: i.token(aud=None)),
    "no iss": ("token-claims", lambda i: i.token(iss=None)),
    "exp that is no number": ("token-malformed", lambda i: i.token(exp="tomorrow")),
    "exp that is infinite": ("token-malformed", lambda i: i.token(exp=float("inf"))),
    "another audience": ("token-audience", lambda i: i.token(aud="another-app")),
    "another issuer": ("token-issuer", lambda i: i.token(iss="https://evil.example")),
    "an issuer that begins like ours": ("token-issuer", lambda i: i.token(iss=i.url + ".evil.example")),
    "empty subject": ("token-claims", lambda i: i.token(sub="")),
    "scope that is a list": ("token-claims", lambda i: i.token(scope=["claims:read"])),
    "practices that are a text": ("token-claims", lambda i: i.token(practices="*")),
    "a practice that is no uuid": ("token-claims", lambda i: i.token(practices=["'; DROP TABLE claims"])),
    "tampered payload": ("token-signature", tampered),
    "signature left out": ("token-signature", stripped),
    "two parts": ("token-malformed", lambda i: i.token().rpartition(".")[0]),
    "four parts": ("token-malformed", lambda i: i.token() + ".x"),
    "no JWT at all": ("token-malformed", lambda i: "letmein"),
    "header that is deeply nested": (
        "token-malformed",
        lambda i: encoded(b"[" * 5000) + ".e30.AA",
    ),
    "huge": ("token-too-large", lambda i: i.token(scope="x " * 20_000)),
}


class TestAnAttack:
    @pytest.mark.parametrize("name", ATTACKS)
    async def test_is_refused_with_its_reason(self, name: str, issuer: LittleIssuer, verifier: TokenVerifier) -> None:
        code, attack = ATTACKS[name]
        refusal = await refusal_of(verifier, f"Bearer {attack(issuer)}")
        assert (refusal.status, refusal.code) == (401, code)
        assert 'error="invalid_token"' in getattr(refusal, "headers", {})["WWW-Authenticate"]
        assert set(issuer.asked) <= {"/.well-known/openid-configuration", "/keys"}

    @pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer  ", "Basic dXNlcjpwYXNz", "token"])
    async def test_without_a_bearer_token_is_told_how_to_send_one(
        self, verifier: TokenVerifier, authorization: str | None
    ) -> None:
        refusal = await refusal_of(verifier, authorization)
        assert (refusal.status, refusal.code) == (401, "token-missing")
        assert getattr(refusal, "headers", {}) == {"WWW-Authenticate": 'Bearer realm="dermbill"'}

    @settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.text(st.characters(max_codepoint=255), max_size=300) | st.binary(max_size=200).map(encoded))
    async def test_of_any_form_is_a_refusal_and_nothing_else(self, verifier: TokenVerifier, token: str) -> None:
        refusal = await refusal_of(verifier, f"Bearer {token}")
        assert refusal.status == 401


class TestAGoodToken:
    @pytest.mark.parametrize(("key", "alg", "kid"), [(RSA_KEY, "RS256", "rsa-1"), (EC_KEY, "ES256", "ec-1")])
    async def test_says_who_asks(
        self, issuer: LittleIssuer, verifier: TokenVerifier, key: Any, alg: str, kid: str
    ) -> None:
        token = issuer.token(key, alg, {"kid": kid}, aud=[AUDIENCE, "other"])
        assert await verifier.verify(f"bearer {token}", address="10.0.0.1") == Principal(
            subject="staff-1",
            client_id="console",
            scopes=frozenset({"claims:read", "claims:write"}),
            practices=frozenset({PRACTICE}),
            address="10.0.0.1",
        )

    async def test_of_a_service_is_good_everywhere(self, issuer: LittleIssuer, verifier: TokenVerifier) -> None:
        principal = await verifier.verify(f"Bearer {issuer.token(sub='claims', client_id='claims', practices=['*'])}")
        assert (principal.kind, principal.everywhere, principal.practices) == ("service", True, frozenset())

    async def test_may_be_a_minute_off(self, issuer: LittleIssuer, verifier: TokenVerifier) -> None:
        now = int(time.time())
        assert await verifier.verify(f"Bearer {issuer.token(exp=now - 50, nbf=now + 50, iat=now + 50)}")

    async def test_without_scopes_or_practices_may_do_nothing(
        self, issuer: LittleIssuer, verifier: TokenVerifier
    ) -> None:
        principal = await verifier.verify(f"Bearer {issuer.token(scope=None, practices=None)}")
        assert (principal.scopes, principal.practices, principal.everywhere) == (frozenset(), frozenset(), False)


class TestThePractice:
    def principal(self, *practices: UUID, everywhere: bool = False) -> Principal:
        return Principal("staff-1", "console", frozenset(), frozenset(practices), everywhere=everywhere)

    def test_is_the_only_one_of_the_token_or_the_one_that_is_named(self) -> None:
        assert practice_for(self.principal(PRACTICE), None) == PRACTICE
        assert practice_for(self.principal(PRACTICE), str(PRACTICE)) == PRACTICE
        assert practice_for(self.principal(PRACTICE, OTHER), str(OTHER)) == OTHER
        assert practice_for(self.principal(everywhere=True), str(OTHER)) == OTHER

    @pytest.mark.parametrize(
        ("practices", "everywhere", "header", "code"),
        [
            ((PRACTICE, OTHER), False, None, "practice-not-named"),
            ((), True, None, "practice-not-named"),
            ((), False, None, "practice-foreign"),
            ((PRACTICE,), False, str(OTHER), "practice-foreign"),
            ((), False, str(OTHER), "practice-foreign"),
            ((PRACTICE,), False, "*", "practice-foreign"),
            ((), True, "everything", "practice-foreign"),
            ((PRACTICE,), False, "", "practice-foreign"),
            ((PRACTICE,), False, f"{PRACTICE},{OTHER}", "practice-foreign"),
        ],
    )
    def test_that_the_token_does_not_have_is_refused(
        self, practices: tuple[UUID, ...], everywhere: bool, header: str | None, code: str
    ) -> None:
        with pytest.raises(Refusal) as caught:
            practice_for(self.principal(*practices, everywhere=everywhere), header)
        assert (caught.value.status, caught.value.code) == (403, code)


class TestKeys:
    async def test_are_fetched_once_for_many_requests_at_once(
        self, issuer: LittleIssuer, verifier: TokenVerifier
    ) -> None:
        token = issuer.token()
        await asyncio.gather(*(verifier.verify(f"Bearer {token}") for _ in range(20)))
        assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]

    async def test_that_are_new_are_found_without_a_restart(self, issuer: LittleIssuer) -> None:
        verifier = TokenVerifier(issuer.url, AUDIENCE, at_most_every=0)
        await verifier.verify(f"Bearer {issuer.token()}")
        issuer.keys.append(jwk(STRANGER, kid="rsa-2"))
        assert await verifier.verify(f"Bearer {issuer.token(STRANGER, header={'kid': 'rsa-2'})}")
        await verifier.close()

    async def test_that_nobody_knows_do_not_make_us_ask_at_will(
        self, issuer: LittleIssuer, verifier: TokenVerifier
    ) -> None:
        await verifier.verify(f"Bearer {issuer.token()}")
        for number in range(20):
            await refusal_of(verifier, f"Bearer {issuer.token(STRANGER, header={'kid': str(number)})}")
        assert issuer.asked.count("/keys") == 1

    async def test_that_were_taken_back_are_forgotten_in_time(self, issuer: LittleIssuer) -> None:
        verifier = TokenVerifier(issuer.url, AUDIENCE, seconds=0.05, at_most_every=0)
        await verifier.verify(f"Bearer {issuer.token()}")
        issuer.keys.clear()
        await asyncio.sleep(0.1)
        assert (await refusal_of(verifier, f"Bearer {issuer.token()}")).code == "token-key-unknown"
        await verifier.close()

    async def test_serve_on_while_the_issuer_is_away(self, issuer: LittleIssuer) -> None:
        verifier = TokenVerifier(issuer.url, AUDIENCE, seconds=0.05, at_most_every=0)
        await verifier.verify(f"Bearer {issuer.token()}")
        issuer.down = True
        await asyncio.sleep(0.1)
        assert await verifier.verify(f"Bearer {issuer.token()}")
        await verifier.close()

    async def test_that_were_never_read_are_nobodys_fault_but_the_issuers(
        self, issuer: LittleIssuer, verifier: TokenVerifier
    ) -> None:
        issuer.down = True
        with pytest.raises(RemoteUnavailable):
            await verifier.verify(f"Bearer {issuer.token()}")

    @pytest.mark.parametrize(
        "said", [{"issuer": "https://evil.example"}, {"jwks_uri": "https://evil.example/keys"}, {"jwks_uri": 7}]
    )
    async def test_are_taken_from_no_other_host(
        self, issuer: LittleIssuer, verifier: TokenVerifier, said: dict[str, Any]
    ) -> None:
        issuer.said = said
        with pytest.raises(RemoteUnavailable):
            await verifier.verify(f"Bearer {issuer.token()}")

    def test_may_only_be_used_with_algorithms_that_are_asymmetric(self) -> None:
        with pytest.raises(ValueError, match="RS256, ES256"):
            TokenVerifier("https://issuer.example", AUDIENCE, algorithms=("HS256",))


class TestAServicesOwnToken:
    async def test_is_asked_for_with_its_secret_and_kept(self, issuer: LittleIssuer) -> None:
        source = TokenSource(issuer.url, "claims", "s3cr:t/", audience=AUDIENCE, scope="patients:read")
        assert await asyncio.gather(*(source.token() for _ in range(10))) == ["t1"] * 10
        authorization, form = issuer.forms[0]
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == "claims:s3cr%3At%2F"
        assert form == {
            "grant_type": ["client_credentials"],
            "client_id": ["claims"],
            "audience": [AUDIENCE],
            "scope": ["patients:read"],
        }
        await source.close()

    async def test_is_replaced_before_it_expires(self, issuer: LittleIssuer) -> None:
        issuer.token_answer = JSONResponse({"access_token": "short", "expires_in": 0.2})
        source = TokenSource(issuer.url, "claims", "secret")
        await source.token()
        await source.token()
        assert len(issuer.forms) == 1
        await asyncio.sleep(0.15)
        await source.token()
        assert len(issuer.forms) == 2
        await source.close()

    async def test_is_replaced_when_a_service_no_longer_takes_it(self, issuer: LittleIssuer) -> None:
        source = TokenSource(issuer.url, "claims", "secret")
        source.discard("another")
        assert await source.token() == "t1"
        source.discard("t1")
        assert await source.token() == "t2"
        await source.close()

    @pytest.mark.parametrize(
        "answer", [JSONResponse({"error": "invalid_client"}, 400), JSONResponse([]), JSONResponse({"access_token": 7})]
    )
    async def test_that_is_not_given_makes_the_call_wait(self, issuer: LittleIssuer, answer: Response) -> None:
        issuer.token_answer = answer
        client = ServiceClient(issuer.url, TokenSource(issuer.url, "claims", "secret"))
        with pytest.raises(RemoteUnavailable):
            await client.get_json("/x", practice_id=PRACTICE)
        await client.close()
