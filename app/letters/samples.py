"""What stands in a preview: a made-up company, and words that say where the real ones go."""

from __future__ import annotations

from datetime import date

from flask import current_app

from app.letters.paper import Paper
from app.letters.queries import Said, paper_of
from models.rules.letters import LAYOUT, LetterKind, Placeholder, Template, day_in_letter

NUMBER = "見本-0001"
SAMPLES = {
    Placeholder.COMPANY: "見本テレコム株式会社",
    Placeholder.NUMBER: NUMBER,
    Placeholder.MATTER: "(ここに、会社に求めることの本文が入ります)\n1. 整理番号見本 対応結果の報告",
    Placeholder.TERM: "2026年12月4日(金) 17:00まで",
    Placeholder.GROUND: "誓約事項6「協会に相談があったときは、責任者が誠実に対応し、結果を報告します」",
    Placeholder.FACTS: "・協力依頼(文書番号 見本-0000。2026年11月2日に届き、期限は2026年11月10日): 対応結果の報告",
    Placeholder.RIGHT: "(ここに、弁明書の出し方と、理事会に出席して述べられることが入ります)",
    Placeholder.INSPECTION: "(ここに、記録を閲覧する方法が入ります)",
    Placeholder.CERTIFIED: "見本0001",
    Placeholder.RESOLUTION: "見本決議0001",
    Placeholder.DECISION: "厳重注意",
    Placeholder.REASONS: "(ここに、決議の理由が入ります)",
    Placeholder.EFFECT: "2027年1月15日 00:00",
    Placeholder.OBJECTION: "(ここに、不服申立ての方法と期限が入ります)",
    Placeholder.FIRST_DAY: "2026年12月1日",
    Placeholder.LAST_DAY: "2028年11月30日",
}


def sample_of(template: Template, *, day: date) -> Paper:
    """A letter with these words to nobody: the same road to the file as a real one takes."""
    association = str(current_app.config["KIKITE"].association_name)
    values = {
        **SAMPLES,
        Placeholder.ASSOCIATION: association,
        Placeholder.DAY: day_in_letter(day),
    }
    certificate = template.kind is LetterKind.CERTIFICATE
    said = Said(
        template.kind.ja,
        [] if certificate else [f"{SAMPLES[Placeholder.COMPANY]} 御中", "(宛先の役職) 様"],
        [association, "(差出人の役職)"],
        values,
    )
    return paper_of(template, said, number=NUMBER, day=day, layout=LAYOUT)


def as_text(paper: Paper) -> str:
    """The same letter as plain text."""
    words = "\n\n".join("\n".join(piece["lines"]) for piece in paper.pieces)
    parts = (paper.number, "\n".join(paper.to), "\n".join(paper.sender), paper.title, words)
    return "\n\n".join(part for part in parts if part)
