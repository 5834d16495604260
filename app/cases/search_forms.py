"""The forms of the page on which the desk finds cases: what the list is narrowed by, and words to look for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.presentation.choices import Choices, OneOf
from app.presentation.fields import Day, PlainText, Tick
from app.presentation.form import Form
from models.rules.case_lifecycle import CaseState
from models.rules.desk_reasons import ReadingReason
from models.rules.narrowing import CaseMark
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import Severity
from models.rules.text_search import LONGEST_WORDS, MOST_WORDS, words_in

ANY = _l("どれでも")
SPANS = (("received_from", "received_to"), ("due_from", "due_to"), ("closed_from", "closed_to"))


def _choice(label: Any, options: Any = ()) -> OneOf:
    return OneOf(label, options=options, required=False, select=True, none_words=ANY, width="long", every=True)


def _day(label: Any) -> Day:
    return Day(label, required=False, width="medium")


class NarrowingForm(Form):
    """What the list is narrowed by; it changes nothing and is sent by address, so it holds codes and days alone."""

    class Meta:
        csrf = False

    state = _choice(_l("状態"), CaseState)
    severity = _choice(_l("重大さ"), Severity)
    counselor = _choice(_l("担当"))
    mark = Choices(_l("しるし"), options=CaseMark, required=False)
    received_from = _day(_l("受付日(この日から)"))
    received_to = _day(_l("受付日(この日まで)"))
    due_from = _day(_l("次の期限(この日から)"))
    due_to = _day(_l("次の期限(この日まで)"))
    closed_from = _day(_l("終結日(この日から)"))
    closed_to = _day(_l("終結日(この日まで)"))
    channel = _choice(_l("チャネル"), Channel)
    conduct = _choice(_l("カスハラの類型"), HarassmentType)
    actor = _choice(_l("相手との関係"), ActorRelation)
    issue = _choice(_l("会社の対応についての課題"), OrganisationalIssue)
    wish = _choice(_l("相談者の希望"), RequestedHelp)
    employment = _choice(_l("働き方"), Employment)
    route = _choice(_l("届き方"), IntakeRoute)
    outcome = _choice(_l("終わり方"), Outcome)
    company = _choice(_l("会社"))
    site = _choice(_l("拠点"))
    reason = OneOf(
        _l("担当ではない相談も含める理由"),
        thing=_l("理由"),
        options=ReadingReason,
        required=False,
        select=True,
        none_words=_l("含めない"),
        width="long",
        hint=_l("理由と、絞り込んだことは記録に残ります。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for first, last in SPANS:
            begins, ends = self[first], self[last]
            if begins.data and ends.data and begins.data > ends.data:
                valid = self.refuse(ends, _("「この日まで」は、「この日から」と同じ日か、後の日にしてください。"))
        return valid


class WordsForm(Form):
    """Words to look for in the texts of cases; they are sent in the body and kept nowhere."""

    words = PlainText(
        _l("探す言葉"),
        limit=LONGEST_WORDS,
        spellcheck=False,
        width="long",
        hint=_l("空白で区切ると、すべての言葉を含む相談を探します。ひらがなとカタカナ、全角と半角は区別しません。"),
    )
    with_messages = Tick(_l("相談者とのやりとりの中も探す"), thing=_l("やりとりの中を探すか"), required=False)
    search_reason = OneOf(
        _l("担当ではない相談も開いて探す理由"),
        thing=_l("理由"),
        options=ReadingReason,
        required=False,
        select=True,
        none_words=_l("自分の担当だけを探す"),
        width="long",
        hint=_l("理由は一度だけ選びます。探したことは、理由とともに記録に残ります。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if not self.words.errors and len(words_in(self.words.data)) > MOST_WORDS:
            valid = self.refuse(self.words, _("言葉は%(most)s個までにしてください。", most=MOST_WORDS))
        return valid
