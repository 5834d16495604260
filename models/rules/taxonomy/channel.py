"""Where it happened (HC-): the channel on which the customer and the worker met.

Source: domain, 3.2.
"""

from models.rules.labelled import Labelled


class Channel(Labelled):
    """A channel of contact with the customer."""

    # fmt: off
    INBOUND_CALL   = "HC-TELIN",  "電話(着信)",           "Inbound call"
    OUTBOUND_CALL  = "HC-TELOUT", "電話(発信)",           "Outbound call"
    EMAIL          = "HC-MAIL",   "メール",               "E-mail"
    LIVE_CHAT      = "HC-CHAT",   "有人チャット",         "Live chat"
    BOT_HANDOVER   = "HC-BOT",    "ボット引継ぎ",         "Hand-over from bot"
    SOCIAL_MEDIA   = "HC-SNS",    "SNS",                  "Social media"
    REVIEW         = "HC-REV",    "口コミ・レビュー",     "Reviews"
    VIDEO_CALL     = "HC-VID",    "ビデオ通話",           "Video call"
    LETTER         = "HC-LETTER", "手紙・FAX",            "Letter, fax"
    IN_PERSON      = "HC-F2F",    "対面・来訪",           "In person"
    CLIENT_MEETING = "HC-MTG",    "会議・打合せ(取引先)", "Meeting with client"
    OTHER          = "HC-OTHER",  "その他",               "Other"
    # fmt: on
