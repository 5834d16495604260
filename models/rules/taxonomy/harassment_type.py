"""What the customer did (カスハラ類型, HT-): the guideline's kinds, at most five of them for one case.

Source: the association's guideline and survey, and the ministry's manual (domain, 3.1).
"""

from models.rules.labelled import Labelled


class HarassmentType(Labelled):
    """A kind of conduct; it says what was told, never that harassment has been found."""

    # fmt: off
    ABUSE            = "HT-ABU", "暴言・怒声",                    "Verbal abuse, shouting"
    LONG_RESTRAINT   = "HT-LNG", "長時間拘束",                    "Prolonged restraint"
    REPETITION       = "HT-REP", "執拗な繰り返し(リピート)",      "Excessive repetition"
    EXCESSIVE_DEMAND = "HT-EXC", "過剰・不当な要求",              "Excessive or unjust demand"
    INTIMIDATION     = "HT-INT", "威嚇・脅迫",                    "Intimidation, threat"
    AUTHORITY        = "HT-AUT", "権威・説教",                    "Authority, lecturing"
    SEXUAL           = "HT-SEX", "性的な言動",                    "Sexual harassment"
    DISCRIMINATION   = "HT-DIS", "差別的な言動",                  "Discriminatory conduct"
    PERSONAL_ATTACK  = "HT-PRS", "個人攻撃・個人情報の要求",      "Attack on the person, demand for private data"
    STALKING         = "HT-STK", "つきまとい・待ち伏せ",          "Stalking, ambush"
    ONLINE_EXPOSURE  = "HT-SNS", "SNS・ネットでの中傷/晒し",      "Online defamation, exposure"
    RECORDING        = "HT-REC", "無断録音・撮影・配信",          "Unauthorised recording or streaming"
    OBSTRUCTION      = "HT-OBS", "業務妨害(無言・大量架電/送信)", "Obstruction: silent or mass contacts"
    FRAUD            = "HT-FRD", "詐欺的・虚偽の申告",            "Fraudulent claim"
    PHYSICAL         = "HT-PHY", "身体的な攻撃・器物損壊",        "Physical attack, damage"
    OTHER            = "HT-OTH", "その他",                        "Other"
    NO_CUSTOMER_ACT  = "HT-NA",  "顧客の行為の記載なし/該当なし", "No customer act stated or none found"
    # fmt: on


# Five are enough to describe one matter; more would say nothing in the statistics.
MAX_CHOSEN = 5

# "No customer act" contradicts every other kind, and so it is chosen alone or not at all.
STANDS_ALONE = frozenset({HarassmentType.NO_CUSTOMER_ACT})

# What the desk is reminded of when a kind is chosen: (Japanese, English). A yardstick of practice, not a line of law.
# fmt: off
HINTS: dict[HarassmentType, tuple[str, str]] = {
    HarassmentType.LONG_RESTRAINT:   ("60分以上が目安です。行為が重大なときは時間を待つ必要はありません。",
                                      "60 minutes is a yardstick; grave conduct need not wait for it."),
    HarassmentType.REPETITION:       ("同じ用件で3回以上が目安です。",
                                      "Three contacts or more on the same matter is a yardstick."),
    HarassmentType.EXCESSIVE_DEMAND: ("返金・賠償・土下座・訪問・特別扱いの要求を含みます。",
                                      "Demands for refunds, compensation, kneeling, visits or special treatment."),
    HarassmentType.INTIMIDATION:     ("警察への相談先を案内してください。",
                                      "Tell the person how to reach the police."),
    HarassmentType.SEXUAL:           ("心身のケアの案内をしてください。",
                                      "Tell the person where care can be found."),
    HarassmentType.DISCRIMINATION:   ("国籍・年齢・性別・障害・方言などに関する言動です。",
                                      "Conduct about nationality, age, sex, disability, dialect and the like."),
    HarassmentType.PERSONAL_ATTACK:  ("本名・住所の要求や、解雇の要求を含みます。",
                                      "Includes demands for a real name or address, or for dismissal."),
    HarassmentType.ONLINE_EXPOSURE:  ("画面の保存など、証拠の残し方を案内してください。",
                                      "Tell the person how to keep evidence, such as saved screens."),
}
# fmt: on
