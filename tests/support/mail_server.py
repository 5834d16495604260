"""A mail server of the test's own: with a certificate that nobody knows, with a password, or gone."""

from __future__ import annotations

import socket
import ssl
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
USER, MAIL_PASSWORD = "kikite", "the mail server's own password"


@dataclass
class MailServer:
    """What arrived, and how the server was spoken to."""

    port: int = 0
    refuses: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        if self.refuses:
            return self.refuses
        self.was_encrypted.append(session.ssl is not None)
        self.senders.append(session.host_name)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


class OnAFreePort(Controller):
    """The library's own knock at its door goes to the port that was asked for, which here is none yet."""

    def taken_port(self) -> int:
        assert isinstance(self.server, Server)
        return int(self.server.sockets[0].getsockname()[1])

    def _trigger_server(self) -> None:
        socket.create_connection((HOST, self.taken_port()), timeout=5).close()


@contextmanager
def running_mail_server(
    *, certificate: Path | None = None, needs_sign_in: bool = False, tls_at_once: bool = False
) -> Iterator[MailServer]:
    """Run a server on a free port; with a certificate it asks for TLS."""
    server = MailServer()
    options: dict[str, Any] = {}
    if certificate is not None:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(certificate)
        options |= {"ssl_context": trust} if tls_at_once else {"tls_context": trust, "require_starttls": True}
    if needs_sign_in:
        options |= {"authenticator": _authenticate, "auth_required": True}
        options |= {"auth_require_tls": not tls_at_once}
    controller = OnAFreePort(server, hostname=HOST, port=0, **options)
    controller.start()
    try:
        server.port = controller.taken_port()
        yield server
    finally:
        controller.stop()


def make_certificate(path: Path) -> Path:
    """A certificate for this machine and its key, in one file; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), MAIL_PASSWORD.encode())
    return AuthResult(success=known)
