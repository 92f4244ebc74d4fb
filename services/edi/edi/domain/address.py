"""Where a wire may lead: the addresses that a partner can have, and the machines they may turn out to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from edi.domain.refusals import AddressNotSafe, HostNotAllowed

IpAddress = IPv4Address | IPv6Address

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "http": ("https", "http"),
    "sftp": ("sftp",),
    "fhir": ("https", "http"),
}
PORTS: Mapping[str, int] = {"https": 443, "http": 80, "sftp": 22}

# An IPv4 address written as one of IPv6 (RFC 6052) is judged as what it leads to.
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an address: what is resolved, and what is said to whoever answers there."""

    scheme: str
    host: str
    port: int
    path: str


def address(url: str, wire: str, allowed_hosts: Iterable[str]) -> str:
    """The address of a wire in one spelling: lower-case host, no closing slash.

    An allowed host is `host` (any port) or `host:port`. Raises AddressNotSafe, HostNotAllowed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressNotSafe from None
    host = (parts.hostname or "").lower()
    if not host or not _plain(parts, url) or parts.scheme not in SCHEMES[wire] or _disguised(host):
        raise AddressNotSafe
    if parts.scheme == "http" and not _is_loopback(host):
        raise AddressNotSafe
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}" if port is not None else shown
    if not {place, shown} & {allowed.strip().lower() for allowed in allowed_hosts}:
        raise HostNotAllowed
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def place_of(url: str) -> Place:
    """The parts of an address that `address` gave."""
    parts = urlsplit(url)
    return Place(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], parts.path)


def permitted(found: str, place: Place, networks: Iterable[str]) -> bool:
    """Whether the wire may go to the machine `found` (an IP address) that the host of `place` resolved to.

    A public address may always be spoken to, a private one when it is in one of `networks` or stands in the partner's
    address itself, which the installation allowed by that very name. Nobody is a partner at an unspecified, link-local
    (where clouds keep their credentials) or multicast address. Plain http stays on this machine.
    """
    there = _led_to(ip_address(found))
    if there.is_unspecified or there.is_link_local or there.is_multicast:
        return False
    if place.scheme == "http":
        return there.is_loopback
    if there.is_global:
        return True
    named = place.host == "localhost" and there.is_loopback
    return named or _literal(place.host) == there or any(there in ip_network(network) for network in networks)


def _led_to(found: IpAddress) -> IpAddress:
    if isinstance(found, IPv4Address):
        return found
    inside = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
    if inside is None and found in _NAT64:
        inside = IPv4Address(int(found) & 0xFFFFFFFF)
    return inside or found


def _plain(parts: SplitResult, url: str) -> bool:
    bare = not (parts.query or parts.fragment or parts.username or parts.password or "@" in parts.netloc)
    steps = parts.path.split("/")
    straight = "." not in steps and ".." not in steps and "%" not in url
    return bare and straight and url.isascii() and url.isprintable() and " " not in url and "\\" not in url


def _disguised(host: str) -> bool:
    """Whether a resolver may take it for an IP address that is not written as one: 127.1, 0x7f000001, 2130706433."""
    if _literal(host) is not None:
        return False
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdigit() or last.startswith("0x") or host.endswith(".")


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
