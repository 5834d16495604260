"""The nine pledges (誓約事項), what a company says and shows for each, and what an application still lacks (domain 1.2, 6.5).

The questions are the data of domain 1.2. A change of the sheet is a new version with its own day; what was pledged keeps
the version under which it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from models.rules.labelled import Labelled
from models.rules.working_days import add_months


class Pledge(Labelled):
    """What a company promises, in the order of the sheet."""

    # fmt: off
    GUIDELINE   = "guideline",   "指針に沿って行動するよう努めます",                                 "We strive to act in line with the guideline"
    OFFICER     = "officer",     "対策の責任者を選び、協会に登録します",                             "We appoint a responsible officer and register the officer with the association"
    POLICY      = "policy",      "基本方針を定めて公表します(予定を含みます)",                       "We set and publish a basic policy, or plan to"
    DESK        = "desk",        "働く人のための相談窓口または担当者を置きます",                     "We provide a desk or a person for workers' consultations"
    RESPONSE    = "response",    "迷惑行為には速やかに適切に対応し、抑えるよう努めます",             "We act promptly and properly when harassment happens, and deter it"
    REPORT      = "report",      "協会に相談があったときは、責任者が誠実に対応し、結果を報告します", "When a worker turns to the association, the officer responds sincerely and reports"
    SURVEY      = "survey",      "協会の実態調査に協力します",                                       "We cooperate with the association's surveys"
    OUTSOURCING = "outsourcing", "委託・受託のときは、双方で対策をとり、働く人を守ります",           "In outsourcing, both sides take measures and protect workers"
    REVOCATION  = "revocation",  "協力や改善の要請に再三応じないときの取消しを受け入れます",         "We accept revocation if repeated requests for cooperation or improvement go unanswered"
    # fmt: on

    @property
    def number(self) -> int:
        """Its place on the sheet, from 1."""
        return list(Pledge).index(self) + 1


class Progress(Labelled):
    """How far something is in place."""

    # fmt: off
    IN_PLACE = "in_place", "できている",       "In place"
    PARTLY   = "partly",   "一部できている",   "Partly"
    NOT_YET  = "not_yet",  "これから取り組む", "Not yet"
    # fmt: on


class Coverage(Labelled):
    """Whom a company's own desk serves."""

    # fmt: off
    EVERYBODY = "everybody", "派遣・パート・業務委託の人も使える", "Also for dispatched, part-time and contracted workers"
    EMPLOYEES = "employees", "直接雇用の人だけが使える",           "Only for directly employed workers"
    # fmt: on


class Outsourcing(Labelled):
    """On which side of outsourcing a company stands."""

    # fmt: off
    NONE   = "none",   "委託も受託もしていない", "Neither"
    CLIENT = "client", "委託している",           "As a client"
    AGENCY = "agency", "受託している",           "As an agency"
    BOTH   = "both",   "どちらもある",           "Both"
    # fmt: on


class AnswerKind(Labelled):
    """How a question is answered."""

    # fmt: off
    LINE   = "line",   "1行",         "One line"
    TEXT   = "text",   "文章",        "A text"
    DAY    = "day",    "日付",        "A day"
    LINK   = "link",   "ウェブページ", "A web page"
    MAIL   = "mail",   "メール",      "A mail address"
    CHOICE = "choice", "選択",        "A choice"
    # fmt: on


class Question(Labelled):
    """What is asked about a pledge; the code names the answer where it is kept."""

    # fmt: off
    GUIDELINE_VERSION = "guideline_version", "確認した指針の版または日付",       "Version or date of the guideline that was read"
    CHECKED_ON        = "checked_on",        "自己点検をした日",                 "Day of the self-check"
    CHAPTER_2         = "chapter_2",         "指針の第2章(迷惑行為とは)",         "Guideline, chapter 2 (what harassment is)"
    CHAPTER_3         = "chapter_3",         "指針の第3章(判断のしかた)",         "Guideline, chapter 3 (how to judge)"
    CHAPTER_4         = "chapter_4",         "指針の第4章(対応のしかた)",         "Guideline, chapter 4 (how to cope)"
    CHAPTER_5         = "chapter_5",         "指針の第5章(組織としての取組)",     "Guideline, chapter 5 (what the organisation does)"
    IMPROVEMENT       = "improvement",       "これから改めること",               "What will be improved"

    OFFICER_NAME      = "officer_name",      "責任者の氏名",                     "Name of the officer"
    OFFICER_POST      = "officer_post",      "責任者の役職",                     "Post of the officer"
    OFFICER_MAIL      = "officer_mail",      "責任者の業務用メールアドレス",     "The officer's business mail address"
    APPOINTED_ON      = "appointed_on",      "責任者になった日",                 "Day of the appointment"
    DEPUTY_NAME       = "deputy_name",       "副責任者の氏名",                   "Name of the deputy"
    CONFLICTS         = "conflicts",         "責任者が扱わないほうがよい部署・相手", "Departments or persons that the officer should not deal with"

    POLICY_TITLE      = "policy_title",      "基本方針の題名",                   "Title of the policy"
    POLICY_LINK       = "policy_link",       "公表しているページ",               "Page on which it is published"
    PUBLISHED_ON      = "published_on",      "公表した日",                       "Day of publication"
    PLANNED_ON        = "planned_on",        "公表する予定の日",                 "Day on which it will be published"

    DESK_NAME         = "desk_name",         "窓口または担当者の名称",           "Name of the desk or person"
    DESK_HOURS        = "desk_hours",        "受け付ける時間",                   "Hours"
    DESK_CONTACT      = "desk_contact",      "連絡のしかた",                     "How to reach it"
    DESK_COVERS       = "desk_covers",       "使える人",                         "Who may use it"
    DESK_NOTICE       = "desk_notice",       "働く人への知らせ方",               "How workers are told"

    PROCEDURE         = "procedure",         "対応手順の名称と版",               "Name and version of the procedure"
    CALL_ENDING       = "call_ending",       "通話を終えてよい基準",             "A rule for ending a call"
    CALL_ENDING_WORDS = "call_ending_words", "その基準の内容",                   "What the rule says"
    TRAINED_ON        = "trained_on",        "直近の研修の日",                   "Day of the latest training"

    INNER_ROAD        = "inner_road",        "協会から連絡が来たときの社内の流れ", "What happens inside when the association writes"
    NO_SEARCH         = "no_search",         "相談した人を探さない・不利益に扱わないための取組", "How the company keeps from searching or disadvantaging whoever consulted"

    SURVEY_CONTACT    = "survey_contact",    "調査の連絡先",                     "Contact for surveys"

    SIDE              = "side",              "委託・受託の状況",                 "Outsourcing"
    JOINT_RULES       = "joint_rules",       "取引先と取り決めていること",       "What was agreed with the other side"
    CLAUSE            = "clause",            "契約の条項",                       "Clause of the contract"

    SIGNATORY         = "signatory",         "誓約する代表者の氏名",             "Name of the signatory"
    SIGNATORY_POST    = "signatory_post",    "誓約する代表者の役職",             "Post of the signatory"
    SIGNED_ON         = "signed_on",         "誓約した日",                       "Day of signing"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a pledge: how it is answered, and whether it must be."""

    question: Question
    kind: AnswerKind
    required: bool = True
    options: type[Labelled] | None = None


@dataclass(frozen=True, slots=True)
class EitherOf:
    """At least one of these must be answered."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class NeededWhen:
    """An answer that must be there when another one is among these."""

    question: Question
    when: Question
    among: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a company fills in for one pledge."""

    asks: tuple[Asked, ...]
    either: tuple[EitherOf, ...] = ()
    needed: tuple[NeededWhen, ...] = ()


_Q, _K = Question, AnswerKind
_UNFINISHED = frozenset({Progress.PARTLY.code, Progress.NOT_YET.code})
_CHAPTERS = (_Q.CHAPTER_2, _Q.CHAPTER_3, _Q.CHAPTER_4, _Q.CHAPTER_5)

PLEDGE_VERSION = "2025-10"
"""The sheet below; an application keeps the version under which it was signed."""

SHEETS: Mapping[Pledge, Sheet] = MappingProxyType({
    Pledge.GUIDELINE: Sheet(
        (
            Asked(_Q.GUIDELINE_VERSION, _K.LINE),
            Asked(_Q.CHECKED_ON, _K.DAY),
            *(Asked(chapter, _K.CHOICE, options=Progress) for chapter in _CHAPTERS),
            Asked(_Q.IMPROVEMENT, _K.TEXT, required=False),
        ),
        needed=tuple(NeededWhen(_Q.IMPROVEMENT, chapter, _UNFINISHED) for chapter in _CHAPTERS),
    ),
    Pledge.OFFICER: Sheet((
        Asked(_Q.OFFICER_NAME, _K.LINE),
        Asked(_Q.OFFICER_POST, _K.LINE),
        Asked(_Q.OFFICER_MAIL, _K.MAIL),
        Asked(_Q.APPOINTED_ON, _K.DAY),
        Asked(_Q.DEPUTY_NAME, _K.LINE, required=False),
        Asked(_Q.CONFLICTS, _K.TEXT, required=False),
    )),
    Pledge.POLICY: Sheet(
        (
            Asked(_Q.POLICY_TITLE, _K.LINE),
            Asked(_Q.POLICY_LINK, _K.LINK, required=False),
            Asked(_Q.PUBLISHED_ON, _K.DAY, required=False),
            Asked(_Q.PLANNED_ON, _K.DAY, required=False),
        ),
        either=(EitherOf((_Q.POLICY_LINK, _Q.PLANNED_ON)),),
    ),
    Pledge.DESK: Sheet((
        Asked(_Q.DESK_NAME, _K.LINE),
        Asked(_Q.DESK_HOURS, _K.LINE),
        Asked(_Q.DESK_CONTACT, _K.LINE),
        Asked(_Q.DESK_COVERS, _K.CHOICE, options=Coverage),
        Asked(_Q.DESK_NOTICE, _K.TEXT),
    )),
    Pledge.RESPONSE: Sheet(
        (
            Asked(_Q.PROCEDURE, _K.LINE),
            Asked(_Q.CALL_ENDING, _K.CHOICE, options=Progress),
            Asked(_Q.CALL_ENDING_WORDS, _K.TEXT, required=False),
            Asked(_Q.TRAINED_ON, _K.DAY, required=False),
        ),
        needed=(NeededWhen(_Q.CALL_ENDING_WORDS, _Q.CALL_ENDING, frozenset({Progress.IN_PLACE.code, Progress.PARTLY.code})),),
    ),
    Pledge.REPORT: Sheet((Asked(_Q.INNER_ROAD, _K.TEXT), Asked(_Q.NO_SEARCH, _K.TEXT))),
    Pledge.SURVEY: Sheet((Asked(_Q.SURVEY_CONTACT, _K.LINE),)),
    Pledge.OUTSOURCING: Sheet(
        (
            Asked(_Q.SIDE, _K.CHOICE, options=Outsourcing),
            Asked(_Q.JOINT_RULES, _K.TEXT, required=False),
            Asked(_Q.CLAUSE, _K.LINE, required=False),
        ),
        needed=(NeededWhen(_Q.JOINT_RULES, _Q.SIDE, frozenset({side.code for side in Outsourcing if side is not Outsourcing.NONE})),),
    ),
    Pledge.REVOCATION: Sheet((
        Asked(_Q.SIGNATORY, _K.LINE),
        Asked(_Q.SIGNATORY_POST, _K.LINE),
        Asked(_Q.SIGNED_ON, _K.DAY),
    )),
})


def lacking(pledge: Pledge, answers: Mapping[str, str], *, agreed: bool) -> tuple[Question | None, ...]:
    """What a pledge still lacks: questions without their answer, and None when the company has not agreed to it.

    ``answers`` are codes of choices, ISO days and texts by the question's code; an empty text is no answer.
    """
    sheet = SHEETS[pledge]
    given = {code for code, answer in answers.items() if answer}
    found: list[Question | None] = [] if agreed else [None]
    found += [one.question for one in sheet.asks if one.required and one.question.code not in given]
    for either in sheet.either:
        if not any(question.code in given for question in either.questions):
            found.append(either.questions[0])
    for need in sheet.needed:
        if answers.get(need.when.code) in need.among and need.question.code not in given and need.question not in found:
            found.append(need.question)
    return tuple(found)


class ReviewMark(Labelled):
    """What the reviewer found about one pledge."""

    # fmt: off
    MET     = "met",     "確認できた",     "Confirmed"
    NOT_MET = "not_met", "直してほしい",   "To be corrected"
    # fmt: on


def may_go_to_board(marks: Mapping[Pledge, ReviewMark]) -> bool:
    """Whether every pledge was confirmed; the board is shown nothing that the secretariat has not checked."""
    return all(marks.get(pledge) is ReviewMark.MET for pledge in Pledge)


def may_return(marks: Mapping[Pledge, ReviewMark]) -> bool:
    """Whether there is something to correct: a return without one would tell the company nothing."""
    return ReviewMark.NOT_MET in marks.values()


def waits_until(*, ended_on: date | None, months: int) -> date | None:
    """The first day on which a company may apply again after a revocation; None when nothing was revoked."""
    return None if ended_on is None else add_months(ended_on, months)
