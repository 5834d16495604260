"""A mail's whole text: the words of its kind in both languages, and the frame that every mail has."""

from __future__ import annotations

from flask import current_app

from models.rules.mail_words import REQUIRED, MailWording, Placeholder, filled


def mail_text(words: MailWording, *, service: str, sign_in: str, link: str | None = None) -> str:
    """The text as it is sent, with what its placeholders stand for."""
    values = {Placeholder.SIGN_IN: sign_in, Placeholder.LINK: link or sign_in, Placeholder.SERVICE: service}
    return current_app.jinja_env.get_template("mail/mail.txt").render(
        ja=filled(words.ja, values),
        en=filled(words.en, values),
        leads_somewhere=bool(REQUIRED[words.kind]),
        service=service,
    )


def sign_in_address(base_url: str) -> str:
    """Where every mail leads that leads anywhere."""
    return f"{base_url.rstrip('/')}/sign-in"
