"""The board's letters to a company: the notice of the hearing, and what was decided."""

from __future__ import annotations

from app.certifications.queries import is_reinstated_by
from app.custody.queries import compartment_of_file
from app.letters.actions import issue_letter
from app.pipeline.identity import Actor
from app.pipeline.transaction import db
from app.resolutions.hearing_page import UnmetRequest, certification_number, signatory, unmet_requests
from app.resolutions.queries import file_of, objection_due_at
from crypto import CannotOpen
from models.board_item import BoardItem
from models.company import Company
from models.compartment import Compartment
from models.resolution import Resolution
from models.rules.board import BoardOption
from models.rules.letters import LetterKind, Placeholder, day_in_letter, due_in_letter, moment_in_letter
from models.rules.people import CompartmentKind, Role
from models.rules.pledges import Pledge
from models.rules.working_days import in_japan
from models.sealed import open_from

GROUND = f"誓約事項{Pledge.REVOCATION.number}「{Pledge.REVOCATION.ja}」"
HOW_TO_EXPLAIN = (
    "弁明書を、このサイトの「弁明の機会」のページから提出してください。理事会に出席して口頭で意見を述べることを"
    "希望されるときは、あわせてお知らせください。期限までに弁明書が届かないときは、届かなかったことを記録したうえで"
    "審議します。"
)
HOW_TO_INSPECT = (
    "審議のもとになる要請の文書と貴社の回答は、このサイトの「協会からの文書」で閲覧できます。相談した人が分かる記録は"
    "含まれません。"
)
NO_MORE_OBJECTION = "この決定は再審査を経たものです。これ以上の申立てはできません。"
AT_ONCE = "理事会は、不服申立ての期間の終わりを待たずに効力を生じさせることを決しました。"


def issue_hearing_letter(item: BoardItem, *, actor: Actor) -> None:
    """Keep the notice of the opportunity to explain, as it is served."""
    if item.notice_number is None or item.notice_served_at is None or item.explanation_due_at is None:
        raise ValueError("a hearing begins with its notice")
    at = item.notice_served_at
    issue_letter(
        LetterKind.HEARING,
        number=item.notice_number,
        company=_company(item),
        to=["代表者 様", "カスタマーハラスメント対策責任者 様"],
        sender=[f"事務局長 {signatory(Role.HEAD, at=at)}".strip()],
        values={
            Placeholder.CERTIFIED: certification_number(item),
            Placeholder.FACTS: "\n".join(_fact(one) for one in unmet_requests(item, at)),
            Placeholder.GROUND: GROUND,
            Placeholder.TERM: due_in_letter(in_japan(item.explanation_due_at)),
            Placeholder.RIGHT: HOW_TO_EXPLAIN,
            Placeholder.INSPECTION: HOW_TO_INSPECT,
        },
        actor=actor,
        compartment=_compartment(item),
    )


def issue_decision_letter(resolution: Resolution, item: BoardItem, *, actor: Actor) -> None:
    """Keep what the company is told of a decision, as it is told."""
    if resolution.notice_number is None or resolution.notified_at is None:
        raise ValueError("a decision is told under a number")
    kind = _kind(resolution)
    compartment = db().get_one(Compartment, resolution.compartment_id)
    values = {
        Placeholder.CERTIFIED: certification_number(item),
        Placeholder.RESOLUTION: resolution.number,
        Placeholder.DECISION: resolution.option.ja,
        Placeholder.REASONS: open_from(resolution, "sealed_reasons", key=actor.held.compartment_key(compartment)),
        Placeholder.GROUND: GROUND,
        Placeholder.EFFECT: _effect(resolution),
        Placeholder.OBJECTION: _objection(item),
    }
    issue_letter(
        kind,
        number=resolution.notice_number,
        company=_company(item),
        to=["代表者 様"],
        sender=[f"会長 {signatory(Role.DIRECTOR, at=resolution.notified_at)}".strip()],
        values={one: values[one] for one in kind.required},
        actor=actor,
        compartment=_compartment(item),
    )


def _kind(resolution: Resolution) -> LetterKind:
    if resolution.option is BoardOption.REVOKE:
        return LetterKind.REVOCATION
    return LetterKind.REINSTATEMENT if is_reinstated_by(resolution.id) else LetterKind.DECISION


def _fact(one: UnmetRequest) -> str:
    duties = "、".join(duty.ja for duty in one.duties)
    days = f"{day_in_letter(one.served_on)}に届き、期限は{day_in_letter(one.due_on)}"
    return f"・{one.step.ja}(文書番号 {one.number}。{days}): {duties}"


def _effect(resolution: Resolution) -> str:
    if resolution.effect_at is None:
        return ""
    return moment_in_letter(in_japan(resolution.effect_at)) + (f"\n{AT_ONCE}" if resolution.immediate_because else "")


def _objection(item: BoardItem) -> str:
    until = objection_due_at(item)
    if until is None:
        return NO_MORE_OBJECTION
    return (
        f"この決定に不服があるときは、{due_in_letter(in_japan(until))}までに、一度だけ、"
        "「弁明の機会」のページから申し立てることができます。"
    )


def _company(item: BoardItem) -> Company:
    return db().get_one(Company, file_of(item).company_id)


def _compartment(item: BoardItem) -> Compartment:
    found = compartment_of_file(file_of(item), CompartmentKind.COMPANY_FILE)
    if found is None:
        raise CannotOpen
    return found
