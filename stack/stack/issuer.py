"""The development issuer: OIDC discovery, keys and client-credentials tokens, for one machine.

A service cannot tell it from another issuer. Keys are the PEM files in `<folder>/keys`: every one of them is
published, the last by name signs, so adding a file rotates and removing one revokes.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import UUID

import jwt
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from jwt.algorithms import ECAlgorithm
from pydantic import BaseModel, ConfigDict, Field

from stack.clients import Client, new_client, read_clients, write_clients
from stack.workspace import write_private

TOKEN_SECONDS = 600
_LARGEST_FORM = 16 * 1024


class Registration(BaseModel):
    """A client bound to practices, as the operator asks for it."""

    model_config = ConfigDict(extra="forbid")

    client_id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$", examples=["demo-front-desk"])
    practices: tuple[UUID, ...] = Field(min_length=1)
    scopes: tuple[str, ...] = Field(min_length=1, examples=[["patients:write", "claims:read"]])
    subject: str | None = Field(default=None, description="The person it speaks for; without one, itself.")


class OAuthRefusal(Exception):
    """An answer of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


class Keys:
    """The signing keys in a folder; the folder is read again whenever a file comes or goes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, ec.EllipticCurvePrivateKey] = {}

    def current(self) -> list[tuple[str, ec.EllipticCurvePrivateKey]]:
        """All keys with their ids, the signing one last; the first is made when there is none."""
        paths = sorted(self._folder.glob("*.pem"))
        if not paths:
            write_private(self._folder / f"{int(time.time())}.pem", _new_key())
            paths = sorted(self._folder.glob("*.pem"))
        self._read = {path: self._read.get(path) or _load(path) for path in paths}
        return [(_thumbprint(key), key) for key in self._read.values()]

    def jwks(self) -> dict[str, Any]:
        entries = [_public(key) | {"kid": kid, "use": "sig", "alg": "ES256"} for kid, key in self.current()]
        return {"keys": entries}

    def sign(self, claims: Mapping[str, Any]) -> str:
        kid, key = self.current()[-1]
        return jwt.encode(dict(claims), key, algorithm="ES256", headers={"kid": kid, "typ": "at+jwt"})


class Clients:
    """The clients the stack wrote (`clients.json`) and those registered since (`registered.json`)."""

    def __init__(self, folder: Path) -> None:
        self._given = folder / "clients.json"
        self._registered = folder / "registered.json"

    def find(self, client_id: str) -> Client | None:
        return (read_clients(self._registered) | read_clients(self._given)).get(client_id)

    def register(self, wanted: Registration) -> str | None:
        """Keep the client and return its new secret; None when the id belongs to the stack.

        Registering an id again replaces it: the earlier secret ends.
        """
        if wanted.client_id in read_clients(self._given):
            return None
        secret = secrets.token_urlsafe(24)
        practices = tuple(str(practice) for practice in wanted.practices)
        client = new_client(
            wanted.client_id, secret, wanted.scopes, practices, subject=wanted.subject or wanted.client_id
        )
        write_clients(self._registered, {**read_clients(self._registered), client.client_id: client})
        return secret


def create_app(*, folder: Path, issuer: str, audience: str, operator_secret: str) -> FastAPI:
    """The issuer's HTTP application; `issuer` is the URL it is reached at."""
    app = FastAPI(title="dermbill development issuer", version="1")
    keys, clients = Keys(folder / "keys"), Clients(folder)

    @app.exception_handler(OAuthRefusal)
    async def refused(request: Request, refusal: OAuthRefusal) -> JSONResponse:
        headers = {"WWW-Authenticate": "Basic"} if refusal.status == 401 else {}
        body = {"error": refusal.error, "error_description": refusal.description}
        return JSONResponse(body, refusal.status, headers | {"Cache-Control": "no-store"})

    @app.get("/.well-known/openid-configuration")
    async def configuration() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/jwks.json",
            "token_endpoint": f"{issuer}/token",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }

    @app.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        return keys.jwks()

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        keys.current()
        return {"status": "ready"}

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        form = _form(await _limited_body(request))
        client = _authenticated(clients, request.headers.get("authorization", ""), form)
        scopes = _granted(client, form, audience)
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": client.subject,
            "client_id": client.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "scope": scopes,
            "practices": list(client.practices),
        }
        answer = {
            "access_token": keys.sign(claims),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": scopes,
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    @app.post("/clients", status_code=201)
    async def register(wanted: Registration, request: Request) -> dict[str, str]:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), operator_secret.encode()):
            raise OAuthRefusal("invalid_client", "Only the operator registers clients.", 401)
        secret = clients.register(wanted)
        if secret is None:
            raise OAuthRefusal("invalid_client_metadata", "That client id belongs to the stack.", 409)
        return {"client_id": wanted.client_id, "client_secret": secret}

    return app


async def _limited_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise OAuthRefusal("invalid_request", "The form is too large.", 413)
    return body


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode(), max_num_fields=20)
    except ValueError:
        raise OAuthRefusal("invalid_request", "The body is not a form.") from None
    if any(len(values) > 1 for values in fields.values()):
        raise OAuthRefusal("invalid_request", "A parameter is repeated.")
    return {name: values[0] for name, values in fields.items()}


def _authenticated(clients: Clients, authorization: str, form: Mapping[str, str]) -> Client:
    client_id, secret = _credentials(authorization, form)
    client = clients.find(client_id)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    if client is None or not hmac.compare_digest(digest, client.secret_sha256):
        raise OAuthRefusal("invalid_client", "The client id or its secret is not known.", 401)
    return client


def _credentials(authorization: str, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise OAuthRefusal("invalid_client", "The Authorization header cannot be read.", 401) from None
    return unquote(name), unquote(secret)


def _granted(client: Client, form: Mapping[str, str], audience: str) -> str:
    if form.get("grant_type") != "client_credentials":
        raise OAuthRefusal("unsupported_grant_type", "The grant type is client_credentials.")
    if form.get("audience", audience) != audience:
        raise OAuthRefusal("invalid_target", f"Tokens are issued for the audience {audience}.")
    wanted = form["scope"].split() if "scope" in form else client.scopes
    if not set(wanted) <= set(client.scopes):
        raise OAuthRefusal("invalid_scope", "The client may not have a scope it asks for.")
    return " ".join(wanted)


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()


def _load(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError(f"{path} is not a P-256 private key.")
    return key


def _public(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    return json.loads(ECAlgorithm.to_jwk(key.public_key()))


def _thumbprint(key: ec.EllipticCurvePrivateKey) -> str:
    # RFC 7638: the hash of the required members in order; the same file gives the same id after a restart.
    members = {name: _public(key)[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def main() -> None:
    """Serve until SIGTERM, told by the environment (see stack.environment)."""
    app = create_app(
        folder=Path(os.environ["ISSUER_FOLDER"]),
        issuer=os.environ["OIDC_ISSUER"],
        audience=os.environ["OIDC_AUDIENCE"],
        operator_secret=os.environ["ISSUER_OPERATOR_SECRET"],
    )
    uvicorn.run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
