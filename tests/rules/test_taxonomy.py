"""The coded words are the association's own, word for word, and say when they contradict one another."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.labelled import Labelled
from models.rules.taxonomy import harassment_type, impact, organisational_issue
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction, needs_a_second_look
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import FLOORS, Severity, floor_of

# The association's sheets, as they were typed off: code, Japanese, English.
SHEETS: dict[type[Labelled], str] = {
    HarassmentType: """
        HT-ABU    | 暴言・怒声                        | Verbal abuse, shouting
        HT-LNG    | 長時間拘束                        | Prolonged restraint
        HT-REP    | 執拗な繰り返し(リピート)          | Excessive repetition
        HT-EXC    | 過剰・不当な要求                  | Excessive or unjust demand
        HT-INT    | 威嚇・脅迫                        | Intimidation, threat
        HT-AUT    | 権威・説教                        | Authority, lecturing
        HT-SEX    | 性的な言動                        | Sexual harassment
        HT-DIS    | 差別的な言動                      | Discriminatory conduct
        HT-PRS    | 個人攻撃・個人情報の要求          | Attack on the person, demand for private data
        HT-STK    | つきまとい・待ち伏せ              | Stalking, ambush
        HT-SNS    | SNS・ネットでの中傷/晒し          | Online defamation, exposure
        HT-REC    | 無断録音・撮影・配信              | Unauthorised recording or streaming
        HT-OBS    | 業務妨害(無言・大量架電/送信)     | Obstruction: silent or mass contacts
        HT-FRD    | 詐欺的・虚偽の申告                | Fraudulent claim
        HT-PHY    | 身体的な攻撃・器物損壊            | Physical attack, damage
        HT-OTH    | その他                            | Other
        HT-NA     | 顧客の行為の記載なし/該当なし     | No customer act stated or none found
    """,
    Channel: """
        HC-TELIN  | 電話(着信)                        | Inbound call
        HC-TELOUT | 電話(発信)                        | Outbound call
        HC-MAIL   | メール                            | E-mail
        HC-CHAT   | 有人チャット                      | Live chat
        HC-BOT    | ボット引継ぎ                      | Hand-over from bot
        HC-SNS    | SNS                               | Social media
        HC-REV    | 口コミ・レビュー                  | Reviews
        HC-VID    | ビデオ通話                        | Video call
        HC-LETTER | 手紙・FAX                         | Letter, fax
        HC-F2F    | 対面・来訪                        | In person
        HC-MTG    | 会議・打合せ(取引先)              | Meeting with client
        HC-OTHER  | その他                            | Other
    """,
    IntakeRoute: """
        IC-WEB    | ウェブ                            | Web form
        IC-TEL    | 電話相談室                        | Phone desk
        IC-LET    | 手紙・FAX                         | Letter, fax
        IC-VIS    | 来訪                              | Visit
        IC-PRX    | 代理入力                          | Keyed by counselor
        IC-OFF    | 責任者経由                        | Via the officer
        IC-EML    | メール(非推奨)                    | E-mail (discouraged)
        IC-UNI    | 労組等の第三者                    | Union or other third party
    """,
    Severity: """
        S1        | 軽微・質問                        | Low / question
        S2        | 中                                | Moderate
        S3        | 重大                              | High
        S4        | 緊急                              | Critical
    """,
    ActorRelation: """
        AR-CUS    | 顧客・利用者                      | Customer, user
        AR-POT    | 潜在的な顧客                      | Potential customer
        AR-CLI    | 委託元担当者                      | Client's staff
        AR-PAR    | その他取引先                      | Other partner
        AR-FAM    | 顧客の家族・関係者                | Customer's family
        AR-PUB    | 一般・不特定                      | Public, unknown crowd
        AR-INT    | 社内(対象外→案内)                | Internal (out of scope)
        AR-UNK    | 不明                              | Unknown
    """,
    Employment: """
        EM-REG    | 正社員                            | Regular
        EM-FIX    | 契約社員                          | Fixed-term
        EM-PRT    | パート・アルバイト                | Part-time
        EM-DSP    | 派遣                              | Dispatched
        EM-OUT    | 請負・再委託先                    | Subcontractor's staff
        EM-FRE    | フリーランス(在宅等)              | Freelance
        EM-EX     | 退職者                            | Former worker
        EM-THR    | 本人以外(上司・同僚・家族)        | Third-party reporter
    """,
    OrganisationalIssue: """
        OI-NOS    | 上司・SVの支援がない              | No support from superior
        OI-FRC    | 対応継続・謝罪の強要              | Forced to continue or apologise
        OI-NOH    | 切電・対応終了の権限がない        | No authority to end contact
        OI-WIN    | 社内窓口がない・機能しない        | Inside desk missing or useless
        OI-EVA    | 評価・ノルマへの不当な反映        | Unfair effect on appraisal
        OI-RET    | 相談後の不利益取扱い              | Retaliation
        OI-OUT    | 情報の範囲外共有・特定行為        | Information spread, attempt to identify
        OI-MED    | 健康への配慮がない                | No health care
        OI-CLI    | 委託元との調整がされない          | Client not involved
        OI-NON    | 問題なし・適切                    | None, handled well
    """,
    Impact: """
        IM-NON    | 影響なし                          | None
        IM-STR    | 強いストレス                      | Strong stress
        IM-FEA    | 電話・出勤が怖い                  | Fear of calls or work
        IM-SLP    | 眠れない                          | Sleep trouble
        IM-PHY    | 体の不調                          | Physical symptoms
        IM-ABS    | 欠勤・休職                        | Absence, leave
        IM-MED    | 受診・服薬                        | Medical treatment
        IM-QIT    | 退職(検討)                        | Quit or considering
        IM-SUI    | 消えたい気持ち                    | Suicidal thoughts
        IM-FAM    | 家族への影響                      | Effect on family
    """,
    RequestedHelp: """
        RQ-LIS    | 話を聞いてほしい                  | Listen to me
        RQ-ADV    | 助言がほしい                      | Advice
        RQ-STP    | 相手をやめさせたい                | Make it stop
        RQ-MOV    | 担当・シフトの配慮                | Change of duty or shift
        RQ-CAR    | 心身のケア                        | Care
        RQ-FIX    | 再発防止・ルール整備              | Prevention, rules
        RQ-CNF    | 事実・状況の確認                  | Check facts or status
        RQ-APO    | 会社からの説明・謝罪              | Explanation or apology
        RQ-NRT    | 不利益取扱いの防止・是正          | Stop or undo retaliation
        RQ-INF    | 外部の相談先を知りたい            | Outside help
        RQ-REC    | 記録だけ残したい                  | Record only
        RQ-ANY    | まだ決めていない                  | Undecided
    """,
    CompanyAction: """
        AC-HEA    | 本人の聞き取り                    | Heard the worker
        AC-LOG    | 録音・ログ確認                    | Checked recordings
        AC-SUB    | 担当者交代・上席対応              | Replaced or escalated
        AC-TWO    | 複数名対応                        | Two-person handling
        AC-END    | 対応終了(切電)                    | Ended contact
        AC-WRN    | 警告(口頭/書面)                   | Warning
        AC-BLK    | 着信拒否・利用停止                | Block, service refusal
        AC-POL    | 警察相談・通報                    | Police
        AC-LAW    | 弁護士対応                        | Lawyer
        AC-CLI    | 委託元との協議                    | Talks with client
        AC-CAR    | 産業医・カウンセリング            | Medical or counseling
        AC-LEV    | 休養・勤務軽減                    | Rest, lighter duty
        AC-MOV    | 担当・配置の配慮                  | Reassignment (wanted)
        AC-RUL    | ルール・権限の見直し              | Rule change
        AC-TRN    | 研修                              | Training
        AC-TEC    | 技術対策(録音通知等)              | Technology
        AC-EXP    | 本人への説明                      | Explained to worker
        AC-NRT    | 不利益取扱い禁止の周知            | No-retaliation notice
        AC-NON    | 対応せず(理由必須)                | None (reason required)
    """,
    Outcome: """
        OC-RSL    | 解決(相談者了承)                  | Resolved, consulter agrees
        OC-IMP    | 改善・経過観察                    | Improved, monitored
        OC-PAR    | 一部改善                          | Partly improved
        OC-NCH    | カスハラ非該当(正当な申出等)      | Not harassment
        OC-UNV    | 確認できず                        | Could not be verified
        OC-ADV    | 助言で終了                        | Advice only
        OC-NCS    | 同意なし終了                      | Closed without consent
        OC-WDR    | 取下げ                            | Withdrawn
        OC-REF    | 外部機関へ案内                    | Referred out
        OC-OOS    | 対象外                            | Out of scope
        OC-DUP    | 重複統合                          | Duplicate merged
        OC-NRS    | 会社無応答(エスカレーション)      | No answer, escalated
        OC-RET    | 不利益取扱いを確認・是正          | Retaliation found, corrected
        OC-LST    | 連絡途絶                          | Contact lost
        OC-ABU    | 不適切利用                        | Improper use
        OC-NMB    | 会員外                            | Non-member
    """,
    ConsentLevel: """
        CN-0      | 会社に伝えない(協会内のみ)        | Do not tell the company
        CN-1      | 内容をぼかした要約のみ            | Blurred summary only
        CN-2      | 内容は伝える・氏名は伏せる(会社匿名)| Content, name withheld
        CN-3      | 氏名も伝える                      | Identified
    """,
    ConsentOption: """
        CN-EM     | 生命・身体の危険時のみ            | Only if life or body is at risk
        CN-CL     | 委託元への共有可                  | Client may be told
        CN-EP     | 派遣元/雇用主への共有可           | Employer may be told
        CN-BD     | 理事会資料への匿名利用可          | Anonymous use for the board
        CN-ST     | 統計利用可                        | Statistics
        CN-CT     | 会社から直接連絡してよい          | Company may contact me
    """,
}


def _rows(sheet: str) -> list[tuple[str, str, str]]:
    lines = [line.split("|") for line in sheet.strip().splitlines()]
    return [(code.strip(), ja.strip(), en.strip()) for code, ja, en in lines]


@pytest.mark.parametrize("taxonomy", SHEETS, ids=lambda taxonomy: taxonomy.__name__)
def test_a_taxonomy_is_the_associations_sheet_word_for_word(taxonomy: type[Labelled]) -> None:
    assert [(member.code, member.ja, member.en) for member in taxonomy] == _rows(SHEETS[taxonomy])


def test_no_code_is_used_twice_in_any_two_taxonomies() -> None:
    codes = [member.code for member in chain.from_iterable(SHEETS)]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("module", [harassment_type, impact, organisational_issue], ids=lambda m: m.__name__)
def test_what_says_nothing_happened_stands_alone(module: object) -> None:
    assert len(module.STANDS_ALONE) == 1


def test_at_most_five_kinds_describe_one_case() -> None:
    assert harassment_type.MAX_CHOSEN == 5


def test_severities_are_ranked_from_light_to_grave() -> None:
    assert [grade.rank for grade in Severity] == [1, 2, 3, 4]
    assert all(all(words) for words in (grade.criteria for grade in Severity))


@pytest.mark.parametrize(
    ("code", "floor"),
    [
        (HarassmentType.STALKING, "S3"),
        (HarassmentType.INTIMIDATION, "S3"),
        (HarassmentType.SEXUAL, "S3"),
        (OrganisationalIssue.RETALIATION, "S3"),
        (Impact.SUICIDAL_THOUGHTS, "S4"),
        (HarassmentType.ABUSE, "S1"),
    ],
)
def test_a_code_lifts_the_severity_to_its_floor(code: HarassmentType, floor: str) -> None:
    assert floor_of([code]).code == floor


def test_nothing_chosen_has_the_lightest_floor() -> None:
    assert floor_of([]) is Severity.LOW


@given(
    st.sets(st.sampled_from([*HarassmentType, *Impact, *OrganisationalIssue])),
    st.sampled_from([*HarassmentType, *Impact, *OrganisationalIssue]),
)
def test_a_further_code_never_makes_a_case_lighter(
    codes: set[HarassmentType | Impact | OrganisationalIssue], further: HarassmentType
) -> None:
    assert floor_of(codes | {further}).rank >= floor_of(codes).rank
    assert floor_of(codes).rank == max([FLOORS[code].rank for code in codes if code in FLOORS], default=1)


def test_a_report_that_nothing_was_done_is_looked_at_twice() -> None:
    assert needs_a_second_look([CompanyAction.NONE], requested=[])
    assert not needs_a_second_look([CompanyAction.NONE, CompanyAction.TRAINING], requested=[])


def test_moving_the_worker_unasked_is_looked_at_twice() -> None:
    assert needs_a_second_look([CompanyAction.MOVED_WORKER, CompanyAction.TRAINING], requested=[RequestedHelp.CARE])
    assert not needs_a_second_look([CompanyAction.MOVED_WORKER], requested=[RequestedHelp.CHANGE_OF_DUTY])


def test_an_ordinary_report_is_not_flagged() -> None:
    assert not needs_a_second_look([CompanyAction.HEARD_WORKER, CompanyAction.BLOCKED], requested=[])
