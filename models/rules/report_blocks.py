"""The blocks of an officer's report, in the order of the Guideline (domain 2.1), and which of them say nothing yet (7.22)."""

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
    return tuple(block for block in ReportBlock if _is_thin(str(blocks.get(block.value, ""))))


def _is_thin(text: str) -> bool:
    return len(_STOCK_PHRASE.sub("", text).strip(" 。、.\n")) < SAYS_SOMETHING_FROM
