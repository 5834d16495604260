"""A mail as it leaves: both languages in one, saying that there is something to read and never what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.presentation.mail_text import mail_text, sign_in_address
from config import Config
from models.rules.mail_words import MailWording

ID_LENGTH = 32


@dataclass(frozen=True)
class Letter:
    """What is to be sent to whom; everything else about it is the same for everybody."""

    key: str = field(repr=False)
    """Names the occasion, so that a mail that leaves twice can be recognised as the same."""
    words: MailWording
    """How its kind read on the day on which it was queued; a mail that leaves twice reads the same."""
    to: str = field(repr=False)
    at: datetime
    link: str | None = field(default=None, repr=False)
    """The one-time address of an invitation; every other mail leads to the sign-in page."""

    @property
    def name(self) -> str:
        """A name that is the letter's own and tells nothing."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:ID_LENGTH]


def compose(letter: Letter, config: Config) -> EmailMessage:
    """Write a letter out. Raises ValueError when the address is none that a mail can go to."""
    # Not every server takes bytes above 127; a carrier that writes files chooses a readable form itself.
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = Address(display_name=config.service_name, addr_spec=config.mail_from)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.words.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.name}@{domain_of(config)}>"
    message["Auto-Submitted"] = "auto-generated"
    text = mail_text(
        letter.words, service=config.service_name, sign_in=sign_in_address(config.base_url), link=letter.link
    )
    message.set_content(text, cte="8bit")
    return message


def domain_of(config: Config) -> str:
    """The domain that mails come from."""
    return config.mail_from.rpartition("@")[2]
