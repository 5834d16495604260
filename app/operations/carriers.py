"""How a mail leaves: over SMTP with TLS, or into readable files in the data folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from app.operations.letters import domain_of
from config import Config

READABLE = SMTPUTF8.clone(linesep="\n", cte_type="8bit")
"""In a file, Japanese stands as Japanese and not as code."""


class NotSent(Exception):
    """A mail did not leave. ``why`` is a code; whether the next one has a chance is ``server_gone``."""

    def __init__(self, why: str, *, server_gone: bool) -> None:
        super().__init__(why)
        self.why = why
        self.server_gone = server_gone


class Carrier(Protocol):
    """Takes mails away; opened for a round of sending and closed after it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def carry(self, message: EmailMessage, *, name: str) -> None:
        """Take one mail away. Raises NotSent."""


def carrier_for(config: Config) -> Carrier:
    """The carrier that the settings name."""
    return SmtpCarrier(config) if config.mail == "smtp" else FileCarrier(config.data / "mail")


class FileCarrier:
    """Writes each mail into a file of its own that any mail program and any editor can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def carry(self, message: EmailMessage, *, name: str) -> None:
        """A mail that is carried twice lands in the same file."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = self._folder / f".{name}.{os.getpid()}"
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes(policy=READABLE))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / f"{name}.eml")
        except OSError as failure:
            raise NotSent("disk", server_gone=True) from failure


class SmtpCarrier:
    """Hands mails to an SMTP server whose certificate is checked; one connection for a round."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._hang_up()

    def carry(self, message: EmailMessage, *, name: str) -> None:  # noqa: ARG002 - the Message-ID carries the name
        try:
            self._connected().send_message(message)
        except (smtplib.SMTPException, OSError) as failure:
            self._hang_up()
            raise _not_sent(failure) from failure

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        config = self._config
        host, port, patience = config.smtp_host, config.smtp_port, config.smtp_timeout_seconds
        trust = ssl.create_default_context()
        # Without a name to give, the library would tell the server this machine's.
        name = domain_of(config)
        if config.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=patience, context=trust)
        else:
            server = smtplib.SMTP(host, port, name, timeout=patience)
        self._server = server
        if config.smtp_security == "starttls":
            server.starttls(context=trust)
        if config.smtp_user and config.smtp_password is not None:
            try:
                server.login(config.smtp_user, config.smtp_password.value)
            except smtplib.SMTPServerDisconnected as failure:
                # Some servers hang up on a wrong password instead of saying so.
                raise NotSent("sign_in", server_gone=True) from failure
        return server

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _not_sent(failure: Exception) -> NotSent:
    """The kind of a failure; its text is left behind, since servers put addresses into it."""
    if isinstance(failure, smtplib.SMTPServerDisconnected) and isinstance(failure.__context__, TimeoutError):
        # The library tells a silence as a hanging up.
        return NotSent("timeout", server_gone=True)
    if isinstance(failure, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return NotSent("refused", server_gone=False)
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (smtplib.SMTPAuthenticationError, "sign_in"),
        (smtplib.SMTPNotSupportedError, "not_supported"),
        (smtplib.SMTPSenderRefused, "sender_refused"),
        (ssl.SSLError, "tls"),
        (TimeoutError, "timeout"),
        (smtplib.SMTPException, "server"),
    )
    return NotSent(next((why for kind, why in kinds if isinstance(failure, kind)), "connection"), server_gone=True)
