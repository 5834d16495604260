"""What the desk may key in a company's stead (domain 6.7): what its officer said by telephone, by letter or in person."""

from models.rules.case_lifecycle import CaseAct
from models.rules.exchange_stage import WITH_THE_OFFICER, ExchangeStage, officers_acts
from models.rules.labelled import Labelled


class ProxyAct(Labelled):
    """What the officer said."""

    # fmt: off
    ACKNOWLEDGE = "acknowledge", "受領の確認",     "Acknowledgement"
    EXTENSION   = "extension",   "報告期限の延長", "Longer time for the report"
    REPORT      = "report",      "報告書",         "Report"
    # fmt: on


class ProxyWay(Labelled):
    """How it reached the desk."""

    # fmt: off
    PHONE  = "phone",  "電話",         "By telephone"
    LETTER = "letter", "手紙・FAX",    "By letter or fax"
    VISIT  = "visit",  "対面",         "In person"
    # fmt: on


def proxy_acts(stage: ExchangeStage) -> tuple[ProxyAct, ...]:
    """What may be keyed at a stage: what the officer herself could do then, and nothing else."""
    acts = officers_acts(stage)
    found = {
        ProxyAct.ACKNOWLEDGE: CaseAct.ACKNOWLEDGE in acts,
        ProxyAct.EXTENSION: stage in WITH_THE_OFFICER,
        ProxyAct.REPORT: CaseAct.SUBMIT_REPORT in acts,
    }
    return tuple(act for act, may in found.items() if may)
