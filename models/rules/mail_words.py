"""The words of the mails that are sent: as shipped, what may stand in them, and what a new wording has to keep.

Source: domain, 4.2 (a mail says nothing of a case). A mail is the same for everybody to whom its kind is sent. There is no
placeholder for anything of a case, a company or a person, and no address may be written out: the only way from a mail leads
to the sign-in page, or to the one-time page of an invitation. What tells of a change of one's own security leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from models.rules.labelled import Labelled
from models.rules.mail_kinds import MailKind
from models.rules.rule_change import DayRefusal, refusal_of_day

LONGEST_SUBJECT = 50
LONGEST_SUBJECT_EN = 90
LONGEST_BODY = 600
LONGEST_BODY_EN = 1200
SHORTEST_BODY = 20
SHORTEST_SUBJECT = 4


class Placeholder(Labelled):
    """What a text may name in braces, and what stands there in the mail."""

    # fmt: off
    SIGN_IN = "sign_in", "サインインの画面のアドレス",     "The address of the sign-in page"
    LINK    = "link",    "その人だけの、一度使えるアドレス", "The person's own one-time address"
    SERVICE = "service", "このサービスの名前",             "The name of this service"
    # fmt: on

    @property
    def written(self) -> str:
        """How it is written in a text."""
        return f"{{{self.value}}}"


_P = Placeholder
REQUIRED: Mapping[MailKind, frozenset[Placeholder]] = MappingProxyType({
    MailKind.UPDATE: frozenset({_P.SIGN_IN}),
    MailKind.REMINDER: frozenset({_P.SIGN_IN}),
    MailKind.LETTER: frozenset({_P.SIGN_IN}),
    MailKind.BOARD: frozenset({_P.SIGN_IN}),
    MailKind.INVITATION: frozenset({_P.LINK}),
    MailKind.ALARM: frozenset({_P.SIGN_IN}),
    MailKind.SECURITY: frozenset(),
})  # fmt: skip


def allowed_in(kind: MailKind) -> tuple[Placeholder, ...]:
    """What the body of a kind may name: what it must, and the name of the service."""
    return tuple(one for one in Placeholder if one in REQUIRED[kind] or one is Placeholder.SERVICE)


@dataclass(frozen=True, slots=True)
class MailWording:
    """How a kind of mail reads from a day on."""

    kind: MailKind
    valid_from: date
    subject_ja: str
    subject_en: str
    ja: str
    en: str

    @property
    def subject(self) -> str:
        """The subject line, in both languages."""
        return f"{self.subject_ja} / {self.subject_en}"

    def same_as(self, other: MailWording) -> bool:
        """Whether it reads the same, whatever the day."""
        return replace(self, valid_from=other.valid_from) == other


_FROM = date(2025, 10, 1)
_GO_JA = "安全のため、内容はこのメールには書いていません。次のページでサインインしてご覧ください。\n\n  {sign_in}"
_GO_EN = "To keep it confidential, the details are not in this email. Please sign in here to see them.\n\n  {sign_in}"

# fmt: off
_SHIPPED: Mapping[MailKind, tuple[str, str]] = MappingProxyType({
    MailKind.UPDATE: (
        f"ご確認いただきたいお知らせがあります。\n\n{_GO_JA}",
        f"There is an update for you to look at.\n\n{_GO_EN}",
    ),
    MailKind.REMINDER: (
        f"期限のあるご用件が、まだ終わっていません。お早めにご確認ください。\n\n{_GO_JA}",
        f"Something with a due date is not finished yet. Please look at it soon.\n\n{_GO_EN}",
    ),
    MailKind.LETTER: (
        f"文書をお届けしています。画面を開いてお受け取りください。\n\n{_GO_JA}",
        f"A document has been delivered to you. Please open the page to receive it.\n\n{_GO_EN}",
    ),
    MailKind.BOARD: (
        f"理事会の議案があります。会議の前にお目通しください。\n\n{_GO_JA}",
        f"There is a board item. Please read it before the meeting.\n\n{_GO_EN}",
    ),
    MailKind.INVITATION: (
        ("利用登録、またはパスワードの決め直しのご案内です。\n\n"
         "次のページを開き、ご自分のパスワードを決めてください。\n"
         "このアドレスはあなた専用で、一度だけ、7日のあいだ使えます。ほかの人に渡さないでください。\n\n  {link}"),
        ("This is your link to sign up, or to set a new password.\n\n"
         "Please open this page and choose your own password.\n"
         "The address is yours alone. It works once, within 7 days. Please do not pass it on.\n\n  {link}"),
    ),
    MailKind.ALARM: (
        f"至急ご確認いただきたいことがあります。このあとすぐに画面を開いてください。\n\n{_GO_JA}",
        f"Something needs your attention now. Please open the page as soon as you can.\n\n{_GO_EN}",
    ),
    MailKind.SECURITY: (
        ("あなたのパスワード・確認コード・パスキーのどれかの設定が変わったか、緊急用コードが使われました。\n\n"
         "ご自分でなさったときは、何もしていただく必要はありません。\n"
         "心当たりのないときは、このメールに書かれたリンクを使わずに、すぐに協会の事務局へ電話でお知らせください。"),
        ("Your password, your sign-in code or a passkey of yours was changed, or an emergency code was used.\n\n"
         "If that was you, there is nothing to do.\n"
         "If it was not, please do not use any link in an email. Call the association's office at once."),
    ),
})
# fmt: on

SHIPPED: Mapping[MailKind, MailWording] = MappingProxyType(
    {kind: MailWording(kind, _FROM, kind.ja, kind.en, ja, en) for kind, (ja, en) in _SHIPPED.items()}
)


def mail_wording_on(kind: MailKind, day: date, rewritten: Iterable[MailWording] = ()) -> MailWording:
    """How a kind of mail reads on a day."""
    in_force = [one for one in rewritten if one.kind is kind and one.valid_from <= day]
    return max(in_force, key=lambda one: one.valid_from, default=SHIPPED[kind])


_NAMED = re.compile(r"\{([^{}\n]*)\}")
_BRACES = re.compile(r"[{}{}]")
_ADDRESS = re.compile(
    r"(?:https?|ftp|mailto|tel)\s*[::]|www\.|[\w.+-]+[@@][\w-]+\.|[a-z0-9-]+\.(?:com|net|org|jp|info|biz|io)\b",
    re.IGNORECASE | re.ASCII,
)
# What cases, exchanges, letters and codes are known by begins with capitals and a hyphen; a telephone number does not.
_NUMBER = re.compile(r"\b[A-Z][A-Z0-9]{0,4}-[A-Z0-9]+\b", re.ASCII)


def filled(text: str, values: Mapping[Placeholder, str]) -> str:
    """The text with what its placeholders stand for; nothing else in it is read as anything but words."""

    def stands_for(found: re.Match[str]) -> str:
        try:
            return values[Placeholder(found[1])]
        except (KeyError, ValueError):
            return found[0]

    return _NAMED.sub(stands_for, text)


class MailRefusal(Labelled):
    """Why a mail cannot read so."""

    # fmt: off
    NO_CHANGE = "no_change", "その日の文面と同じです。変更はいりません。",                           "The mail reads the same on that day."
    TOO_SHORT = "too_short", "短すぎます。件名は4文字以上、本文は20文字以上で書いてください。",         "Too short: at least 4 signs in the subject and 20 in the text."
    UNKNOWN   = "unknown",   "使えない差し込みがあります: %(names)s。使えるのは、下に書いてあるものだけです。", "This cannot be filled in: %(names)s. Only what is listed below can."
    MISSING   = "missing",   "必要な差し込みがありません: %(names)s。これがないと、受け取った人が画面を開けません。", "This must stand in the text: %(names)s. Without it nobody can open the page."
    IN_SUBJECT = "in_subject", "件名に差し込みは使えません。",                                       "Nothing is filled in in a subject line."
    BRACE     = "brace",     "かっこ「{」「}」は、差し込みだけに使います。",                           "Braces are for what is filled in, and for nothing else."
    ADDRESS   = "address",   "ページやメールのアドレスは書けません。決まった差し込みを使ってください。", "No address may be written out; use what is filled in."
    NUMBER    = "number",    "番号のようなものがあります。相談や会社のことは、メールに書けません。",     "This looks like a number of a case; a mail says nothing of a case."
    # fmt: on


@dataclass(frozen=True, slots=True)
class MailFault:
    """What is wrong, in which part of the mail, and which placeholders it is about."""

    part: str
    refusal: MailRefusal
    names: tuple[str, ...] = ()


def faults_of(new: MailWording) -> tuple[MailFault, ...]:
    """What is wrong with the words themselves, part by part."""
    return tuple(
        fault
        for part in ("subject_ja", "subject_en", "ja", "en")
        for fault in _faults(new.kind, part, getattr(new, part), in_subject=part.startswith("subject"))
    )


def _faults(kind: MailKind, part: str, text: str, *, in_subject: bool) -> Iterator[MailFault]:
    named = {found[1] for found in _NAMED.finditer(text)}
    if len(text.strip()) < (SHORTEST_SUBJECT if in_subject else SHORTEST_BODY):
        yield MailFault(part, MailRefusal.TOO_SHORT)
    if in_subject and named:
        yield MailFault(part, MailRefusal.IN_SUBJECT)
    elif unknown := named - {one.value for one in allowed_in(kind)}:
        yield MailFault(part, MailRefusal.UNKNOWN, tuple(sorted(f"{{{name}}}" for name in unknown)))
    if not in_subject and (missing := [one for one in Placeholder if one in REQUIRED[kind] and one.value not in named]):
        yield MailFault(part, MailRefusal.MISSING, tuple(one.written for one in missing))
    bare = _NAMED.sub(" ", text)
    if _BRACES.search(bare):
        yield MailFault(part, MailRefusal.BRACE)
    if _ADDRESS.search(bare):
        yield MailFault(part, MailRefusal.ADDRESS)
    if _NUMBER.search(bare):
        yield MailFault(part, MailRefusal.NUMBER)


def refusal_of_mail(
    new: MailWording, *, today: date, taken: bool, before: MailWording
) -> DayRefusal | tuple[MailFault, ...]:
    """Why a kind of mail cannot read so from a day on; nothing when it may."""
    if refusal := refusal_of_day(new.valid_from, today=today, taken=taken):
        return refusal
    if faults := faults_of(new):
        return faults
    return (MailFault("ja", MailRefusal.NO_CHANGE),) if new.same_as(before) else ()
