"""Who asks, and what they may do: OIDC bearer tokens, checked here and nowhere else.

Only the configured issuer's keys count. Whatever a token says about where its key may be found (`jku`, `jwk`,
`x5u`) is never followed, and the algorithm is one of a list of ours that must also fit the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.exceptions import InvalidSubjectError

from common.issuer import Issuer, Kept, TokenSource, mapping
from common.refusal import Refusal

__all__ = ["Issuer", "Principal", "TokenSource", "TokenVerifier", "practice_for"]

ALGORITHMS = ("RS256", "ES256")
LEEWAY = 60.0
LARGEST_TOKEN = 8192
SMALLEST_RSA = 2048
KEY_TYPES: Mapping[str, type] = {"RS256": RSAPublicKey, "ES256": EllipticCurvePublicKey}
REQUIRED = ("exp", "iat", "iss", "aud", "sub")


class Unauthenticated(Refusal):
    """The request carries no token that this service believes."""

    code = "token-invalid"
    sentence = "The bearer token cannot be accepted."
    mend = "Get a new token from the issuer that this service trusts."
    status = 401

    @property
    def headers(self) -> Mapping[str, str]:
        """RFC 6750, section 3."""
        error = f'error="invalid_token", error_description="{self.code}"'
        return {"WWW-Authenticate": f'Bearer realm="dermbill", {error}'}


class TokenMissing(Unauthenticated):
    code = "token-missing"
    sentence = "The request carries no bearer token."
    mend = "Send the header Authorization: Bearer <token>."

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="dermbill"'}


class TokenMalformed(Unauthenticated):
    code = "token-malformed"
    sentence = "The bearer token is not a signed JWT."


class TokenTooLarge(Unauthenticated):
    code = "token-too-large"
    sentence = f"The bearer token is longer than {LARGEST_TOKEN} characters."


class AlgorithmRefused(Unauthenticated):
    code = "token-algorithm"
    sentence = "The bearer token is signed with an algorithm that this service does not accept."


class KeyUnknown(Unauthenticated):
    code = "token-key-unknown"
    sentence = "The bearer token names no key of the issuer."


class SignatureWrong(Unauthenticated):
    code = "token-signature"
    sentence = "The signature of the bearer token does not hold."


class TokenExpired(Unauthenticated):
    code = "token-expired"
    sentence = "The bearer token has expired."


class TokenNotYetValid(Unauthenticated):
    code = "token-not-yet-valid"
    sentence = "The bearer token is not valid yet."


class WrongAudience(Unauthenticated):
    code = "token-audience"
    sentence = "The bearer token was issued for another audience."


class WrongIssuer(Unauthenticated):
    code = "token-issuer"
    sentence = "The bearer token was issued by another issuer."


class ClaimsWrong(Unauthenticated):
    code = "token-claims"
    sentence = "The bearer token lacks a claim that it must have, or a claim has the wrong form."


class Forbidden(Refusal):
    """The token is good, but does not allow this."""

    status = 403


class PracticeNotNamed(Forbidden):
    code = "practice-not-named"
    sentence = "The token is good for more than one practice, and the request does not say which it means."
    mend = "Send the header Dermbill-Practice with the id of one practice."


class PracticeForeign(Forbidden):
    code = "practice-foreign"
    sentence = "The token is not good for this practice."
    mend = "Use a token that has the practice, or name one that the token has."


FAULTS: Sequence[tuple[type[Exception], type[Unauthenticated]]] = (
    (jwt.ExpiredSignatureError, TokenExpired),
    (jwt.ImmatureSignatureError, TokenNotYetValid),
    (jwt.InvalidAudienceError, WrongAudience),
    (jwt.InvalidIssuerError, WrongIssuer),
    (jwt.MissingRequiredClaimError, ClaimsWrong),
    (jwt.InvalidIssuedAtError, ClaimsWrong),
    (InvalidSubjectError, ClaimsWrong),
    (jwt.InvalidSignatureError, SignatureWrong),
    (jwt.InvalidAlgorithmError, AlgorithmRefused),
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a token speaks for. `everywhere` is the claim `practices: ["*"]` of a service."""

    subject: str
    client_id: str
    scopes: frozenset[str]
    practices: frozenset[UUID]
    address: str = "-"
    everywhere: bool = False

    @property
    def kind(self) -> str:
        """`service` for a client that speaks for itself, `person` otherwise (RFC 9068, section 2.2)."""
        return "service" if self.subject == self.client_id else "person"


def practice_for(principal: Principal, header: str | None) -> UUID:
    """The one practice a request is about: the token's only one, or the one that Dermbill-Practice names.

    Raises PracticeNotNamed, and PracticeForeign also for a header that is no uuid.
    """
    if header is None:
        if principal.everywhere or len(principal.practices) > 1:
            raise PracticeNotNamed
        if not principal.practices:
            raise PracticeForeign
        return next(iter(principal.practices))
    try:
        named = UUID(header)
    except ValueError:
        raise PracticeForeign from None
    if not principal.everywhere and named not in principal.practices:
        raise PracticeForeign
    return named


class TokenVerifier:
    """Believes tokens of one issuer for one audience.

    Keys are kept `seconds`, and fetched again for an unknown `kid` at most every `at_most_every` seconds. An
    issuer that does not answer before any key was read raises RemoteUnavailable (a 503: the token may be
    good).
    """

    def __init__(
        self,
        issuer: str | Issuer,
        audience: str,
        *,
        algorithms: Sequence[str] = ALGORITHMS,
        leeway: float = LEEWAY,
        seconds: float = 300.0,
        at_most_every: float = 10.0,
    ) -> None:
        if not algorithms or not set(algorithms) <= set(KEY_TYPES):
            raise ValueError(f"algorithms must be among {', '.join(KEY_TYPES)}")
        self._issuer = issuer if isinstance(issuer, Issuer) else Issuer(issuer)
        self._audience, self._algorithms, self._leeway = audience, tuple(algorithms), leeway
        self._keys = Kept(self._fetch_keys, seconds=seconds, at_most_every=at_most_every)

    async def verify(self, authorization: str | None, *, address: str = "-") -> Principal:
        """Who the header `Authorization` speaks for. Raises Unauthenticated, one subclass for each reason."""
        token = _bearer(authorization)
        header = _header(token)
        algorithm = header.get("alg")
        if algorithm not in self._algorithms:
            raise AlgorithmRefused
        key = await self._key(header.get("kid"), str(algorithm))
        return _principal(self._claims(token, key, str(algorithm)), address)

    async def close(self) -> None:
        await self._issuer.close()

    def _claims(self, token: str, key: Any, algorithm: str) -> Mapping[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience,
                issuer=[self._issuer.url, self._issuer.url + "/"],
                leeway=self._leeway,
                options={"require": list(REQUIRED)},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as fault:
            raise _because(fault) from None

    async def _key(self, kid: object, algorithm: str) -> Any:
        if not isinstance(kid, str):
            raise KeyUnknown
        keys = await self._keys.get()
        if kid not in keys:
            keys = await self._keys.again()
        key = keys.get(kid)
        if key is None:
            raise KeyUnknown
        if not isinstance(key, KEY_TYPES[algorithm]):
            # The classic mix-up: an RSA key's bytes used as if they were a secret, or another family's key.
            raise AlgorithmRefused
        return key

    async def _fetch_keys(self) -> Mapping[str, Any]:
        answer = mapping(await self._issuer.far.get_json(await self._issuer.path_of("jwks_uri")))
        listed = answer.get("keys")
        entries = cast(list[object], listed) if isinstance(listed, list) else []
        return dict(found for found in map(_usable, entries) if found is not None)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing
    if len(token) > LARGEST_TOKEN:
        raise TokenTooLarge
    return token.strip()


def _header(token: str) -> Mapping[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise TokenMalformed from None
    # An extension that must be understood and is not (RFC 7515, section 4.1.11), or a token of another kind.
    if "crit" in header or str(header.get("typ", "JWT")).lower() not in {
        "jwt",
        "at+jwt",
        "application/at+jwt",
    }:
        raise TokenMalformed
    return header


def _because(fault: Exception) -> Unauthenticated:
    return next((refusal() for kind, refusal in FAULTS if isinstance(fault, kind)), TokenMalformed())


def _principal(claims: Mapping[str, Any], address: str) -> Principal:
    subject = claims["sub"]
    client = claims.get("client_id", claims.get("azp", subject))
    scope, listed = claims.get("scope", ""), claims.get("practices", [])
    texts = (subject, client, scope)
    if not all(isinstance(text, str) for text in texts) or not subject or not isinstance(listed, list):
        raise ClaimsWrong
    practices = cast(list[object], listed)
    try:
        named = frozenset(UUID(str(practice)) for practice in practices if practice != "*")
    except ValueError:
        raise ClaimsWrong from None
    return Principal(subject, client, frozenset(scope.split()), named, address, everywhere="*" in practices)


def _usable(entry: object) -> tuple[str, Any] | None:
    """The kid and key of an entry of a JWKS, None for a key that may not sign tokens here."""
    found = mapping(entry)
    kid = found.get("kid")
    if not isinstance(kid, str) or found.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(dict(found)).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    strong = (isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_RSA) or (
        isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    )
    return (kid, key) if strong else None
