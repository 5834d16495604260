"""How grave a matter is (S1 to S4), as the counselor sets it; the worker's own feeling is kept apart.

Source: domain, 3.3, with the floors of 3.1 and 4.2. How soon each is looked at is a deadline: see deadlines.py.
"""

from collections.abc import Iterable

from models.rules.labelled import Labelled
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.organisational_issue import OrganisationalIssue


class Severity(Labelled):
    """A grade that decides how soon the desk looks and how many people close."""

    # fmt: off
    LOW      = "S1", "軽微・質問", "Low / question"
    MODERATE = "S2", "中",         "Moderate"
    HIGH     = "S3", "重大",       "High"
    CRITICAL = "S4", "緊急",       "Critical"
    # fmt: on

    @property
    def rank(self) -> int:
        """The place in the order, 1 for the lightest."""
        return _ORDER.index(self) + 1

    @property
    def criteria(self) -> tuple[str, str]:
        """What any one of which makes the grade: (Japanese, English)."""
        return _CRITERIA[self]


_ORDER = tuple(Severity)

# fmt: off
_CRITERIA: dict[Severity, tuple[str, str]] = {
    Severity.LOW:      ("一度きりで短く、後に残らないもの。規程についての質問",
                        "Single, brief, no after-effect; a question about a rule"),
    Severity.MODERATE: ("明らかな暴言や繰り返し。一時的なつらさ",
                        "Clear abuse or repetition; passing distress"),
    Severity.HIGH:     ("脅迫、性的な言動、つきまとい、晒し、続く症状、休職、不利益取扱い、組織的な放置",
                        "Threat, sexual conduct, stalking, exposure, lasting symptoms, leave, retaliation, neglect"),
    Severity.CRITICAL: ("命や体の危険、進行中の犯罪、消えたいという気持ち",
                        "Danger to life or body, a crime in progress, suicidal thoughts"),
}

# A code that is present lifts the grade to at least this, whatever else is chosen; a counselor may always go higher.
FLOORS: dict[HarassmentType | Impact | OrganisationalIssue, Severity] = {
    HarassmentType.INTIMIDATION:     Severity.HIGH,
    HarassmentType.SEXUAL:           Severity.HIGH,
    HarassmentType.STALKING:         Severity.HIGH,
    HarassmentType.ONLINE_EXPOSURE:  Severity.HIGH,
    Impact.ABSENCE:                  Severity.HIGH,
    OrganisationalIssue.RETALIATION: Severity.HIGH,
    Impact.SUICIDAL_THOUGHTS:        Severity.CRITICAL,
}
# fmt: on


def floor_of(codes: Iterable[HarassmentType | Impact | OrganisationalIssue]) -> Severity:
    """The lightest grade that these codes allow."""
    return max((FLOORS.get(code, Severity.LOW) for code in codes), key=lambda grade: grade.rank, default=Severity.LOW)
