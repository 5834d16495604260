"""What is done with companies: they are registered, renamed, join, change their type, leave and come back."""

from app.companies.actions.entries import (
    add_site,
    change_entry,
    end_relation,
    give_code,
    register_company,
    relate_companies,
    rename_company,
    set_corporate_number,
    take_over_site,
)
from app.companies.actions.memberships import (
    MembershipRefused,
    change_member_type,
    close_membership,
    end_membership,
    ended_memberships,
    follow_ended_memberships,
    join_again,
)

__all__ = [
    "MembershipRefused",
    "add_site",
    "change_entry",
    "change_member_type",
    "close_membership",
    "end_membership",
    "end_relation",
    "ended_memberships",
    "follow_ended_memberships",
    "give_code",
    "join_again",
    "register_company",
    "relate_companies",
    "rename_company",
    "set_corporate_number",
    "take_over_site",
]
