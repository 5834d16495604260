"""How many people work on the same shift: in a small group a detail points to one person.

Source: domain, 4.2.
"""

from models.rules.labelled import Labelled


class GroupSize(Labelled):
    """A size as the consulter estimates it; it is asked so that a copy can be blurred enough. How many at the fewest."""

    fewest: int

    # fmt: off
    UNDER_5 = "under_5", "5人より少ない",    "Fewer than 5",  1
    TO_20   = "5_to_20", "5人から20人くらい", "About 5 to 20", 5
    OVER_20 = "over_20", "20人より多い",     "More than 20",  21
    # fmt: on

    def __init__(self, _code: str, _ja: str = "", _en: str = "", fewest: int = 1) -> None:
        self.fewest = fewest
