"""The lists of the consultation in the words of the person who writes; the desk reads the same codes in its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.presentation.code_words import codes_of
from app.presentation.fields import Words
from app.presentation.filters import current_language, day_of
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.editable_codes import CodeList, CodeWording
from models.rules.labelled import Labelled
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.requested_help import RequestedHelp

FIRST_DAY = date(2025, 10, 1)
# A member that is not here reads the same for both.
WORKERS_WORDS: dict[Labelled, Words] = {
    HarassmentType.LONG_RESTRAINT: _l("長時間の拘束"),
    HarassmentType.REPETITION: _l("しつこい繰り返し(リピート)"),
    HarassmentType.AUTHORITY: _l("権威をふりかざす・説教"),
    HarassmentType.ONLINE_EXPOSURE: _l("SNSやネットでの中傷・さらし"),
    HarassmentType.OBSTRUCTION: _l("業務の妨害(無言や大量の電話・送信)"),
    HarassmentType.FRAUD: _l("うその申し立て・だまそうとする行為"),
    HarassmentType.PHYSICAL: _l("身体への攻撃・物を壊す"),
    HarassmentType.NO_CUSTOMER_ACT: _l("お客様の言動ではない"),
    OrganisationalIssue.NO_SUPPORT: _l("上司やSVが助けてくれない"),
    OrganisationalIssue.FORCED_TO_CONTINUE: _l("対応を続けることや、謝ることを強いられる"),
    OrganisationalIssue.NO_AUTHORITY_TO_END: _l("自分から電話を切ったり、対応を終えたりできない"),
    OrganisationalIssue.NO_INSIDE_DESK: _l("社内に窓口がない・あっても頼れない"),
    OrganisationalIssue.UNFAIR_APPRAISAL: _l("評価やノルマに響く"),
    OrganisationalIssue.RETALIATION: _l("相談したあとに、不利な扱いを受けた"),
    OrganisationalIssue.INFORMATION_SPREAD: _l("話が広められた・だれの相談かを探された"),
    OrganisationalIssue.NO_HEALTH_CARE: _l("体調を気づかってもらえない"),
    OrganisationalIssue.CLIENT_NOT_INVOLVED: _l("委託元と話をしてもらえない"),
    OrganisationalIssue.NONE: _l("職場では困っていない"),
    HarassmentType.RECORDING: _l("無断の録音・撮影・配信"),
    Impact.SUICIDAL_THOUGHTS: _l("消えたい気持ちがある"),
    Impact.NONE: _l("影響はない"),
    Impact.PHYSICAL: _l("体の調子が悪い"),
    Impact.ABSENCE: _l("仕事を休んでいる・休みがち"),
    Impact.TREATMENT: _l("病院にかかっている・薬を飲んでいる"),
    Impact.QUITTING: _l("辞めた・辞めようか考えている"),
    RequestedHelp.MAKE_IT_STOP: _l("相手の行為を止めてほしい"),
    RequestedHelp.CHANGE_OF_DUTY: _l("担当やシフトを配慮してほしい"),
    RequestedHelp.CARE: _l("心や体のケアを受けたい"),
    RequestedHelp.PREVENTION: _l("また起きないように、ルールを整えてほしい"),
    RequestedHelp.CHECK_FACTS: _l("事実や状況を確かめてほしい"),
    RequestedHelp.EXPLANATION: _l("会社から説明や謝罪がほしい"),
    RequestedHelp.NO_RETALIATION: _l("不利な扱いを防いでほしい・直してほしい"),
    ConsentLevel.CN_1: _l("内容をぼかした要約だけを伝える"),
    ConsentLevel.CN_2: _l("内容は伝え、氏名は伏せる(会社には匿名)"),
    ConsentLevel.CN_3: _l("氏名も伝える"),
    ConsentOption.CN_EM: _l("命や体に危険があるときは、伝えてよい"),
    ConsentOption.CN_CL: _l("委託元の会社にも伝えてよい"),
    ConsentOption.CN_EP: _l("派遣元・雇われている会社にも伝えてよい"),
    ConsentOption.CN_BD: _l("理事会の資料に、匿名で使ってよい"),
    ConsentOption.CN_ST: _l("統計に使ってよい"),
}


def to_the_worker(member: Labelled, at: date | datetime | None = None) -> str:
    """How a member is called on a page of the person who writes, today or at a time."""
    changed = codes_of(member, day_of(at)).wordings.get(member)
    if changed:
        return changed.to_the_worker(current_language())
    return str(WORKERS_WORDS[member]) if member in WORKERS_WORDS else member.label(current_language())


def shipped_wordings(codes: CodeList) -> dict[Labelled, CodeWording]:
    """How every code of a list is called where no row says otherwise, in both languages."""
    own = {language: _own_words(codes.codes, language) for language in ("ja", "en")}
    return {
        one: CodeWording(one, FIRST_DAY, one.ja, one.en, own["ja"].get(one, ""), own["en"].get(one, ""))
        for one in codes.codes
    }


def _own_words(codes: Iterable[Labelled], language: str) -> dict[Labelled, str]:
    with force_locale(language):
        return {one: str(WORKERS_WORDS[one]) for one in codes if one in WORKERS_WORDS}
