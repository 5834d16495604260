"""How the worker is engaged (EM-).

Source: domain, 3.4.
"""

from models.rules.labelled import Labelled


class Employment(Labelled):
    """A form of engagement; every one of them is welcome at the desk."""

    # fmt: off
    REGULAR       = "EM-REG", "正社員",                     "Regular"
    FIXED_TERM    = "EM-FIX", "契約社員",                   "Fixed-term"
    PART_TIME     = "EM-PRT", "パート・アルバイト",         "Part-time"
    DISPATCHED    = "EM-DSP", "派遣",                       "Dispatched"
    SUBCONTRACTED = "EM-OUT", "請負・再委託先",             "Subcontractor's staff"
    FREELANCE     = "EM-FRE", "フリーランス(在宅等)",       "Freelance"
    FORMER        = "EM-EX",  "退職者",                     "Former worker"
    THIRD_PARTY   = "EM-THR", "本人以外(上司・同僚・家族)", "Third-party reporter"
    # fmt: on


# Employer and workplace differ for these, and consent is asked for each company by itself (domain, 2.1 and 7.12).
EMPLOYER_IS_NOT_WORKPLACE = frozenset({Employment.DISPATCHED, Employment.SUBCONTRACTED})
