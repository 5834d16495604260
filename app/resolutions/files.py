"""The board's papers as files: the packet as it is sealed, and the draft of the minutes; made from nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app

from app.letters.queries import Paper, Piece, file_of_paper, heading, paragraphs, table
from app.pipeline.audit import Fact, of_company_file, record_reading
from app.pipeline.identity import Actor
from app.resolutions.item_page import ItemView, spread
from app.resolutions.queries import file_of
from models.board_item import BoardItem
from models.rules.board import MeetingMode
from models.rules.letters import moment_in_letter
from models.rules.working_days import in_japan

PACKET, MINUTES = "packet", "minutes"
NOT_YET = "資料を作った時点で、弁明はまだ届いていません。"
SILENCE = "期限までに弁明はありませんでした。そのことを記録しています。"
AS_DRAFT = "この案は、記録から作ったものです。確かめて、議事録の書式に写してください。"
RECUSED = "次の理事は特別の利害関係を有するため、定足数にも議決にも加わらなかった。"


def packet_as_file(view: ItemView, *, actor: Actor) -> bytes:
    """The packet that the directors read, as a file."""
    return _made(view.item, PACKET, packet_as_paper(view), actor)


def packet_as_paper(view: ItemView) -> Paper:
    """All that stands in that file, from the sealed packet alone: no date in it is finer than its month."""
    packet = view.packet
    if packet is None:
        raise LookupError("this person reads no packet, or there is none yet")
    year, of_year = _month_of(view)
    day = date(year, of_year, 1)
    return Paper(
        number=f"理事会資料 {year}年{of_year}月",
        day=day,
        title="理事会資料",
        to=("理事 各位",),
        sender=(_association(), "事務局"),
        pieces=_packet_pieces(packet),
        day_words=_month(f"{year}-{of_year:02d}"),
    )


def minutes_as_file(view: ItemView, *, recorder: str, actor: Actor) -> bytes:
    """The draft of the minutes: who was excluded and why, the count, and what was decided (scenario 7.26)."""
    if view.meeting is None:
        raise LookupError("minutes are of a meeting")
    held = in_japan(view.meeting.held_at)
    paper = Paper(
        number=view.resolution.number if view.resolution else "議事録案",
        day=held.date(),
        title="理事会議事録の案",
        to=(),
        sender=(_association(),),
        pieces=_minutes_pieces(view, recorder),
    )
    return _made(view.item, MINUTES, paper, actor)


def _made(item: BoardItem, kind: str, paper: Paper, actor: Actor) -> bytes:
    made = file_of_paper(paper)
    facts: dict[str, Fact] = {
        "board_item_id": item.id.hex,
        "kind": kind,
        "file_digest": hashlib.sha256(made).hexdigest(),
    }
    record_reading(of_company_file(file_of(item)), "board.make_file", actor=actor, facts=facts)
    return made


def _packet_pieces(packet: Mapping[str, Any]) -> list[Piece]:
    facts = [
        ("会社", packet["company"]),
        ("認定番号", packet["certification"] or ""),
        ("応じなかった要請", f"{packet['counted']}件({packet['window_months']}か月のうちに{packet['needed']}件で付議)"),
        ("弁明の機会の通知", _month(packet["notice_month"])),
        ("付議のあとの履行", _month(packet["complied_late_month"])),
    ]
    rows = [
        (
            one["step"],
            _month(one["month"]),
            "、".join(duty.ja for duty in one["duties"]),
            one["reason"].ja,
        )
        for one in packet["requests"]
    ]
    pieces = [
        table(("項目", "内容"), [(name, words) for name, words in facts if words]),
        heading("付議の理由"),
        *paragraphs(packet["grounds"]),
        heading("正式な要請と、会社の応じ方"),
        table(("段階", "届けた月", "求めたこと", "再三の数え方"), rows),
        *_consultations(packet.get("consultations")),
        heading("会社の弁明"),
    ]
    for one in packet["explanations"]:
        attends = "出席して意見を述べることを希望しています。" if one["wants_to_attend"] else ""
        objects = "不服申立てです。" if one["is_objection"] else ""
        pieces += paragraphs(f"{_month(one['month'])}に受け取りました。{objects}{attends}")
        pieces += paragraphs(one["text"])
    if not packet["explanations"]:
        pieces += paragraphs(SILENCE if packet["silence"] else NOT_YET)
    if "reasons" in packet:
        pieces += [heading("決議の理由"), *paragraphs(packet["reasons"])]
    return pieces


def _consultations(told: Mapping[str, Any] | None) -> list[Piece]:
    if told is None:
        return []
    people, smallest = told["people"], told["smallest"]
    words = (
        f"理事会での利用に同意のある相談が{smallest}件に満たないため、件数も類型も示しません。"
        if people is None
        else f"理事会での利用に同意のある相談は{people}件です。一件に類型がいくつもあることがあります。"
        f"{smallest}件に満たない数と、それが分かってしまう数は示しません。"
    )
    rows = [(kind.ja, f"{count}件") for kind, count in told["kinds"].items()]
    kinds = [table(("言動の類型", "件数"), rows)] if rows else []
    return [heading("要請のもとになった相談"), *paragraphs(words), *kinds]


def _minutes_pieces(view: ItemView, recorder: str) -> list[Piece]:
    count, resolution, meeting = view.count, view.resolution, view.meeting
    held = in_japan(meeting.held_at) if meeting else None
    facts = [
        ("日時", moment_in_letter(held) if held else ""),
        ("開き方", MeetingMode(meeting.mode).ja if meeting else ""),
        *([("議事録の番号", meeting.minutes_reference)] if meeting and meeting.minutes_reference else []),
        ("議案", f"{view.company}の認定の取消審査"),
        ("理事の総数", f"{count.directors}"),
        ("除外された理事", f"{len(view.recused)}"),
        ("参加できる理事", f"{count.eligible}"),
        ("定足数", f"{count.needed}"),
        ("出席した理事", f"{resolution.present if resolution else count.cast}"),
    ]
    explained = view.explains is not None and view.explains.has_explained
    excluded = "\n".join(f"・{name}({ground.ja})" for name, ground in view.recused)
    pieces = [
        *paragraphs(AS_DRAFT),
        heading("会議と定足数"),
        table(("項目", "内容"), facts),
        *paragraphs(f"{RECUSED}\n{excluded}" if excluded else "特別の利害関係を有する理事はいなかった。"),
        heading("弁明"),
        *paragraphs("会社から弁明書が提出された。" if explained else "期限までに弁明書の提出はなかった。"),
        heading("採決"),
    ]
    votes = [(option.ja, f"{number}") for option, number in spread(count.tally or {})]
    if votes:
        pieces.append(table(("決議の案", "票"), votes))
    pieces += paragraphs(_outcome(view))
    if view.packet and "reasons" in view.packet:
        pieces += [heading("理由"), *paragraphs(view.packet["reasons"])]
    if recorder:
        pieces += paragraphs(f"記録者: {recorder}")
    return pieces


def _outcome(view: ItemView) -> str:
    resolution = view.resolution
    if resolution is not None:
        words = f"出席した理事の過半数の賛成により、「{resolution.option.ja}」と決した。"
        if resolution.effect_at:
            at = in_japan(resolution.effect_at)
            words += f"\n取消しの効力は、{moment_in_letter(at)}に生じる。"
        return words
    if view.ended_with_membership:
        return "決議の前に会社の会員資格が終わり、審議せずに終えた。"
    if view.state.value == "undecided":
        return "定足数または過半数に達せず、決議に至らなかった。認定はそのままとし、改めて諮る。"
    return "採決は続いている。"


def _month_of(view: ItemView) -> tuple[int, int]:
    at = in_japan(view.item.agenda_at or view.item.proposed_at)
    return at.year, at.month


def _month(month: str | None) -> str:
    if month is None:
        return ""
    year, of_year = month.split("-")
    return f"{year}年{int(of_year)}月"


def _association() -> str:
    return str(current_app.config["KIKITE"].association_name)
