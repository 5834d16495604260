"""Attachments: which kinds of file are taken, how large and how many, and in which words one is refused or remarked on.

Sources: domain, 4.2 (metadata, recordings), 7.37, and finding 9: a recording holds the customer's voice and belongs to
the client company, so pointers (day, time, call ID, "a recording exists") are asked for instead. Limits are dated rows.
How the place and the device leave a photo: ``app/attachments/examination/pictures.py``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.rules.labelled import Labelled
from models.rules.working_days import in_japan

MEBIBYTE = 1024 * 1024


class FileKind(Labelled):
    """What a file is, by its content and never by its name."""

    # fmt: off
    JPEG       = "jpeg",       "写真・画像(JPEG)",                   "Picture (JPEG)"
    PNG        = "png",        "画像・スクリーンショット(PNG)",      "Picture or screenshot (PNG)"
    WEBP       = "webp",       "画像(WebP)",                         "Picture (WebP)"
    GIF        = "gif",        "画像(GIF)",                          "Picture (GIF)"
    PDF        = "pdf",        "PDF",                                "PDF"
    WORD       = "word",       "文書(Word)",                         "Document (Word)"
    EXCEL      = "excel",      "表(Excel)",                          "Spreadsheet (Excel)"
    POWERPOINT = "powerpoint", "資料(PowerPoint)",                   "Slides (PowerPoint)"
    ODT        = "odt",        "文書(OpenDocument)",               "Document (OpenDocument)"
    ODS        = "ods",        "表(OpenDocument)",                 "Spreadsheet (OpenDocument)"
    ODP        = "odp",        "資料(OpenDocument)",               "Slides (OpenDocument)"
    OLD_OFFICE = "old_office", "以前の形式の文書(Word・Excel など)", "Document in an older Office format"
    TEXT       = "text",       "文字だけのファイル",                 "Plain text"
    RECORDING  = "recording",  "録音・動画",                         "Sound or video recording"
    # fmt: on


PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.GIF})
OFFICE = frozenset({FileKind.WORD, FileKind.EXCEL, FileKind.POWERPOINT})

# What a downloaded file is called behind its number. It is the end that opens the right program, and no more.
SUFFIXES = {
    FileKind.JPEG: "jpg",
    FileKind.PNG: "png",
    FileKind.WEBP: "webp",
    FileKind.GIF: "gif",
    FileKind.PDF: "pdf",
    FileKind.WORD: "docx",
    FileKind.EXCEL: "xlsx",
    FileKind.POWERPOINT: "pptx",
    FileKind.ODT: "odt",
    FileKind.ODS: "ods",
    FileKind.ODP: "odp",
    FileKind.OLD_OFFICE: "bin",
    FileKind.TEXT: "txt",
    FileKind.RECORDING: "bin",
}


class Look(Labelled):
    """What the first bytes of a file look like."""

    # fmt: off
    JPEG      = "jpeg",      "JPEG",               "JPEG"
    PNG       = "png",       "PNG",                "PNG"
    GIF       = "gif",       "GIF",                "GIF"
    WEBP      = "webp",      "WebP",               "WebP"
    HEIC      = "heic",      "HEIC・AVIF",         "HEIC or AVIF"
    PDF       = "pdf",       "PDF",                "PDF"
    ZIP       = "zip",       "ZIP",                "ZIP"
    OLE       = "ole",       "以前の Office 形式", "Older Office format"
    RECORDING = "recording", "録音・動画",         "Recording"
    PROGRAM   = "program",   "プログラム",         "Program"
    # fmt: on


HEAD_BYTES = 2048
"""How much of a file's beginning ``look_of`` wants to see."""

# fmt: off
_SIGNATURES: tuple[tuple[Look, int, bytes], ...] = (
    #  looks like     from  these bytes
    (Look.JPEG,          0, b"\xff\xd8\xff"),
    (Look.PNG,           0, b"\x89PNG\r\n\x1a\n"),
    (Look.GIF,           0, b"GIF8"),
    (Look.WEBP,          8, b"WEBP"),
    (Look.OLE,           0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    (Look.ZIP,           0, b"PK\x03\x04"),
    (Look.HEIC,          4, b"ftyphei"),
    (Look.HEIC,          4, b"ftyphev"),
    (Look.HEIC,          4, b"ftypmif1"),
    (Look.HEIC,          4, b"ftypmsf1"),
    (Look.HEIC,          4, b"ftypavi"),
    (Look.RECORDING,     4, b"ftyp"),                # MP4, M4A, 3GP, QuickTime
    (Look.RECORDING,     0, b"ID3"),                 # MP3
    (Look.RECORDING,     0, b"\xff\xfb"),            # MP3 without a tag
    (Look.RECORDING,     0, b"\xff\xf3"),
    (Look.RECORDING,     0, b"\xff\xf2"),
    (Look.RECORDING,     0, b"\xff\xf1"),            # AAC
    (Look.RECORDING,     0, b"\xff\xf9"),
    (Look.RECORDING,     8, b"WAVE"),
    (Look.RECORDING,     8, b"AVI "),
    (Look.RECORDING,     8, b"AIFF"),
    (Look.RECORDING,     8, b"AIFC"),
    (Look.RECORDING,     0, b"OggS"),
    (Look.RECORDING,     0, b"fLaC"),
    (Look.RECORDING,     0, b"#!AMR"),
    (Look.RECORDING,     0, b"caff"),
    (Look.RECORDING,     0, b"\x30\x26\xb2\x75"),    # WMA, WMV
    (Look.RECORDING,     0, b"\x1a\x45\xdf\xa3"),    # WebM, Matroska
    (Look.PROGRAM,       0, b"MZ"),
    (Look.PROGRAM,       0, b"\x7fELF"),
    (Look.PROGRAM,       0, b"\xcf\xfa\xed\xfe"),
)
# fmt: on

_PDF_MARK = b"%PDF-"
_PDF_WITHIN = 1024


def look_of(head: bytes) -> Look | None:
    """What the beginning of a file looks like; None for what has no mark, as text has none."""
    for look, start, mark in _SIGNATURES:
        if head[start : start + len(mark)] == mark:
            return look
    return Look.PDF if _PDF_MARK in head[:_PDF_WITHIN] else None


class FileRefusal(Labelled):
    """Why a file is not taken, and what the person can do instead."""

    # fmt: off
    EMPTY       = "empty",       "ファイルの中身が空です。元のファイルを開いて確かめ、もう一度選んでください。", "The file is empty. Open it, check it, and choose it again."
    TOO_LARGE   = "too_large",   "ファイルが大きすぎます。分けるか、小さくしてから送ってください。", "The file is too large. Please split it or make it smaller."
    TOO_MANY    = "too_many",    "この相談に加えられるファイルの数がいっぱいです。要らないものを取り除くか、相談員にご連絡ください。", "This consultation cannot hold more files. Remove what is not needed, or write to the desk."
    RECORDING   = "recording",   "録音と動画は受け取っていません。お客様の声など、ほかの方の情報が入り、会社の持ちものでもあるためです。代わりに、日付・時刻・通話ID・「録音がある」ことを文章で書いてください。必要になったときに、会社に確認を求めます。", "Recordings are not taken: they hold other people's voices and belong to the company. Write the date, the time, the call ID and that a recording exists instead; the company can be asked for it."
    HEIC        = "heic",        "この写真の形式(HEIC・AVIF)は、場所などの情報を取り除けないため受け取れません。JPEG で保存し直すか、写真を画面に出してスクリーンショットを撮り、それを送ってください。", "Photos in this format (HEIC, AVIF) cannot be cleaned of places and devices. Save it as JPEG, or send a screenshot of it."
    MOVING      = "moving",      "動く画像は受け取れません。必要な場面のスクリーンショットを送ってください。", "Moving pictures are not taken. Please send a screenshot of what matters."
    MACROS      = "macros",      "マクロなど、自動で動く仕組みが入っているため受け取れません。マクロのない形式(.docx・.xlsx・.odt など)か PDF で保存し直してください。", "The file holds macros or other things that run. Please save it without macros, or as PDF."
    BOMB        = "bomb",        "広げると非常に大きくなるファイルのため、安全に確かめられません。小さく分けるか、PDF や画像にして送ってください。", "The file unpacks to an enormous size and cannot be checked safely. Split it, or send a PDF or picture."
    DAMAGED     = "damaged",     "ファイルが壊れているか途中までしかないため、開けませんでした。元のファイルを確かめて、もう一度送ってください。", "The file is damaged or incomplete. Check the original and send it again."
    UNKNOWN     = "unknown",     "この種類のファイルは受け取れません。写真、スクリーンショット、PDF、Word・Excel・PowerPoint、OpenDocument(.odt・.ods・.odp)、文字だけのファイルを選んでください。", "This kind of file is not taken. Choose a picture, a PDF, a Word, Excel, PowerPoint or OpenDocument file, or plain text."
    UNCHECKED   = "unchecked",   "いま、ファイルの安全を確かめられないため、受け取っていません。時間をおいて、もう一度送ってください。", "The file could not be checked for safety just now and was not taken. Please send it again later."
    VIRUS       = "virus",       "ウイルスなどの危険が見つかったため、受け取っていません。お使いの機器も確かめてください。", "Something harmful was found in the file; it was not taken. Please check your device too."
    # fmt: on


class FileRemark(Labelled):
    """What the page says of a file that was taken."""

    # fmt: off
    LOCKED     = "locked",     "パスワードで守られているため、作成者などの情報を取り除けず、中も確かめられませんでした。", "Protected by a password: the author's details could not be removed, and its content could not be checked."
    OLD_FORMAT = "old_format", "以前の形式のため、作成者などの情報を取り除けませんでした。", "An older format: the author's details could not be removed."
    UNCLEAN    = "unclean",    "この種類のファイルからは、機器や場所などの情報を取り除けません。", "Details such as place and device cannot be removed from this kind of file."
    SCRIPTS    = "scripts",    "自動で動く仕組みを取り除きました。", "Parts that run by themselves were removed."
    ENCLOSED   = "enclosed",   "中に埋め込まれていた別のファイルを取り除きました。", "Other files enclosed in it were removed."
    SMALLER    = "smaller",    "とても大きな写真のため、縦と横を縮めました。", "A very large picture: its sides were shortened."
    # fmt: on


@dataclass(frozen=True, slots=True)
class AttachmentPolicy:
    """What is taken from a day on, until a later row takes over."""

    version: str
    valid_from: date
    kinds: frozenset[FileKind]
    largest: int
    """Bytes of one file."""
    largest_picture: int
    most_files: int
    """Files of one consultation, whoever gave them."""
    most_bytes: int
    """Bytes of all files of one consultation."""
    most_at_once: int
    most_pixels: int
    """What a picture may be opened to; beyond it a photo is shortened, and anything else is refused."""
    most_unpacked: int
    """Bytes to which a packed document may unfold."""
    most_members: int
    preview_edge: int
    """The longer side of a preview, in pixels."""


# A change is a new row with its own day. Recordings stand in no row: an association that decides otherwise adds the
# kind to a row of its own, and such files then carry the remark that nothing could be removed from them.
# fmt: off
ATTACHMENT_POLICIES: tuple[AttachmentPolicy, ...] = (
    AttachmentPolicy(
        version="2025-10", valid_from=date(2025, 10, 1),
        kinds=frozenset(FileKind) - {FileKind.RECORDING},
        largest=200 * MEBIBYTE, largest_picture=50 * MEBIBYTE,
        most_files=40, most_bytes=1000 * MEBIBYTE, most_at_once=10,
        most_pixels=64_000_000, most_unpacked=400 * MEBIBYTE, most_members=5000,
        preview_edge=1600,
    ),
)
# fmt: on


def attachment_policy_at(
    moment: datetime, policies: Iterable[AttachmentPolicy] = ATTACHMENT_POLICIES
) -> AttachmentPolicy:
    """The row in force at a moment, by the date in Japan. Before the first row the first one holds."""
    today = in_japan(moment).date()
    rows = sorted(policies, key=lambda row: row.valid_from)
    in_force = [row for row in rows if row.valid_from <= today]
    return in_force[-1] if in_force else rows[0]


_PICTURE_LOOKS = frozenset({Look.JPEG, Look.PNG, Look.GIF, Look.WEBP})


def refused_by_its_look(head: bytes, size: int, policy: AttachmentPolicy) -> FileRefusal | None:
    """What can be refused from the first bytes and the size alone, before anything in the file is opened."""
    look = look_of(head)
    if size == 0:
        return FileRefusal.EMPTY
    if size > (policy.largest_picture if look in _PICTURE_LOOKS else policy.largest):
        return FileRefusal.TOO_LARGE
    if look is Look.RECORDING and FileKind.RECORDING not in policy.kinds:
        return FileRefusal.RECORDING
    return {Look.HEIC: FileRefusal.HEIC, Look.PROGRAM: FileRefusal.UNKNOWN}.get(look) if look else None
