"""What a company of the test says of its nine pledges, as a form takes it."""

from models.rules.pledges import Pledge

ANSWERS: dict[Pledge, dict[str, str]] = {
    Pledge.GUIDELINE: {
        "guideline_version": "2025年2月21日の版",
        "checked_on": "2026-10-01",
        "chapter_2": "in_place",
        "chapter_3": "in_place",
        "chapter_4": "partly",
        "chapter_5": "not_yet",
        "improvement": "通話を終える基準を、来年の春までにすべての拠点で同じにします。",
    },
    Pledge.OFFICER: {
        "officer_name": "白樺 みどり",
        "officer_post": "品質管理部長",
        "officer_mail": "quality@delta.example",
        "appointed_on": "2026-04-01",
        "conflicts": "第二営業部のことは、副責任者が扱います。",
    },
    Pledge.POLICY: {
        "policy_title": "お客様対応の基本方針",
        "policy_link": "https://delta.example/policy",
        "published_on": "2026-06-01",
    },
    Pledge.DESK: {
        "desk_name": "はたらく人の相談室",
        "desk_hours": "平日10時から18時",
        "desk_contact": "社内の電話 内線 1234",
        "desk_covers": "everybody",
        "desk_notice": "休憩室の掲示と、給与明細への同封で知らせています。",
    },
    Pledge.RESPONSE: {
        "procedure": "応対の手引き 第4版",
        "call_ending": "in_place",
        "call_ending_words": "同じ要求が三度続いたら、一度お伝えして終話できます。",
        "trained_on": "2026-09-10",
    },
    Pledge.REPORT: {
        "inner_road": "届いた日に責任者が読み、翌日までに関係する管理者と話し合います。",
        "no_search": "勤務表との照らし合わせを禁じ、評価の会議に持ち込みません。",
    },
    Pledge.SURVEY: {"survey_contact": "総務部 調査係"},
    Pledge.OUTSOURCING: {
        "side": "agency",
        "joint_rules": "通話を終えてよい条件を、委託元との覚書に書いています。",
    },
    Pledge.REVOCATION: {"signatory": "白樺 太郎", "signatory_post": "代表取締役", "signed_on": "2026-11-20"},
}
