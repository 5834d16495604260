"""How a consultation reached the association (IC-).

Source: domain, 3.2.
"""

from models.rules.labelled import Labelled


class IntakeRoute(Labelled):
    """A way in; a route other than the web form means that somebody at the desk keyed the words."""

    # fmt: off
    WEB         = "IC-WEB", "ウェブ",         "Web form"
    PHONE_DESK  = "IC-TEL", "電話相談室",     "Phone desk"
    LETTER      = "IC-LET", "手紙・FAX",      "Letter, fax"
    VISIT       = "IC-VIS", "来訪",           "Visit"
    KEYED       = "IC-PRX", "代理入力",       "Keyed by counselor"
    VIA_OFFICER = "IC-OFF", "責任者経由",     "Via the officer"
    EMAIL       = "IC-EML", "メール(非推奨)", "E-mail (discouraged)"
    THIRD_PARTY = "IC-UNI", "労組等の第三者", "Union or other third party"
    # fmt: on


# The consulter typed these words; on every other route the desk keyed them and reads them back.
TYPED_BY_THE_CONSULTER = frozenset({IntakeRoute.WEB})
