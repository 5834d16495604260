"""How it hurts (IM-).

Source: domain, 3.6.
"""

from models.rules.labelled import Labelled


class Impact(Labelled):
    """An effect on the worker, in the worker's own judgement."""

    # fmt: off
    NONE              = "IM-NON", "影響なし",         "None"
    STRESS            = "IM-STR", "強いストレス",     "Strong stress"
    FEAR              = "IM-FEA", "電話・出勤が怖い", "Fear of calls or work"
    SLEEP             = "IM-SLP", "眠れない",         "Sleep trouble"
    PHYSICAL          = "IM-PHY", "体の不調",         "Physical symptoms"
    ABSENCE           = "IM-ABS", "欠勤・休職",       "Absence, leave"
    TREATMENT         = "IM-MED", "受診・服薬",       "Medical treatment"
    QUITTING          = "IM-QIT", "退職(検討)",       "Quit or considering"
    SUICIDAL_THOUGHTS = "IM-SUI", "消えたい気持ち",   "Suicidal thoughts"
    FAMILY            = "IM-FAM", "家族への影響",     "Effect on family"
    # fmt: on


# "No effect" contradicts every effect.
STANDS_ALONE = frozenset({Impact.NONE})

# These are about health: they lie in the health compartment and need its own line of consent (domain, 2.4).
ABOUT_HEALTH = frozenset({Impact.SLEEP, Impact.PHYSICAL, Impact.ABSENCE, Impact.TREATMENT, Impact.SUICIDAL_THOUGHTS})

# These put the safety page first and the case at the top of the board, at any hour (domain, finding 15 and 7.35).
SHOWS_CRISIS_LINES = frozenset({Impact.SUICIDAL_THOUGHTS})
