"""The one form of a consultation, and the check page's choice of companies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.companies.queries import site_with
from app.intake.carried import is_sheet, new_sheet
from app.intake.queries import Candidate, sure_ones
from app.presentation.choices import Choices, FromList, OneOf, Option
from app.presentation.code_words import codes_of
from app.presentation.fields import Asked, Code, PlainText, Tick
from app.presentation.filters import current_language
from app.presentation.form import Form
from app.presentation.workers_words import to_the_worker
from models.rules.consent import DEFAULT, ConsentLevel, ConsentOption, what_the_company_gets
from models.rules.editable_codes import CodesOn
from models.rules.labelled import Labelled
from models.rules.lost_code import LEAST_SIGNS, WeakWord, folded_answer, weakness_of
from models.rules.passwords import OUR_WORDS
from models.rules.taxonomy import harassment_type, impact, organisational_issue
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.group_size import GroupSize
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp

LONGEST_STORY = 10_000
LONGEST_WORDS = 1_000
LONGEST_NAME = 120


class IntakeForm(Form):
    """What happened, how it hurts, what is wanted, and what the company may be told. One answer is required.

    ``sheet`` is the random name of the page on which somebody writes.
    """

    sheet = HiddenField()
    text = PlainText(
        _l("何がありましたか"),
        thing=_l("何があったか"),
        limit=LONGEST_STORY,
        rows=10,
        hint=_l("思い出せる順で、短くてもかまいません。書きたくないことは書かなくて大丈夫です。"),
    )
    happened = PlainText(
        _l("いつ、どの対応のときですか"),
        thing=_l("いつのことか"),
        limit=LONGEST_WORDS,
        rows=2,
        required=False,
        hint=_l("録音やメールがあれば、何時ごろのものかだけ書いてください。ファイルを送る必要はありません。"),
    )
    channel = OneOf(
        _l("どこでの出来事ですか"), thing=_l("どこでの出来事か"), select=True, required=False, none_words=_l("選ばない")
    )
    actor = OneOf(
        _l("相手はどんな人ですか"), thing=_l("相手の立場"), select=True, required=False, none_words=_l("選ばない")
    )
    types = Choices(
        _l("当てはまるもの(5つまで)"),
        thing=_l("当てはまるもの"),
        most=harassment_type.MAX_CHOSEN,
        required=False,
    )
    org_issues = Choices(_l("職場のことで困っていること"), thing=_l("職場のこと"), required=False)
    impacts = Choices(_l("心や体、生活への影響"), thing=_l("影響"), required=False)
    impact_text = PlainText(
        _l("つらさについて、書いておきたいこと"),
        thing=_l("つらさについて"),
        limit=LONGEST_WORDS * 2,
        rows=3,
        required=False,
    )
    health_consent = Tick(
        _l("体調や受診のことを、相談員が相談のために読むことに同意します"),
        thing=_l("体調や受診のことについての同意"),
        required=False,
        hint=_l(
            "体調や受診のことを書いたときだけ、チェックを入れてください。会社には、あなたが別に選ばないかぎり伝えません。"
        ),
    )
    requested = Choices(_l("希望すること"), required=False)
    employment = OneOf(_l("働き方"), select=True, required=False, none_words=_l("選ばない"))
    employer = PlainText(
        _l("雇われている会社"),
        limit=LONGEST_NAME,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l("カタカナや以前の社名、英語の名前でもかまいません。次の画面で、同じ会社かどうかを確かめます。"),
    )
    site_code = Code(
        _l("ポスターのコード"),
        limit=20,
        required=False,
        width="short",
        hint=_l("職場のポスターに6文字のコードがあれば、書いてください。会社名を書かなくても、会社が分かります。"),
    )
    workplace = PlainText(
        _l("実際に働いている会社"),
        limit=LONGEST_NAME,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l("派遣や請負などで、雇われている会社と違うときだけ書いてください。空欄なら同じ会社とみなします。"),
    )
    client = PlainText(
        _l("仕事を頼んでいる会社(委託元)"),
        thing=_l("委託元の会社"),
        limit=LONGEST_NAME,
        required=False,
        width="long",
        spellcheck=False,
    )
    group_size = OneOf(
        _l("同じ時間帯に一緒に働いている人数"),
        thing=_l("人数"),
        required=False,
        none_words=_l("答えない"),
        hint=_l("人数が少ないと、内容からあなたのことだと分かりやすくなります。伝え方を考えるためにうかがいます。"),
    )
    keep_from = PlainText(
        _l("この相談を知られたくない人"),
        thing=_l("知られたくない人"),
        limit=LONGEST_WORDS,
        rows=2,
        required=False,
        hint=_l(
            "上司や、会社の責任者の知り合いなど。お名前でも、役職や間柄だけでもかまいません。その人を外して進めます。"
        ),
    )
    consent = OneOf(
        _l("会社に伝えてよい範囲"),
        required=False,
        hint=_l("あとから、広げることも狭めることもできます。伝える前に、会社が読む文章をあなたに見ていただきます。"),
    )
    options = Choices(_l("ほかに、よいと思うもの"), required=False)
    name = PlainText(_l("お名前"), limit=LONGEST_NAME, required=False, width="medium", spellcheck=False)
    contact = PlainText(
        _l("連絡先"),
        limit=300,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l(
            "電話やメールでの連絡を希望するときだけ書いてください。書かなければ、連絡はこのサイトの中だけで行います。"
        ),
    )

    secret_word = PlainText(
        _l("合言葉"),
        thing=_l("合言葉"),
        limit=LONGEST_NAME,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l(
            "%(least)s文字以上で、あなたが考えた言葉にしてください。関係のない言葉を二つか三つつなげると、当てられにくくなります。"
            "電話で伝えることもあるため、ひらがなかカタカナがおすすめです。",
            least=LEAST_SIGNS,
        ),
    )
    second_secret_word = PlainText(
        _l("もう一つの合言葉"),
        thing=_l("合言葉"),
        limit=LONGEST_NAME,
        required=False,
        width="long",
        spellcheck=False,
        hint=_l("決めたときは、両方を確かめます。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in _lists(current_language(), codes_of(DEFAULT)).items():
            self[name].options = options
        if not self.is_submitted() and not self.consent.chosen:
            self.consent.process_data(DEFAULT)
        if not is_sheet(self.sheet.data):
            self.sheet.data = new_sheet()

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for field, alone in (
            (self.types, harassment_type.STANDS_ALONE),
            (self.impacts, impact.STANDS_ALONE),
            (self.org_issues, organisational_issue.STANDS_ALONE),
        ):
            if not field.errors and len(field.data) > 1 and alone & set(field.data):
                words = to_the_worker(next(iter(alone)))
                valid = self.refuse(
                    field, _("「%(words)s」は、ほかのものと一緒には選べません。どちらかを外してください。", words=words)
                )
        return all((self._site_is_known(), self._health_is_agreed(), self._words_are_hard_to_guess(), valid))

    def _site_is_known(self) -> bool:
        typed = self.site_code.data
        if not typed or self.site_code.errors or site_with(typed):
            return True
        return self.refuse(
            self.site_code,
            _("このコードの職場が見つかりません。打ち間違いがないか確かめるか、空けたまま、会社名を書いてください。"),
        )

    def _words_are_hard_to_guess(self) -> bool:
        """Each word for a lost code is one that a colleague would not think of, and no two are the same."""
        if self.second_secret_word.data and not self.secret_word.data:
            return self.refuse(self.secret_word, _("合言葉が一つのときは、こちらに入れてください。"))
        names = (self.employer, self.workplace, self.client, self.name, self.contact)
        known = [*OUR_WORDS, *(str(field.data or "") for field in names)]
        for field in (self.secret_word, self.second_secret_word):
            weak = weakness_of(field.data, names=known) if field.data and not field.errors else None
            if weak:
                return self.refuse(field, _why_not(weak))
        words = self.secret_words()
        if len({folded_answer(word) for word in words}) < len(words):
            return self.refuse(self.second_secret_word, _("一つ目とは違う合言葉にしてください。"))
        return True

    def secret_words(self) -> tuple[str, ...]:
        """What she will say when the receipt code is lost."""
        return tuple(field.data for field in (self.secret_word, self.second_secret_word) if field.data)

    def _health_is_agreed(self) -> bool:
        about_health = bool(self.impact_text.data or impact.ABOUT_HEALTH & set(self.impacts.data))
        # Somebody in danger is never sent back for a tick: protecting life comes before the consent to read.
        in_danger = bool(impact.SHOWS_CRISIS_LINES & set(self.impacts.data))
        if not about_health or in_danger or self.health_consent.data:
            return True
        return self.refuse(
            self.health_consent,
            _(
                "体調や受診のことが書かれています。相談員が読んでよければチェックを入れ、よくなければ記入を消してください。"
            ),
        )

    def answered(self) -> Iterator[tuple[str, str]]:
        """Name and value of every answer, as a hidden field carries it to the next page; nothing is stored between."""
        for field in self:
            if not isinstance(field, Asked) or not field.data:
                continue
            if isinstance(field, FromList):
                yield from ((field.name, option.value) for option in field.options if option.value in field.chosen)
            else:
                yield field.name, field.shown()


class CheckForm(Form):
    """What the check page asks: which registered company was meant."""

    employer_id = OneOf(_l("雇われている会社"), required=False)
    workplace_id = OneOf(_l("実際に働いている会社"), required=False)
    client_id = OneOf(_l("仕事を頼んでいる会社(委託元)"), thing=_l("委託元の会社"), required=False)


def offer_companies(field: OneOf, companies: Sequence[Candidate]) -> None:
    """Put the registered companies before the person.

    The one that the poster names is chosen, or else the one that bears exactly this name; otherwise none is.
    """
    known = [Option(company.id.hex, company.name, _told_apart(company), answer=company.id) for company in companies]
    field.options = (*known, Option("", _("この中にはない・分からない")))
    sure = sure_ones(companies)
    field.chosen = (sure[0].id.hex if len(sure) == 1 else "",)


def _told_apart(company: Candidate) -> str:
    parts = [
        company.kana,
        _("旧社名: %(names)s", names=_("、").join(company.former)) if company.former else "",
        company.address,
        company.member_type.label(current_language()) if company.is_member else _("非会員"),
        _("法人番号 %(number)s", number=company.corporate_number) if company.corporate_number else "",
        _("ポスターのコードの職場: %(site)s", site=company.site) if company.site else "",
    ]
    return " / ".join(part for part in parts if part)


@lru_cache(maxsize=4)
def _lists(language: str, _codes: CodesOn) -> dict[str, tuple[Option, ...]]:
    """The lists of the form in one language, made once for the words of a day: they are the same for everybody."""
    levels = {level: what_the_company_gets(level, language) for level in ConsentLevel}
    options = {option: what_the_company_gets(option, language) for option in ConsentOption}
    return {
        "channel": _options(Channel),
        "actor": _options(ActorRelation),
        "types": _options(HarassmentType),
        "org_issues": _options(OrganisationalIssue),
        "impacts": _options(Impact),
        "requested": _options(RequestedHelp),
        "employment": _options(Employment),
        "group_size": _options(GroupSize),
        "consent": _options(ConsentLevel, levels),
        "options": _options(ConsentOption, options),
    }


def _why_not(weak: WeakWord) -> str:
    reasons: dict[WeakWord, str] = {
        WeakWord.SHORT: _(
            "短い言葉は、ほかの人に当てられてしまいます。合言葉は、記号を除いて%(least)s文字以上にしてください。",
            least=LEAST_SIGNS,
        ),
        WeakWord.DIGITS: _(
            "数字や日付だけの言葉は、当てられやすいものです。誕生日や電話番号のほかに、言葉を足してください。"
        ),
        WeakWord.OWN: _("会社やお名前、連絡先は、職場の人が思いつきます。関係のない言葉にしてください。"),
        WeakWord.COMMON: _("多くの人が思いつく言葉や、文字の並びです。関係のない言葉をつなげてみてください。"),
    }
    return reasons[weak]


def _options(members: Iterable[Labelled], hints: dict[Any, str] | None = None) -> tuple[Option, ...]:
    found: Sequence[Labelled] = tuple(members)
    return tuple(
        Option(member.value, to_the_worker(member), (hints or {}).get(member, ""), answer=member) for member in found
    )
