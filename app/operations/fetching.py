"""A look at a page of the public network, and never at anything else: bounded in time and size, by checked addresses.

The name is resolved here, every address that it has must be public, and the connection is made to one of these very
addresses and asked once more where it leads: a name that resolves to something else a moment later leads nowhere. A
redirect is a new address and is looked at in the same way. No proxy, no cookie and no other header of ours goes along.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from models.rules.policy_page import (
    PORTS,
    PageCheckPolicy,
    PageFound,
    found_by_status,
    is_address_of_a_page,
    is_public,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PART = 65_536
_HEADERS = {"User-Agent": "Kikite (policy page check)", "Accept": "*/*", "Accept-Encoding": "identity"}
Address = IPv4Address | IPv6Address
Talked = TypeVar("Talked")


@dataclass(frozen=True)
class Looked:
    """What a look came to: the answer's number where there was one, and the digest of as much as was read."""

    found: PageFound
    status: int | None = None
    digest: bytes | None = None


@dataclass(frozen=True)
class Bounds:
    """Where a look may lead; a test lets it reach this machine, and nothing else ever does."""

    may_reach: Callable[[Address], bool] = is_public
    is_address: Callable[[str], bool] = is_address_of_a_page


class _Stopped(Exception):
    """The look ends here, for a reason that has its word."""

    def __init__(self, found: PageFound) -> None:
        super().__init__(found.value)
        self.found = found


@dataclass(frozen=True)
class Answered:
    """What another server answered to something that was sent to it."""

    status: int
    body: bytes = field(repr=False)


def send_to(
    address: str, body: bytes, *, kind: str, policy: PageCheckPolicy, bounds: Bounds = Bounds()
) -> Answered | None:
    """Send something to an address of the public network, and read the answer; no redirect is followed.

    None where nothing, or more than the policy lets pass, came back. Never raises for whatever the other side does.
    """
    ends = time.monotonic() + policy.seconds
    if not bounds.is_address(address):
        return None
    try:
        return _over_a_wire(address, bounds, ends, partial(_sent, body=body, kind=kind, policy=policy))
    except (_Stopped, OSError, http.client.HTTPException, ValueError):
        return None


def look_at(address: str, policy: PageCheckPolicy, bounds: Bounds = Bounds()) -> Looked:
    """Open a page as anybody could, and tell whether it is there. Never raises for whatever the other side does."""
    ends = time.monotonic() + policy.seconds
    try:
        for _turn in range(policy.redirects_at_most + 1):
            if not bounds.is_address(address):
                return Looked(PageFound.NO_ADDRESS)
            answer, following = _open(address, policy, bounds, ends)
            if following is None:
                return answer
            address = urljoin(address, following)
    except _Stopped as stopped:
        return Looked(stopped.found)
    except ssl.SSLCertVerificationError:
        return Looked(PageFound.NOT_TRUSTED)
    except (OSError, http.client.HTTPException, ValueError):
        return Looked(PageFound.NO_ANSWER)
    return Looked(PageFound.TURNS)


def _open(address: str, policy: PageCheckPolicy, bounds: Bounds, ends: float) -> tuple[Looked, str | None]:
    """One answer, and where it sends on to, if it does."""
    return _over_a_wire(address, bounds, ends, partial(_answer, policy=policy))


def _over_a_wire(address: str, bounds: Bounds, ends: float, talk: Callable[..., Talked]) -> Talked:
    """Say something over a connection that leads where it may, and is cut off in time."""
    parts = urlsplit(address)
    host, port = _host_and_port(parts)
    wires: list[socket.socket] = [_reached(_addresses_of(host, port, bounds, ends), port, ends)]
    # Whoever answers one letter at a time is cut off, too: each read has its own patience, the whole has this one.
    cutting = threading.Timer(max(0.0, ends - time.monotonic()), _cut, (wires,))
    cutting.daemon = True
    cutting.start()
    try:
        # The very connection is asked where it leads, whatever was resolved before.
        if not bounds.may_reach(ip_address(wires[0].getpeername()[0].partition("%")[0])):
            raise _Stopped(PageFound.NOT_PUBLIC)
        if parts.scheme == "https":
            _secured(wires[0], host, wires)
        return talk(wires[-1], parts, ends)
    finally:
        cutting.cancel()
        for wire in wires:
            wire.close()


def _secured(wire: socket.socket, host: str, wires: list[socket.socket]) -> None:
    trusted = ssl.create_default_context()
    secret = trusted.wrap_socket(wire, server_hostname=host, do_handshake_on_connect=False)
    wires.append(secret)
    secret.do_handshake()


def _said(
    wire: socket.socket, parts: SplitResult, method: str, headers: Mapping[str, str], body: bytes = b""
) -> http.client.HTTPResponse:
    host, port = _host_and_port(parts)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = wire
    # The usual port of either scheme is left out of the name, as every browser does.
    name = host.encode("idna").decode("ascii") if not host.isascii() else host
    connection.putrequest(method, _target(parts), skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", name if port in PORTS.values() else f"{name}:{port}")
    for header, value in headers.items():
        connection.putheader(header, value)
    connection.endheaders(body or None)
    return connection.getresponse()


def _sent(
    wire: socket.socket, parts: SplitResult, ends: float, *, body: bytes, kind: str, policy: PageCheckPolicy
) -> Answered | None:
    headers = {
        "User-Agent": "Kikite",
        "Accept-Encoding": "identity",
        "Content-Type": kind,
        "Content-Length": str(len(body)),
    }
    with _said(wire, parts, "POST", headers, body) as answer:
        read = answer.read(policy.bytes_at_most + 1)
        if len(read) > policy.bytes_at_most or time.monotonic() >= ends:
            return None
        return Answered(answer.status, read)


def _answer(
    wire: socket.socket, parts: SplitResult, ends: float, *, policy: PageCheckPolicy
) -> tuple[Looked, str | None]:
    with _said(wire, parts, "GET", _HEADERS) as answer:
        following = answer.getheader("Location") if answer.status in REDIRECTS else None
        if following is not None:
            return Looked(PageFound.TURNS, answer.status), following
        return Looked(found_by_status(answer.status), answer.status, _digest(answer, policy, ends)), None


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def _target(parts: SplitResult) -> str:
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{target}?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else target


def _digest(answer: http.client.HTTPResponse, policy: PageCheckPolicy, ends: float) -> bytes:
    """The SHA-256 of the page, as far as it is read at all."""
    digest, left = hashlib.sha256(), policy.bytes_at_most
    while left > 0:
        part = answer.read(min(PART, left))
        if time.monotonic() >= ends:
            # What was cut off looks like an end, and is none.
            raise _Stopped(PageFound.NO_ANSWER)
        if not part:
            break
        digest.update(part)
        left -= len(part)
    return digest.digest()


def _reached(addresses: list[Address], port: int, ends: float) -> socket.socket:
    failure: OSError | None = None
    for ip in addresses:
        patience = ends - time.monotonic()
        if patience <= 0:
            break
        try:
            return socket.create_connection((str(ip), port), timeout=patience)
        except OSError as failed:
            failure = failed
    raise failure or _Stopped(PageFound.NO_ANSWER)


def _addresses_of(host: str, port: int, bounds: Bounds, ends: float) -> list[Address]:
    """The addresses of a name. One that is not public is enough to refuse the name: it is chosen by whoever owns it."""
    found: list[Address] = []
    failed: list[OSError | UnicodeError] = []

    def resolve() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(ip_address(row[4][0].partition("%")[0]) for row in rows))  # type: ignore[union-attr]
        except (OSError, UnicodeError) as failure:
            failed.append(failure)

    # The system's resolver knows no limit of time.
    resolving = threading.Thread(target=resolve, daemon=True)
    resolving.start()
    resolving.join(max(0.0, ends - time.monotonic()))
    if failed:
        raise _Stopped(PageFound.NO_NAME)
    if not found:
        raise _Stopped(PageFound.NO_ANSWER)
    if not all(bounds.may_reach(ip) for ip in found):
        raise _Stopped(PageFound.NOT_PUBLIC)
    return found


def _cut(wires: list[socket.socket]) -> None:
    for wire in wires:
        # What is closed already, or was taken over by the one that is secret, needs no cutting.
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
