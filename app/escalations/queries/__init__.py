"""What is asked of escalations: what a company owes, what the ladder counted, which files and letters there are."""

from app.escalations.queries.asking import WhatIsAsked, no_longer_owed, what_to_ask
from app.escalations.queries.duties import OwedDuty, companies_that_owe, has_ladder, invitations_that_bind, owed_by
from app.escalations.queries.files import (
    draft_of,
    file_numbered,
    file_of_company,
    latest_request,
    open_item_of,
    requests_of,
)
from app.escalations.queries.history import counter_sheet, ladder_history, moment_of, was_let_off
from app.escalations.queries.inherited import inherited_requests, last_request_followed
from app.escalations.queries.letters import (
    addressed_people,
    answers_of,
    letters_to,
    matters_of,
    visible_requests,
)
from app.escalations.queries.matters import survey_named
from app.escalations.queries.two_persons import may_be_proposed

__all__ = [
    "OwedDuty",
    "WhatIsAsked",
    "addressed_people",
    "answers_of",
    "companies_that_owe",
    "counter_sheet",
    "draft_of",
    "file_numbered",
    "file_of_company",
    "has_ladder",
    "inherited_requests",
    "invitations_that_bind",
    "ladder_history",
    "last_request_followed",
    "latest_request",
    "letters_to",
    "matters_of",
    "may_be_proposed",
    "moment_of",
    "no_longer_owed",
    "open_item_of",
    "owed_by",
    "requests_of",
    "survey_named",
    "visible_requests",
    "was_let_off",
    "what_to_ask",
]
