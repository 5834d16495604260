"""Who may do what: one table of permission, role and standing, and the questions asked of it.

Source: domain, 6.7, with 6.1 (who enters a state), 6.4 (who issues a step) and 6.5 (who moves a certification).
What is absent from the table is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from models.rules.decision import ALLOWED, Decision, refused
from models.rules.labelled import Labelled
from models.rules.people import Role, Standing


class Permission(Labelled):
    """Something that can be done, as ``resource:action``."""

    # fmt: off
    CASE_KEY_IN                 = "case:key_in",                 "電話・手紙の相談を代理入力する",                 "Key in a consultation"
    CASE_LIST                   = "case:list",                   "相談の一覧を見る(内容なし)",                     "List cases, without content"
    CASE_TRIAGE                 = "case:triage",                 "受付審査をする",                                 "Triage a case"
    CASE_ASSIGN                 = "case:assign",                 "担当を決める",                                   "Assign a case"
    CASE_READ                   = "case:read",                   "相談の原文を読む",                               "Read the original text"
    CASE_SEARCH                 = "case:search",                 "相談の言葉を探す(開いて探す)",                   "Search the words of cases, by opening them"
    CASE_READ_IDENTITY          = "case:read_identity",          "氏名・連絡先を開く",                             "Open the identity"
    CASE_READ_HEALTH            = "case:read_health",            "健康に関する記載を読む",                         "Read the health block"
    CASE_NOTE                   = "case:note",                   "窓口のメモを書く",                               "Write a desk note"
    CASE_ATTACH                 = "case:attach",                 "届いた書類などのファイルを加える",               "Add a file to a case"
    CASE_MESSAGE                = "case:message",                "相談者に連絡する",                               "Write to the consulter"
    CASE_ADVISE                 = "case:advise",                 "助言する",                                       "Give advice"
    CASE_PREPARE_COPY           = "case:prepare_copy",           "転送版を作る",                                   "Edit the forwarded copy"
    CASE_APPROVE_COPY           = "case:approve_copy",           "転送版を承認する",                               "Approve the forwarded copy"
    CASE_ROUTE                  = "case:route",                  "会社へ転送する・宛先を変える",                   "Route or reroute a case"
    CASE_RECALL                 = "case:recall",                 "転送を取り消す",                                 "Recall a routed case"
    CASE_SECOND_RECALL          = "case:second_recall",          "転送の取消しを二人目として確認する",             "Confirm a recall as the second person"
    CASE_EMERGENCY              = "case:emergency",              "命や体の危険のとき、最小限を伝えることを求める", "Ask to tell the minimum in an emergency"
    CASE_SECOND_EMERGENCY       = "case:second_emergency",       "最小限を伝えることを二人目として決める",         "Decide it as the second person"
    CASE_KEY_CONSENT            = "case:key_consent",            "電話で聞いた同意の変更を入力する",               "Key a change of consent that was said by telephone"
    CASE_NOTE_EMERGENCY         = "case:note_emergency",         "最小限を伝えたかどうかを記録する",               "Record whether the minimum was told"
    CASE_CLOSE                  = "case:close",                  "相談を終結する",                                 "Close a case"
    CASE_SECOND_CLOSE           = "case:second_close",           "重大な相談の終結を二人目として確認する",         "Confirm a closure as the second person"
    CASE_REOPEN                 = "case:reopen",                 "相談を再開する",                                 "Reopen a case"
    CASE_ISSUE_CODE             = "case:issue_code",             "受付コードを出し直す",                           "Issue a new receipt code"
    RETENTION_LIST              = "retention:list",              "いつ何が消えるかの予定と保全の一覧を見る",       "See what will be erased when, and the holds"
    RETENTION_READ              = "retention:read",              "一件の相談の保存と消去を見る(内容なし)",         "See until when a case is kept, without content"
    RETENTION_HOLD              = "retention:hold",              "消去しないように保全する・見直す",               "Hold a case back from erasure, and review the hold"
    RETENTION_LIFT              = "retention:lift",              "保全を解く",                                     "Lift a hold"
    REPLY_LIST                  = "reply:list",                  "折り返しと郵送の一覧を見る(内容なし)",           "List calls and letters that are due, without content"
    REPLY_RECORD                = "reply:record",                "折り返しと郵送の結果を記録する",                 "Record what became of a call or letter"
    COMPLAINT_COUNT             = "complaint:count",             "消費者の苦情を案内し、数える",                   "Divert and count a consumer's complaint"
    ADVICE_LIST                 = "advice:list",                 "企業相談の一覧を見る",                           "List companies' requests for advice"
    ADVICE_READ                 = "advice:read",                 "企業相談を読む",                                 "Read a company's request for advice"
    ADVICE_ASK                  = "advice:ask",                  "協会に企業相談をする",                           "Ask the association for advice"
    ADVICE_ANSWER               = "advice:answer",               "企業相談に答える",                               "Answer a company's request for advice"
    CASE_HEAR_ALARM             = "case:hear_alarm",             "緊急の呼び出しを受け止める",                     "Acknowledge an alarm about danger"
    REPORT_REVIEW               = "report:review",               "会社の報告を確認する",                           "Review a company's report"
    RESPONSE_LIST               = "response:list",               "届いた相談の一覧を見る",                         "List what was forwarded"
    RESPONSE_READ               = "response:read",               "転送版を読む",                                   "Read the forwarded copy"
    RESPONSE_ACKNOWLEDGE        = "response:acknowledge",        "受領を確認する",                                 "Acknowledge receipt"
    RESPONSE_ACT                = "response:act",                "対応を記録し返信する",                           "Log actions and reply"
    RESPONSE_DRAFT              = "response:draft",              "書きかけを保存する",                             "Keep a draft"
    RESPONSE_PRINT              = "response:print",              "転送版を印刷する",                               "Print the forwarded copy"
    RESPONSE_REPORT             = "response:report",             "報告を提出する",                                 "Submit a report"
    ESCALATION_LIST             = "escalation:list",             "会社別の記録の一覧を見る",                       "List company files"
    ESCALATION_READ             = "escalation:read",             "会社別の記録と要請を読む",                       "Read a company file"
    ESCALATION_DRAFT            = "escalation:draft",            "正式な要請を起案する",                           "Draft a formal request"
    ESCALATION_ISSUE_E1         = "escalation:issue_e1",         "協力依頼を出す",                                 "Issue a cooperation request (E1)"
    ESCALATION_ISSUE_E2         = "escalation:issue_e2",         "再協力依頼を出す",                               "Issue a second cooperation request (E2)"
    ESCALATION_ISSUE_E3         = "escalation:issue_e3",         "改善要求を出す",                                 "Issue an improvement request (E3)"
    ESCALATION_ISSUE_E4         = "escalation:issue_e4",         "最終改善要求を出す",                             "Issue a final improvement request (E4)"
    ESCALATION_SERVE            = "escalation:serve",            "送達を記録する",                                 "Record the service of a document"
    ESCALATION_ANSWER           = "escalation:answer",           "要請に回答する・弁明する",                       "Answer a request, explain"
    ESCALATION_CONCLUDE         = "escalation:conclude",         "要請の結果を判断する",                           "Conclude a request"
    ESCALATION_PROPOSE          = "escalation:propose",          "取消審査を付議する",                             "Put the file before the board (E5)"
    ESCALATION_READ_TREATMENT   = "escalation:read_treatment",   "会社の扱いを比べる(内容なし)",                   "Compare how companies were treated, without content"
    RESOLUTION_LIST             = "resolution:list",             "理事会の議案の一覧を見る",                       "List board items"
    RESOLUTION_READ             = "resolution:read",             "理事会資料と決議を読む",                         "Read a board packet and resolution"
    RESOLUTION_RECORD           = "resolution:record",           "決議を記録する",                                 "Record a resolution"
    RESOLUTION_DECLARE_INTEREST = "resolution:declare_interest", "利害関係を申告する",                             "Declare an interest"
    RESOLUTION_VOTE             = "resolution:vote",             "議決に加わる",                                   "Vote"
    CERTIFICATION_READ          = "certification:read",          "認定の状況を見る",                               "Read a certification"
    CERTIFICATION_APPLY         = "certification:apply",         "認定を申請する・更新する・辞退する",             "Apply, renew or withdraw"
    CERTIFICATION_REVIEW        = "certification:review",        "申請を審査する",                                 "Review an application"
    CERTIFICATION_PROPOSE       = "certification:propose",       "認定を理事会に付議する",                         "Put a certification before the board"
    CERTIFICATION_EFFECT        = "certification:effect",        "決議を認定に反映する",                           "Put a resolution into effect"
    CONTROL_READ                = "control:read",                "事務局の状況一覧を見る",                         "See the secretariat's control room"
    SURVEY_READ                 = "survey:read",                 "実態調査と会社の回答の有無を見る",               "See surveys and who has answered"
    SURVEY_KEEP                 = "survey:keep",                 "実態調査を始める・回答の有無を記録する",         "Open a survey and note who has answered"
    PLEDGE_READ                 = "pledge:read",                 "誓約の状況を見る",                               "See how pledges stand"
    PLEDGE_CONFIRM              = "pledge:confirm",              "誓約を守っていることを年1回確認する",            "Confirm the pledges once a year"
    CERTIFICATION_END           = "certification:end",           "認定の終わりを会社別の記録に反映する",           "Let a company file rest with a certification that ended"
    MAILBOX_READ                = "mailbox:read",                "自分の相談の状況と連絡を見る",                   "Read one's own mailbox"
    MAILBOX_WRITE               = "mailbox:write",               "窓口に連絡する・転送版に意見を書く",             "Write to the desk, comment on the copy"
    MAILBOX_CONSENT             = "mailbox:consent",             "会社に伝える範囲を決める",                       "Decide what the company may be told"
    MAILBOX_WITHDRAW            = "mailbox:withdraw",            "相談を取り下げる",                               "Withdraw the consultation"
    MAILBOX_CLOSE               = "mailbox:close",               "結果を確認して終える",                           "Agree to the result and close"
    AUDIT_READ_OWN              = "audit:read_own",              "自分の操作の記録を見る",                         "Read the record of one's own acts"
    AUDIT_READ_TEAM             = "audit:read_team",             "担当チームの操作の記録を見る",                   "Read the team's record"
    AUDIT_READ_DECISIONS        = "audit:read_decisions",        "決議の記録を見る",                               "Read the record of decisions"
    AUDIT_READ_TECHNICAL        = "audit:read_technical",        "技術的な記録を見る",                             "Read the technical record"
    AUDIT_READ_ALL              = "audit:read_all",              "すべての操作の記録を見る(内容なし)",             "Read all records, without content"
    AUDIT_SAMPLE                = "audit:sample",                "監査の抜き取りをする",                           "Draw a sample for the audit"
    AUDIT_READ_SAMPLE           = "audit:read_sample",           "抜き取った記録を確かめる(内容なし)",             "Check what was drawn, without content"
    AUDIT_READ_UNUSUAL          = "audit:read_unusual",          "いつもと違う閲覧を見る(内容なし)",               "See unusual reading, without content"
    AUDIT_LOOK_INTO             = "audit:look_into",             "いつもと違う閲覧を確かめたことを書きとめる",     "Note that unusual reading was looked into"
    PEOPLE_READ                 = "people:read",                 "利用者の登録を見る",                             "Read people's entries"
    PEOPLE_MANAGE               = "people:manage",               "利用者を登録する",                               "Register people"
    PEOPLE_GRANT                = "people:grant",                "席の鍵を渡す",                                   "Grant a seat's keys"
    SEAT_PASS_ON                = "seat:pass_on",                "鍵をなくした同僚に、席の鍵を渡し直す",           "Hand a seat's keys on to a colleague who lost them"
    COMPANY_LIST                = "company:list",                "会社の登録の一覧を見る",                         "List companies' entries"
    COMPANY_READ                = "company:read",                "会社の登録を見る",                               "Read a company's entry"
    COMPANY_MANAGE              = "company:manage",              "会社の登録を変える",                             "Change a company's entry"
    SUCCESSION_LIST             = "succession:list",             "合併・分割・事業譲渡の一覧を見る",               "List mergers, splits and transfers"
    SUCCESSION_READ             = "succession:read",             "合併・分割・事業譲渡の登録を見る",               "Read the entry of a merger, split or transfer"
    SUCCESSION_ENTER            = "succession:enter",            "合併・分割・事業譲渡を登録する",                 "Enter a merger, split or transfer"
    SUCCESSION_CONFIRM          = "succession:confirm",          "合併・分割・事業譲渡を二人目として確認する",     "Confirm it as the second person"
    ABSENCE_READ                = "absence:read",                "不在と休業日を見る",                             "See absences and closure days"
    ABSENCE_PLAN                = "absence:plan",                "不在と休業日を登録する",                         "Enter absences and closure days"
    OUTBOX_READ                 = "outbox:read",                 "送信の記録を見る(内容なし)",                     "Read the outbox, without content"
    KEYS_READ                   = "keys:read",                   "使っている鍵の一覧を見る(鍵そのものは見えない)", "See which keys are in use, never a key itself"
    STATISTICS_READ             = "statistics:read",             "統計を見る",                                     "Read statistics"
    STATISTICS_REPORT           = "statistics:report",           "年度の報告を作る",                               "Make the report of a year"
    DUTY_READ                   = "duty:read",                   "当番表を見る",                                   "Read the rota"
    DUTY_PLAN                   = "duty:plan",                   "当番表を決める",                                 "Plan the rota"
    RULEBOOK_READ               = "rulebook:read",               "規則と変更の記録を見る",                         "Read the rules in force and their changes"
    LETTER_READ_WORDS           = "letter:read_words",           "会社に出す文書の文面を見る",                     "Read the words of letters"
    LETTER_WORD                 = "letter:word",                 "会社に出す文書の文面を改める",                   "Change the words of letters"
    RULEBOOK_CHANGE             = "rulebook:change",             "規則を改める",                                   "Change the rules"
    LEAK_LIST                   = "leak:list",                   "漏えいの記録の一覧を見る(内容なし)",             "List leak worksheets, without content"
    LEAK_READ                   = "leak:read",                   "漏えいの記録を読む",                             "Read a leak worksheet"
    LEAK_BEGIN                  = "leak:begin",                  "漏えいの記録を始める",                           "Begin a leak worksheet"
    LEAK_WRITE                  = "leak:write",                  "漏えいの記録に書く",                             "Write in a leak worksheet"
    LEAK_JUDGE                  = "leak:judge",                  "漏えいの報告を判断し、記録を終える",             "Decide about the report of a leak, and end it"
    JOINT_LIST                  = "joint:list",                  "二人で行うことの一覧を見る",                     "See what takes two persons"
    RECOVERY_READ               = "recovery:read",               "鍵の復元カードの様子を見る(中身なし)",           "See how recovery kits stand, never what they say"
    KEYS_FIRST_SHARE            = "keys:first_share",            "鍵の復元・一括書出し・早い消去を、一人目として求める", "Ask, as the first of two, for recovery, bulk export or early erasure"
    KEYS_SECOND_SHARE           = "keys:second_share",           "鍵の復元・一括書出し・早い消去を、二人目として認める", "Approve it as the second of two"
    KEYS_READ_WITNESS_LOG       = "keys:read_witness_log",       "鍵の復元・一括書出しの記録に立ち会う",           "Witness the log of recovery and bulk export"
    KEYS_OPERATE                = "keys:operate",                "鍵の復元・一括書出しを実行する(内容は見えない)", "Operate recovery and bulk export, without plaintext"
    ADVISER_GRANT               = "adviser:grant",               "外部助言者に一つの部分を見せることを求める",     "Ask that an adviser be shown one part"
    ADVISER_END                 = "adviser:end",                 "外部助言者に見せるのを終わらせる",               "End what an adviser is shown"
    ADVISER_READ_ASKED          = "adviser:read_asked",          "外部助言者に尋ねたことの一覧を見る(内容なし)",   "See what advisers were shown, without content"
    ADVISER_LIST                = "adviser:list",                "見せてもらった相談の一覧を見る",                 "List what one was shown as an adviser"
    ADVISER_READ                = "adviser:read",                "見せてもらった一つの部分を読む",                 "Read the one part that one was shown"
    ADVISER_ADVISE              = "adviser:advise",              "窓口に助言を書く",                               "Write advice to the desk"
    SYSTEM_CLOCK                = "system:clock",                "期日による処理をする",                           "Act when a date comes"
    SESSION_SIGN_OUT            = "session:sign_out",            "退出する",                                       "Sign out"
    SESSION_READ                = "session:read",                "自分のサインインの設定を見る",                   "See how and where one is signed in"
    SESSION_SECURE              = "session:secure",              "自分のサインインの方法を変える",                 "Change how one signs in"
    # fmt: on

    @property
    def resource(self) -> str:
        """The noun before the colon."""
        return self.code.partition(":")[0]

    @property
    def action(self) -> str:
        """The verb after the colon."""
        return self.code.partition(":")[2]


class Kind(Enum):
    """Whether a permission lets somebody look, or lets somebody change something."""

    READ = "read"
    WRITE = "write"


def kind_of(permission: Permission) -> Kind:
    """READ for ``list``, ``read`` and ``read_…``; everything else writes."""
    reads = permission.action in {"list", "read"} or permission.action.startswith("read_")
    return Kind.READ if reads else Kind.WRITE


# How to read the table. A letter is a standing in which the role of the column may:
#
#     o  own             the consulter, towards the own case
#     a  assigned        the case is this person's, or nobody's yet
#     s  same office     a case or file of the own office
#     @  addressee       addressed to this person or to the office this person acts for; a company's own file
#     x  none            without a case: lists of people, statistics, the own session
#
# ``!`` after a letter means: only with a reason, which is recorded. A dot means never. Nobody is let in by being
# excluded, so there is no letter for it. At CN-3 a company reads the name in the forwarded copy; it never opens the
# identity itself, and so its columns are empty there. The system is the clock.
_TABLE = """
                                consulter officer deputy representative counselor manager head director auditor admin system
    case:key_in                 .         .       .      .              x         x       .    .        .       .     .
    case:list                   .         .       .      .              as        as      as   .        .       .     .
    case:triage                 .         .       .      .              a         a       .    .        .       .     .
    case:assign                 .         .       .      .              a         as      .    .        .       .     .
    case:read                   o         .       .      .              a         as!     a!s! .        .       .     .
    case:search                 .         .       .      .              a         as!     a!s! .        .       .     .
    case:read_identity          o         .       .      .              a!        a!s!    .    .        .       .     .
    case:read_health            o         .       .      .              a         a       .    .        .       .     .
    case:note                   .         .       .      .              a         as      .    .        .       .     .
    case:attach                 .         .       .      .              a         a       .    .        .       .     .
    case:message                .         .       .      .              a         a       .    .        .       .     .
    case:advise                 .         .       .      .              a         a       .    .        .       .     .
    case:prepare_copy           .         .       .      .              a         .       .    .        .       .     .
    case:approve_copy           .         .       .      .              .         as      .    .        .       .     .
    case:route                  .         .       .      .              a         as      .    .        .       .     .
    case:recall                 .         .       .      .              a         .       .    .        .       .     .
    case:second_recall          .         .       .      .              .         as      .    .        .       .     .
    case:emergency              .         .       .      .              a         .       .    .        .       .     .
    case:second_emergency       .         .       .      .              .         as      as   .        .       .     .
    case:key_consent            .         .       .      .              a         a       .    .        .       .     .
    case:note_emergency         .         .       .      .              a         as      as   .        .       .     .
    case:close                  .         .       .      .              a         .       .    .        .       .     .
    case:second_close           .         .       .      .              .         as      .    .        .       .     .
    case:reopen                 .         .       .      .              a         as      .    .        .       .     .
    case:hear_alarm             .         .       .      .              as        as      as   .        .       .     .

    case:issue_code             .         .       .      .              as        as      .    .        .       .     .

    retention:list              .         .       .      .              .         as      as   .        .       .     .
    retention:read              .         .       .      .              as        as      as   .        .       .     .
    retention:hold              .         .       .      .              a         as      as   .        .       .     .
    retention:lift              .         .       .      .              .         as      as   .        .       .     .

    reply:list                  .         .       .      .              as        as      .    .        .       .     .
    reply:record                .         .       .      .              a         as      .    .        .       .     .
    complaint:count             .         .       .      .              x         x       .    .        .       .     .

    advice:list                 .         @       @      @              as        as      as   .        .       .     .
    advice:read                 .         @       @      @              as        as      as   .        .       .     .
    advice:ask                  .         @       @      @              .         .       .    .        .       .     .
    advice:answer               .         .       .      .              as        as      as   .        .       .     .

    report:review               .         .       .      .              a         a       .    .        .       .     .

    response:list               .         @       @      @              .         .       .    .        .       .     .
    response:read               .         @       @      @              a         as!     a!s! .        .       .     .
    response:acknowledge        .         @       @      @              a         .       .    .        .       .     .
    response:act                .         @       @      @              a         .       .    .        .       .     .
    response:draft              .         @       @      @              .         .       .    .        .       .     .
    response:print              .         @       @      @              .         .       .    .        .       .     .
    response:report             .         @       @      @              a         .       .    .        .       .     .

    escalation:list             .         @       @      @              as        as      as   .        .       .     .
    escalation:read             .         @       @      @              as        as      as   .        .       .     .
    escalation:draft            .         .       .      .              as        as      .    .        .       .     .
    escalation:issue_e1         .         .       .      .              .         as      .    .        .       .     .
    escalation:issue_e2         .         .       .      .              .         as      .    .        .       .     .
    escalation:issue_e3         .         .       .      .              .         .       as   .        .       .     .
    escalation:issue_e4         .         .       .      .              .         .       as   .        .       .     .
    escalation:serve            .         .       .      .              as        as      as   .        .       .     .
    escalation:answer           .         @       @      @              .         .       .    .        .       .     .
    escalation:conclude         .         .       .      .              .         as      as   .        .       .     .
    escalation:propose          .         .       .      .              .         .       as   .        .       .     .
    escalation:read_treatment   .         .       .      .              .         .       x    .        x       .     .

    resolution:list             .         .       .      .              .         as      as   @        x       .     .
    resolution:read             .         .       .      .              .         as      as   @        x       .     .
    resolution:record           .         .       .      .              .         as      as   .        .       .     .
    resolution:declare_interest .         .       .      .              .         .       .    @        .       .     .
    resolution:vote             .         .       .      .              .         .       .    @        .       .     .

    certification:read          .         @       @      @              asx       asx     asx  x        x       .     .
    certification:apply         .         .       .      @              .         .       .    .        .       .     .
    certification:review        .         .       .      .              as        as      .    .        .       .     .
    certification:propose       .         .       .      .              .         .       as   .        .       .     .
    certification:effect        .         .       .      .              .         as      as   .        .       .     x
    certification:end           .         .       .      @              .         as      as   .        .       .     x

    control:read                .         .       .      .              x         x       x    .        .       .     .

    pledge:read                 .         @       @      @              asx       asx     asx  .        x       .     .
    survey:read                 .         .       .      .              x         x       x    .        x       .     .
    survey:keep                 .         .       .      .              .         asx     .    .        .       .     .
    pledge:confirm              .         .       .      @              .         .       .    .        .       .     .

    mailbox:read                o         .       .      .              .         .       .    .        .       .     .
    mailbox:write               o         .       .      .              .         .       .    .        .       .     .
    mailbox:consent             o         .       .      .              .         .       .    .        .       .     .
    mailbox:withdraw            o         .       .      .              .         .       .    .        .       .     .
    mailbox:close               o         .       .      .              .         .       .    .        .       .     .

    audit:read_own              o         x       x      x              x         x       x    x        x       x     .
    audit:read_team             .         .       .      .              .         x       .    .        .       .     .
    audit:read_decisions        .         .       .      .              .         .       .    x        .       .     .
    audit:read_technical        .         .       .      .              .         .       .    .        .       x     .
    audit:read_all              .         .       .      .              .         .       x    .        x       .     .
    audit:sample                .         .       .      .              .         .       .    .        x       .     .
    audit:read_sample           .         .       .      .              .         .       .    .        x       .     .
    audit:read_unusual          .         .       .      .              .         x       .    .        x       .     .
    audit:look_into             .         .       .      .              .         x       .    .        x       .     .

    people:read                 .         .       .      .              .         asx     asx  .        .       x     .
    people:manage               .         .       .      .              .         asx     asx  .        .       x     .
    people:grant                .         @       .      @              .         asx     asx  .        .       .     .

    seat:pass_on                .         .       .      .              x         x       x    x        .       .     .

    company:list                .         .       .      .              .         asx     asx  .        .       .     .
    company:read                .         @       @      @              asx       asx     asx  .        x       .     .
    company:manage              .         .       .      .              .         asx     asx  .        .       .     .
    succession:list             .         .       .      .              asx       asx     asx  x        x       .     .
    succession:read             .         .       .      .              asx       asx     asx  x        x       .     .
    succession:enter            .         .       .      .              .         asx     .    .        .       .     .
    succession:confirm          .         .       .      .              .         .       asx  .        .       .     .
    absence:read                .         @       @      @              as        as      as   .        .       .     .
    absence:plan                .         @       @      @              as        as      as   .        .       .     .

    outbox:read                 .         .       .      .              .         x       .    .        .       x     .
    keys:read                   .         .       .      .              .         .       x    .        x       x     .

    statistics:read             .         .       .      .              x         x       x    x        x       .     .
    statistics:report           .         .       .      .              .         x       x    .        .       .     .

    duty:read                   .         .       .      .              x         x       x    .        .       .     .
    duty:plan                   .         .       .      .              x         x       .    .        .       .     .

    rulebook:read               .         .       .      .              x         x       x    .        x       .     .
    rulebook:change             .         .       .      .              .         x       .    .        .       .     .
    letter:read_words           .         .       .      .              x         x       x    .        x       .     .
    letter:word                 .         .       .      .              .         .       x    .        .       .     .

    leak:list                   .         .       .      .              as        as      as   .        x       .     .
    leak:read                   .         .       .      .              as        as      as   .        .       .     .
    leak:begin                  .         .       .      .              asx       asx     asx  .        .       .     .
    leak:write                  .         .       .      .              as        as      as   .        .       .     .
    leak:judge                  .         .       .      .              .         as      as   .        .       .     .

    joint:list                  .         .       .      .              .         x       x    .        .       x     .
    recovery:read               .         .       .      .              .         x       x    .        x       x     .
    keys:first_share            .         .       .      .              .         x       .    .        .       .     .
    keys:second_share           .         .       .      .              .         .       x    .        .       .     .
    keys:read_witness_log       .         .       .      .              .         .       .    .        x       .     .
    keys:operate                .         .       .      .              .         .       .    .        .       x     .

    adviser:read_asked          .         .       .      .              a         as      as   .        .       .     .
    adviser:grant               .         .       .      .              .         as      as   .        .       .     .
    adviser:end                 .         .       .      .              a         as      as   .        .       .     .

    system:clock                .         .       .      .              .         .       .    .        .       .     x

    session:sign_out            ox        x       x      x              x         x       x    x        x       x     .
    session:read                .         x       x      x              x         x       x    x        x       x     .
    session:secure              .         x       x      x              x         x       x    x        x       x     .
"""

# Whoever is neither of the association nor of a company has a table of the own, so that it is seen how little it is.
_TABLE_OF_OUTSIDERS = """
                                adviser
    adviser:list                @
    adviser:read                @
    adviser:advise              @

    audit:read_own              x
    session:sign_out            x
    session:read                x
    session:secure              x
"""

_STANDINGS = {
    "o": Standing.OWN,
    "a": Standing.ASSIGNED,
    "s": Standing.SAME_OFFICE,
    "@": Standing.ADDRESSEE,
    "x": Standing.NONE,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One role in one standing."""

    role: Role
    standing: Standing


def _read_all(*tables: str) -> tuple[dict[Permission, frozenset[Cell]], frozenset[tuple[Permission, Cell]]]:
    """The cells of all tables together."""
    policy: dict[Permission, frozenset[Cell]] = {}
    with_reason: frozenset[tuple[Permission, Cell]] = frozenset()
    for table in tables:
        cells, reasons = _read(table)
        policy |= {permission: policy.get(permission, frozenset()) | found for permission, found in cells.items()}
        with_reason |= reasons
    return policy, with_reason


def _read(table: str) -> tuple[dict[Permission, frozenset[Cell]], frozenset[tuple[Permission, Cell]]]:
    """Turn the text into cells, and into those that ask for a reason; a slip of the pen raises at import."""
    header, *lines = [line.split() for line in table.strip().splitlines() if line.strip()]
    roles = [Role(code) for code in header]
    policy: dict[Permission, frozenset[Cell]] = {}
    with_reason: set[tuple[Permission, Cell]] = set()
    for code, *columns in lines:
        permission = Permission(code)
        if permission in policy:
            raise ValueError(f"{code} stands twice in the table")
        cells: set[Cell] = set()
        for role, letters in zip(roles, columns, strict=True):
            for position, letter in enumerate(letters):
                if letter in ".!":
                    continue
                cell = Cell(role, _STANDINGS[letter])
                cells.add(cell)
                if letters[position + 1 : position + 2] == "!":
                    with_reason.add((permission, cell))
        policy[permission] = frozenset(cells)
    return policy, frozenset(with_reason)


_policy, WITH_REASON = _read_all(_TABLE, _TABLE_OF_OUTSIDERS)

POLICY: Mapping[Permission, frozenset[Cell]] = MappingProxyType(_policy)

# Role and standing are not enough to open these: the person must hold the seat of the registered handlers as well.
HANDLERS_ONLY = frozenset({Permission.CASE_READ_IDENTITY, Permission.CASE_ISSUE_CODE})

# One act by two people: who began it cannot be the one who confirms it.
SECOND_PERSON: Mapping[Permission, Permission] = MappingProxyType(
    {
        Permission.CASE_CLOSE: Permission.CASE_SECOND_CLOSE,
        Permission.CASE_RECALL: Permission.CASE_SECOND_RECALL,
        Permission.CASE_EMERGENCY: Permission.CASE_SECOND_EMERGENCY,
        Permission.SUCCESSION_ENTER: Permission.SUCCESSION_CONFIRM,
        Permission.KEYS_FIRST_SHARE: Permission.KEYS_SECOND_SHARE,
    }
)


def decide(permission: Permission, *, role: Role, standing: Standing) -> Decision:
    """Whether somebody in this role, standing so towards the matter, may.

    A permission that concerns no matter is asked with ``Standing.NONE``.
    """
    if standing is Standing.EXCLUDED:
        return refused("excluded")
    if Cell(role, standing) in POLICY[permission]:
        return ALLOWED
    return refused("not_in_this_standing" if may_ever(permission, role) else "not_in_this_role")


def standings_allowing(permission: Permission, role: Role) -> frozenset[Standing]:
    """The standings in which this role may; a query builds its filter from them."""
    return frozenset(cell.standing for cell in POLICY[permission] if cell.role is role)


def may_ever(permission: Permission, role: Role) -> bool:
    """Whether there is any standing in which this role may: what a list or a menu asks before a matter is chosen."""
    return bool(standings_allowing(permission, role))


def needs_reason(permission: Permission, *, role: Role, standing: Standing) -> bool:
    """Whether a reason must be given and recorded first."""
    return (permission, Cell(role, standing)) in WITH_REASON
