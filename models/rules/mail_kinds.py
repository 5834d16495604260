"""The kinds of mail there are: each says that there is something to read, and none says what (domain 4.2)."""

from __future__ import annotations

from models.rules.labelled import Labelled


class MailKind(Labelled):
    """A mail's kind, and what it is called; how it reads, its subject too, is in mail_words.py and may be changed."""

    UPDATE     = "update",     "お知らせがあります",                  "There is an update"
    REMINDER   = "reminder",   "ご確認のお願い(期限のご案内)",        "A reminder about a date"
    LETTER     = "letter",     "文書をお届けしています",              "A document has been delivered to you"
    BOARD      = "board",      "理事会の議案があります",              "There is a board item"
    INVITATION = "invitation", "利用登録のご案内",                    "An invitation to sign up"
    ALARM      = "alarm",      "至急、画面をご確認ください",          "Please look at your screen now"
    SECURITY   = "security",   "サインインについての大切なお知らせ",  "About the way you sign in"
