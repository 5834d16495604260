"""The blocks of an officer's report, in the order of the Guideline (domain 2.1), and which of them say nothing yet (7.22).

What follows when a report is returned a second time: ``escalation_ladder`` (returns_lead_to_request).
"""

import re
from collections.abc import Mapping
from typing import Any

from models.rules.labelled import Labelled


class ReportBlock(Labelled):
    """One part of the report; its code is the key under which it is kept."""

    # fmt: off
    FACT_CHECK        = "fact_check",           "事実の確認",                     "Fact check"
    CARE              = "care",                 "働く人への配慮",                 "Care for the worker"
    MEASURES_CUSTOMER = "measures_customer",    "行為者(お客様など)への対応",   "Measures toward the customer"
    PREVENTION        = "prevention",           "再発の防止",                     "Prevention"
    PRIVACY           = "privacy_no_retaliation", "プライバシーの保護と不利益取扱いの禁止の周知", "Privacy and the no-retaliation notice"
    RULE_APPLIED      = "rule_applied",         "よりどころにした社内ルール",     "Which rule applied"
    COOPERATION       = "cooperation",          "ほかの事業主との協力(委託元・派遣元など)", "Cooperation with other employers (client, agency)"
    # fmt: on


# Asked of every company, and answered only where another employer is concerned.
WHERE_IT_APPLIES = frozenset({ReportBlock.COOPERATION})


class Element(Labelled):
    """What the law's definition of customer harassment consists of; all three are needed (domain 2.1)."""

    # fmt: off
    CONDUCT     = "conduct",     "お客様・取引先・施設の利用者など、事業に関わる人の言動だった",             "Conduct of customers, business partners, users or others related to the business"
    BEYOND      = "beyond",      "仕事の性質や経緯に照らして、社会通念上許される範囲を超えていた", "Beyond what is socially acceptable, given the nature of the work"
    ENVIRONMENT = "environment", "働く人の就業環境が害された",                                     "It harmed the working environment"
    # fmt: on


class Judgement(Labelled):
    """What the company thinks of one element. Without all three it stays a consultation, and care is owed all the same."""

    # fmt: off
    YES     = "yes",     "当てはまる",       "Yes"
    NO      = "no",      "当てはまらない",   "No"
    UNCLEAR = "unclear", "まだ分からない",   "Unclear"
    # fmt: on


class RuleUsable(Labelled):
    """Whether the rule could be used at that hour: rules on paper alone protect nobody (domain 2.1)."""

    # fmt: off
    YES     = "yes",     "使えた",                         "Yes"
    PARTLY  = "partly",  "一部しか使えなかった",           "Only in part"
    NO      = "no",      "その時間帯・その場では使えなかった", "Not at that hour or place"
    NO_RULE = "no_rule", "当てはまるルールがなかった",     "There was no such rule"
    # fmt: on


SAYS_SOMETHING_FROM = 20
_STOCK_PHRASE = re.compile(r"(?:適切|適正|適宜|しかるべく|問題なく|特に(?:問題)?(?:なし|ありません)|対応(?:済|しました)|以上)")


def thin_blocks(blocks: Mapping[str, Any]) -> tuple[ReportBlock, ...]:
    """The blocks that are empty, very short, or a stock phrase and little else; a hint for the reviewer, no verdict."""
    written = {block: str(blocks.get(block.value, "")) for block in ReportBlock}
    return tuple(
        block for block, text in written.items() if _is_thin(text) and (text.strip() or block not in WHERE_IT_APPLIES)
    )


def _is_thin(text: str) -> bool:
    return len(_STOCK_PHRASE.sub("", text).strip(" 。、.\n")) < SAYS_SOMETHING_FROM
