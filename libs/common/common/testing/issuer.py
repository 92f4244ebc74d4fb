"""An OIDC issuer for tests: real discovery, real JWKS, real signatures, on a loopback port."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from jwt.algorithms import ECAlgorithm

AUDIENCE = "dermbill"


@dataclass
class TestIssuer:
    """Signs tokens with a key of its own; `url` is what a service is given as OIDC_ISSUER."""

    __test__ = False

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    kid: str = field(default_factory=lambda: uuid4().hex)
    url: str = ""
    _server: ThreadingHTTPServer | None = None

    def start(self) -> TestIssuer:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def token(
        self,
        scopes: Sequence[str],
        practices: Sequence[UUID | str],
        *,
        subject: str = "staff-1",
        **claims: Any,
    ) -> str:
        now = int(time.time())
        body = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject,
            "client_id": subject,
            "iat": now,
            "exp": now + 600,
            "jti": uuid4().hex,
            "scope": " ".join(scopes),
            "practices": [str(practice) for practice in practices],
        }
        return jwt.encode(body | claims, self.key, algorithm="ES256", headers={"kid": self.kid})

    def jwks(self) -> dict[str, Any]:
        public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "ES256"}]}


SERVICE_SCOPES = ("patients:read", "edi:read", "edi:write", "claims:read", "payments:read")


def _handler(issuer: TestIssuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages = {
                "/.well-known/openid-configuration": {
                    "issuer": issuer.url,
                    "jwks_uri": f"{issuer.url}/jwks.json",
                    "token_endpoint": f"{issuer.url}/token",
                },
                "/jwks.json": issuer.jwks(),
            }
            self._answer(pages.get(self.path))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("content-length", 0))).decode())
            client = form.get("client_id", ["service"])[0]
            token = issuer.token(SERVICE_SCOPES, ["*"], subject=client)
            self._answer({"access_token": token, "token_type": "Bearer", "expires_in": 600})

        def _answer(self, page: dict[str, Any] | None) -> None:
            body = json.dumps(page or {}).encode()
            self.send_response(200 if page is not None else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler
