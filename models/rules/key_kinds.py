"""Every kind of key there is: where it lies, how it is replaced, and after how many months that is due.

Source: architecture, 4; docs/cryptography.md. The ring's keys are named by the purposes for which one is derived from
them. A purpose that the code asks for and that is missing here, or the other way round, fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from models.rules.labelled import Labelled
from models.rules.sealed_fields import ServerPurpose
from models.rules.working_days import add_months

REMINDED_AGAIN_AFTER_DAYS = 30


class Place(Labelled):
    """Where a key lies."""

    # fmt: off
    RING     = "ring",     "サーバーの鍵束",                 "The server's key ring"
    SEALED   = "sealed",   "データベース(開ける人へ封印)",   "In the database, sealed to whoever opens it"
    KEYSTORE = "keystore", "破棄用の鍵の置き場",             "The key store"
    BROWSER  = "browser",  "本人のブラウザ",                 "The person's browser"
    PAPER    = "paper",    "相談した人の手もと",             "With whoever consulted"
    CARDS    = "cards",    "印刷したカード(分けて)",       "Split among printed cards"
    OUTSIDE  = "outside",  "このシステムの外",               "Outside of this system"
    # fmt: on


class Renewal(Labelled):
    """How one key comes to take the place of another."""

    # fmt: off
    RESEALED = "resealed", "コマンドで封じ直す",                     "Sealed anew by the command"
    BY_USE   = "by_use",   "次に使われたときに新しくなる",           "Made anew when it is next used"
    PASSES   = "passes",   "古いものは期限で終わる",                 "What is older ends by itself"
    VERIFIES = "verifies", "古い鍵は確かめるためだけに残す",         "The older one stays, only to verify"
    STAYS    = "stays",    "最初の鍵のまま、その用途だけを残す",     "Stays with the first key, for that alone"
    EPOCH    = "epoch",    "新しい世代の鍵を始める",                 "A new epoch begins"
    BY_EVENT = "by_event", "できごとがあったときに替わる",           "Replaced when something happens"
    ITS_LIFE = "its_life", "替えない。終わるときに破棄する",         "Never replaced: destroyed at its end"
    OUTSIDE  = "outside",  "それを出したところで替える",             "Replaced where it was given out"
    # fmt: on


class KeyKind(Labelled):
    """A kind of key."""

    # fmt: off
    CONTACT       = "contact",       "氏名と連絡先の鍵",               "Names and addresses of people with an account"
    SECOND_FACTOR = "second_factor", "確認アプリと共有する鍵の鍵",     "Secrets shared with authenticator apps"
    LINK_SEALED   = "link_sealed",   "送信を待つリンクの鍵",           "Sign-up links that wait to be sent"
    KEYSTORE      = "keystore",      "破棄用の鍵を包む鍵",             "What wraps the shred keys"
    JOINT         = "joint",         "二人で行うことの理由の鍵",       "Reasons of what takes two persons"
    LOGIN         = "login",         "サインインのアドレスを探す鍵",   "Finding whoever signs in"
    PEPPER        = "pepper",        "パスワードに混ぜる鍵",           "The pepper of passwords"
    CODE_PEPPER   = "code_pepper",   "緊急用コードに混ぜる鍵",         "The pepper of emergency codes"
    LINK          = "link",          "一度使えるリンクの鍵",           "One-time links"
    COOKIE        = "cookie",        "画面の入力を守る鍵",             "What protects the forms of pages"
    ONCE          = "once",          "二重の送信を見分ける鍵",         "Telling that something was sent twice"
    CHALLENGE     = "challenge",     "パスキーに署名を求める鍵",       "What passkeys are asked to sign"
    STATEMENT     = "statement",     "認定の証明に署名する鍵",         "Signing statements of a certification"
    AUDIT         = "audit",         "操作の記録をつなぐ鍵",           "Chaining the record"
    HEAD          = "head",          "操作の記録に署名する鍵",         "Signing how far the record reaches"
    FACET         = "facet",         "分類を読めない符号にする鍵",     "Tokens of coded facts"
    FILES         = "files",         "ファイルの置き場の名前",         "The name of the folder of files"
    SEAT          = "seat",          "席の鍵",                         "A seat's key"
    KIT           = "kit",           "復元カードの鍵",                 "What a recovery kit's cards bring back"
    PERSON        = "person",        "登録された人の鍵",               "A person's key"
    RECEIPT       = "receipt",       "受付コードの鍵",                 "A receipt's key"
    COMPARTMENT   = "compartment",   "区画の鍵",                       "A compartment's key"
    SHRED         = "shred",         "相談の破棄用の鍵",               "The shred key of a case"
    SESSION       = "session",       "サインイン中の鍵",               "A session's key"
    WRAPPING      = "wrapping",      "鍵束を包む鍵",                   "What wraps the key ring"
    DATABASE      = "database",      "データベースにつなぐ鍵",         "What opens the databases"
    MAIL          = "mail",          "メールを出すパスワード",         "The password for sending mail"
    BUCKET        = "bucket",        "ファイルの置き場の鍵",           "What opens the bucket of files"
    TLS           = "tls",           "サイトの証明書",                 "The site's certificate"
    # fmt: on


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What holds for a kind of key: ``months`` is its term, ``purpose`` what it is derived for from the ring."""

    lies: Place
    renewal: Renewal
    months: int | None = None
    purpose: str = ""


_P, _R, _K = Place, Renewal, KeyKind

# fmt: off
KEY_RULES: Mapping[KeyKind, KeyRule] = MappingProxyType({
    #                          lies          renewal      months  purpose in the ring
    _K.CONTACT:       KeyRule(_P.RING,     _R.RESEALED,   12,   ServerPurpose.CONTACT.code),
    _K.SECOND_FACTOR: KeyRule(_P.RING,     _R.RESEALED,   12,   ServerPurpose.SECOND_FACTOR.code),
    _K.LINK_SEALED:   KeyRule(_P.RING,     _R.RESEALED,   12,   ServerPurpose.LINK.code),
    _K.KEYSTORE:      KeyRule(_P.RING,     _R.RESEALED,   12,   ServerPurpose.KEYSTORE.code),
    _K.JOINT:         KeyRule(_P.RING,     _R.RESEALED,   12,   ServerPurpose.JOINT.code),
    _K.LOGIN:         KeyRule(_P.RING,     _R.RESEALED,   12,   "login"),
    _K.PEPPER:        KeyRule(_P.RING,     _R.BY_USE,     12,   "pepper"),
    _K.CODE_PEPPER:   KeyRule(_P.RING,     _R.BY_USE,     12,   "pepper"),
    _K.LINK:          KeyRule(_P.RING,     _R.PASSES,     12,   "link"),
    _K.COOKIE:        KeyRule(_P.RING,     _R.PASSES,     12,   "cookie"),
    _K.ONCE:          KeyRule(_P.RING,     _R.PASSES,     12,   "once"),
    _K.CHALLENGE:     KeyRule(_P.RING,     _R.PASSES,     12,   "passkey"),
    _K.STATEMENT:     KeyRule(_P.RING,     _R.PASSES,     12,   "status-statement"),
    _K.AUDIT:         KeyRule(_P.RING,     _R.VERIFIES,   12,   "audit"),
    _K.HEAD:          KeyRule(_P.RING,     _R.VERIFIES,   12,   "audit-head"),
    _K.FACET:         KeyRule(_P.RING,     _R.RESEALED,   12,   "facet"),
    _K.FILES:         KeyRule(_P.RING,     _R.STAYS,      None, "files"),
    _K.SEAT:          KeyRule(_P.SEALED,   _R.EPOCH,      12),
    _K.KIT:           KeyRule(_P.CARDS,    _R.BY_EVENT),
    _K.PERSON:        KeyRule(_P.SEALED,   _R.BY_EVENT),
    _K.RECEIPT:       KeyRule(_P.PAPER,    _R.ITS_LIFE),
    _K.COMPARTMENT:   KeyRule(_P.SEALED,   _R.ITS_LIFE),
    _K.SHRED:         KeyRule(_P.KEYSTORE, _R.ITS_LIFE),
    _K.SESSION:       KeyRule(_P.BROWSER,  _R.ITS_LIFE),
    _K.WRAPPING:      KeyRule(_P.OUTSIDE,  _R.OUTSIDE,    12),
    _K.DATABASE:      KeyRule(_P.OUTSIDE,  _R.OUTSIDE,    12),
    _K.MAIL:          KeyRule(_P.OUTSIDE,  _R.OUTSIDE,    12),
    _K.BUCKET:        KeyRule(_P.OUTSIDE,  _R.OUTSIDE,    12),
    _K.TLS:           KeyRule(_P.OUTSIDE,  _R.OUTSIDE),
})
# fmt: on

OF_THE_RING = tuple(kind for kind, rule in KEY_RULES.items() if rule.lies is Place.RING)
HOLDS_THE_KEY = frozenset({Renewal.RESEALED, Renewal.BY_USE})
"""A key of the ring is not retired while something of these kinds stands under it; nor while a link is good."""
WITH = MappingProxyType({KeyKind.FACET: KeyKind.AUDIT})
"""Facets are made anew wherever they stand but in the record, which tells by them how grave a case was found to be. So
the key for them is kept as long as what the key of that time has recorded."""
KEPT = {
    kind: rule.purpose
    for kind, rule in KEY_RULES.items()
    if rule.renewal in {Renewal.VERIFIES, Renewal.STAYS} or kind in WITH
}
"""What is kept of a key that is retired, where anything stands under it (or under the kind that it is kept with)."""
NOTED = tuple(kind for kind, rule in KEY_RULES.items() if rule.lies is Place.OUTSIDE and rule.months is not None)
"""Of these, whoever runs the service notes the renewal; of the others the system knows the day itself."""


def keeps_from_retiring(kind: KeyKind) -> bool:
    """Whether what stands under a key of this kind would be lost with the key."""
    return kind is KeyKind.LINK or KEY_RULES[kind].renewal in HOLDS_THE_KEY


def term_ends(kind: KeyKind, began_at: datetime) -> datetime | None:
    """When a key of this kind, in use since then, is to be replaced; None where no day is set."""
    months = KEY_RULES[kind].months
    if months is None:
        return None
    return datetime.combine(add_months(began_at.date(), months), began_at.timetz())
