"""The forms in which codes are called otherwise, taken out of offer and back into it, and mails worded anew."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.pipeline.clock import today
from app.presentation.fields import PlainText
from app.presentation.filters import label
from app.presentation.previewed import PreviewedForm, digest_of, first_day, why_it_changes
from app.rulebook.queries import begins_on, mail_wording_of
from app.rulebook.words import called_on, is_offered_on, why_not_offer, why_not_words
from models.rules.editable_codes import (
    LONGEST_LABEL,
    LONGEST_LABEL_EN,
    CodeRefusal,
    CodeWording,
    Offer,
    list_of,
)
from models.rules.labelled import Labelled
from models.rules.mail_kinds import MailKind
from models.rules.mail_words import (
    LONGEST_BODY,
    LONGEST_BODY_EN,
    LONGEST_SUBJECT,
    LONGEST_SUBJECT_EN,
    MailWording,
    refusal_of_mail,
)
from models.rules.rule_change import DayRefusal, RuleKind


class CodeForm(PreviewedForm):
    """A code is called otherwise from a day on."""

    ja = PlainText(_l("新しい言葉"), limit=LONGEST_LABEL, width="long")
    en = PlainText(_l("新しい言葉(英語)"), limit=LONGEST_LABEL_EN, width="long", spellcheck=False)
    worker_ja = PlainText(
        _l("相談者の画面での言い方"),
        limit=LONGEST_LABEL,
        width="long",
        required=False,
        hint=_l("空けておくと、相談者の画面でも上の言葉を使います。"),
    )
    worker_en = PlainText(
        _l("相談者の画面での言い方(英語)"), limit=LONGEST_LABEL_EN, width="long", required=False, spellcheck=False
    )
    valid_from = first_day()
    reason = why_it_changes()
    code: Labelled | None = None

    def about(self, code: Labelled) -> None:
        """Which code it is; words for the consulter are asked only where she reads it."""
        self.code = code
        if not list_of(code).asks_the_consulter:
            del self.worker_ja, self.worker_en

    def wording(self) -> CodeWording:
        """What was answered, as the rules take it."""
        if self.code is None:
            raise ValueError("the view says which code it is")
        own = (self.worker_ja.data, self.worker_en.data) if "worker_ja" in self else ("", "")
        return CodeWording(self.code, self.valid_from.data, self.ja.data, self.en.data, *own)

    def answers(self) -> str:
        new = self.wording()
        before = called_on(new.code, new.valid_from)
        return f"{new.code.code} {new.valid_from.isoformat()} {digest_of(before, new)}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.code is None:
            return False
        refusal = why_not_words(self.wording())
        if refusal is None:
            return True
        if refusal is CodeRefusal.ONE_LANGUAGE:
            return self.refuse(self.worker_en if self.worker_ja.data else self.worker_ja, label(refusal))
        return self.refuse(self.valid_from if isinstance(refusal, DayRefusal) else self.ja, label(refusal))


class OfferForm(PreviewedForm):
    """A code is taken out of offer, or back into it, from a day on."""

    valid_from = first_day(_l("変える日"))
    reason = why_it_changes()
    code: Labelled | None = None
    offers = False

    def offer(self) -> Offer:
        """What was answered, as the rules take it."""
        if self.code is None:
            raise ValueError("the view says which code it is")
        return Offer(self.code, self.valid_from.data, self.offers)

    def answers(self) -> str:
        new = self.offer()
        before = is_offered_on(new.code, new.valid_from)
        return f"{new.code.code} {new.valid_from.isoformat()} {before} {new.offered}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.code is None:
            return False
        refusal = why_not_offer(self.offer())
        return self.refuse(self.valid_from, label(refusal)) if refusal else True


class MailForm(PreviewedForm):
    """A kind of mail reads otherwise from a day on."""

    subject_ja = PlainText(_l("件名"), limit=LONGEST_SUBJECT, width="long")
    ja = PlainText(_l("本文"), limit=LONGEST_BODY, rows=8, width="long")
    subject_en = PlainText(_l("件名(英語)"), limit=LONGEST_SUBJECT_EN, width="long", spellcheck=False)
    en = PlainText(_l("本文(英語)"), limit=LONGEST_BODY_EN, rows=8, width="long", spellcheck=False)
    valid_from = first_day()
    reason = why_it_changes()
    kind: MailKind | None = None

    def wording(self) -> MailWording:
        """What was answered, as the rules take it."""
        if self.kind is None:
            raise ValueError("the view says which kind it is")
        return MailWording(
            self.kind,
            self.valid_from.data,
            self.subject_ja.data,
            self.subject_en.data,
            self.ja.data,
            self.en.data,
        )

    def answers(self) -> str:
        new = self.wording()
        before = mail_wording_of(new.kind, new.valid_from)
        return f"{new.kind.code} {new.valid_from.isoformat()} {digest_of(before, new)}"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.kind is None:
            return False
        new = self.wording()
        found = refusal_of_mail(
            new,
            today=today(),
            taken=begins_on(RuleKind.MAIL, new.kind.code, new.valid_from),
            before=mail_wording_of(new.kind, new.valid_from),
        )
        if isinstance(found, DayRefusal):
            return self.refuse(self.valid_from, label(found))
        for fault in found:
            words = label(fault.refusal)
            self.refuse(self[fault.part], words.replace("%(names)s", str(_("、")).join(fault.names)))
        return not found
