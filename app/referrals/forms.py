"""The form of a place to turn to; it is shown as consulters will read it before it is sent for good."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.pipeline.clock import today
from app.presentation.choices import OneOf
from app.presentation.fields import Code, Day, PlainText, Tick
from app.presentation.filters import label
from app.presentation.form import Form
from app.presentation.typed_text import as_keyed
from app.referrals.actions import PlaceWords
from models.rules.help_lines import HelpLine
from models.rules.prefectures import PREFECTURES
from models.rules.referral import ReferralRefusal, may_enter


class PlaceForm(Form):
    """What stands for a place from a day on."""

    seen = HiddenField()
    prefecture = OneOf(
        _l("都道府県"),
        select=True,
        required=False,
        none_words=_l("全国"),
        options=[(name, name) for name in PREFECTURES],
        width="medium",
        hint=_l("全国どこの方にも案内する窓口は、選ばないでください。"),
    )
    ja = PlainText(_l("窓口の名前"), limit=80, width="long", hint=_l("相談する方が読む言葉で書いてください。"))
    en = PlainText(_l("窓口の名前(英語)"), limit=120, width="long", required=False)
    number = Code(
        _l("電話番号"), limit=20, required=False, hint=_l("相手の団体のページで読んだ番号だけを入れてください。")
    )
    when_ja = PlainText(
        _l("受付時間"), limit=120, width="long", required=False, hint=_l("例: 平日9時から17時・通話料無料")
    )
    when_en = PlainText(_l("受付時間(英語)"), limit=160, width="long", required=False)
    find_ja = PlainText(
        _l("番号の見つけ方"), limit=200, width="long", required=False, hint=_l("番号が分からないときに書いてください。")
    )
    find_en = PlainText(_l("番号の見つけ方(英語)"), limit=200, width="long", required=False)
    checked_on = Day(
        _l("番号と受付時間を確かめた日"), required=False, hint=_l("まだ確かめていないときは、空けておいてください。")
    )
    source = PlainText(
        _l("どこで確かめましたか"),
        thing=_l("確かめたところ"),
        limit=200,
        width="long",
        required=False,
        hint=_l("相手の団体のページのアドレス。電話で確かめたときは「電話で確認」。"),
    )
    is_hidden = Tick(_l("この窓口を、画面に出さない"), required=False)
    valid_from = Day(_l("使い始める日"))
    reason = PlainText(
        _l("登録の理由"),
        limit=200,
        width="long",
        hint=_l("変更の記録に残ります。人の名前は書かないでください。"),
    )

    def words(self) -> PlaceWords:
        """What the row would say."""
        return PlaceWords(
            prefecture=self.prefecture.data or "",
            ja=self.ja.data,
            en=self.en.data,
            number=as_keyed(self.number.data),
            when_ja=self.when_ja.data,
            when_en=self.when_en.data,
            find_ja=self.find_ja.data,
            find_en=self.find_en.data,
            checked_on=self.checked_on.data,
            source=self.source.data,
            is_shown=not self.is_hidden.data,
        )

    def was_previewed(self) -> bool:
        """Whether what is sent is what was looked at; if not, the next sending will be compared with this one."""
        answers = repr((self.words(), self.valid_from.data))
        if self.seen.data == answers:
            return True
        self.seen.data = answers
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        words = self.words()
        decision = may_enter(
            number=words.number,
            find=words.find_ja,
            checked_on=words.checked_on,
            source=words.source,
            valid_from=self.valid_from.data,
            today=today(),
        )
        if decision.allowed:
            return True
        refusal = ReferralRefusal(decision.reason)
        where = {
            ReferralRefusal.HALF_SEEN: self.checked_on if words.checked_on is None else self.source,
            ReferralRefusal.NOT_YET: self.checked_on,
            ReferralRefusal.LONG_AGO: self.checked_on,
            ReferralRefusal.OVER: self.valid_from,
            ReferralRefusal.TOO_FAR: self.valid_from,
        }
        return self.refuse(where.get(refusal, self.number), label(refusal))


def form_of(line: HelpLine | None) -> PlaceForm:
    """The form with what stands there now; nobody has looked at it again, so the day of the check is left open."""
    if line is None:
        return PlaceForm(formdata=None, data={"valid_from": today()})
    words = {name: getattr(line, name) for name in ("prefecture", "ja", "en", "number", "when_ja", "when_en")}
    return PlaceForm(
        formdata=None, data={**words, "find_ja": line.find_ja, "find_en": line.find_en, "valid_from": today()}
    )
