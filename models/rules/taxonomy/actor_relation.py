"""Who the other person was to the worker (AR-).

Source: domain, 3.4.
"""

from models.rules.labelled import Labelled


class ActorRelation(Labelled):
    """The relation of the person who acted to the worker's business."""

    # fmt: off
    CUSTOMER           = "AR-CUS", "顧客・利用者",       "Customer, user"
    POTENTIAL_CUSTOMER = "AR-POT", "潜在的な顧客",       "Potential customer"
    CLIENT_STAFF       = "AR-CLI", "委託元担当者",       "Client's staff"
    PARTNER            = "AR-PAR", "その他取引先",       "Other partner"
    CUSTOMERS_FAMILY   = "AR-FAM", "顧客の家族・関係者", "Customer's family"
    PUBLIC             = "AR-PUB", "一般・不特定",       "Public, unknown crowd"
    INTERNAL           = "AR-INT", "社内(対象外→案内)", "Internal (out of scope)"
    UNKNOWN            = "AR-UNK", "不明",               "Unknown"
    # fmt: on


# Conduct inside the company is another matter: the desk advises and names the right desk (domain, 3.4).
OUT_OF_SCOPE = frozenset({ActorRelation.INTERNAL})
