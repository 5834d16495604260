"""What the second person may say when somebody is to be told because life or body is at risk (domain, 2.4 and 3.8)."""

from models.rules.labelled import Labelled


class EmergencyAnswer(Labelled):
    """The second person's decision; only the first of the two lets anything be told."""

    # fmt: off
    AGREED  = "agreed",  "二人で確かめ、最小限を伝えることにした", "Two people decided to tell the minimum"
    REFUSED = "refused", "伝えないことにした",           "Decided not to tell"
    # fmt: on
