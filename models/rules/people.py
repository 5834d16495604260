"""Who there is: roles, standings towards a matter, seats that hold keys, and the compartments they may open.

Sources: domain, 1.1 and 6.7 (roles), 2.3 (registered handlers), 6.1 (hand-over); architecture, 2 (standing) and 4
(compartments, seats).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.rules.labelled import Labelled


class Role(Labelled):
    """What a person is here for. A person who is two things signs in as one of them at a time."""

    # fmt: off
    CONSULTER      = "consulter",      "相談者",           "Consulter"
    OFFICER        = "officer",        "責任者",           "Responsible officer"
    DEPUTY         = "deputy",         "副責任者",         "Deputy officer"
    REPRESENTATIVE = "representative", "会社代表者",       "Company representative"
    COUNSELOR      = "counselor",      "相談員",           "Counselor"
    MANAGER        = "manager",        "管理者(事務局)",   "Secretariat manager"
    HEAD           = "head",           "事務局長",         "Secretariat head"
    DIRECTOR       = "director",       "理事",             "Director"
    AUDITOR        = "auditor",        "監事",             "Auditor"
    ADMIN          = "admin",          "システム管理者",   "System administrator"
    ADVISER        = "adviser",        "外部助言者",       "External adviser"
    SYSTEM         = "system",         "自動処理",         "Automatic"
    # fmt: on


# Who works where; a role is in at most one of these houses.
SECRETARIAT = frozenset({Role.COUNSELOR, Role.MANAGER, Role.HEAD})
COMPANY = frozenset({Role.OFFICER, Role.DEPUTY, Role.REPRESENTATIVE})
WITHOUT_ACCOUNT = frozenset({Role.CONSULTER, Role.SYSTEM})
# Who oversees the desk: of these somebody always sees a case, whatever conflicts are named in it.
OVERSEERS = frozenset({Role.MANAGER, Role.HEAD})
# Who may be kept from a case. The others see none, and what they see of its record oversees those who do.
MAY_BE_KEPT_AWAY = SECRETARIAT | COMPANY | {Role.ADVISER}


class Standing(Labelled):
    """How a person stands towards one matter: a case, an exchange, a company file or a board item."""

    # fmt: off
    OWN         = "own",         "本人",             "The consulter's own"
    ASSIGNED    = "assigned",    "担当",             "Assigned"
    SAME_OFFICE = "same_office", "同じ窓口・部署",   "Same office"
    ADDRESSEE   = "addressee",   "宛先",             "Addressee"
    EXCLUDED    = "excluded",    "除外",             "Excluded"
    NONE        = "none",        "関係なし",         "None"
    # fmt: on


def standing_towards(
    role: Role,
    *,
    is_excluded: bool = False,
    is_own: bool = False,
    is_assigned: bool = False,
    has_assignee: bool = False,
    is_addressed: bool = False,
    office_is_addressed: bool = False,
    is_handed_over: bool = False,
) -> Standing:
    """How somebody in this role stands towards a matter, from the facts that the database knows.

    - Exclusion (a declared conflict, a recusal) comes before everything else.
    - A case that nobody has taken is everybody's: every counselor of the desk stands ASSIGNED until somebody takes it.
      The manager and the head stand in the SAME_OFFICE towards every matter of the desk.
    - The officer of the addressed office is its ADDRESSEE by holding the post, so that a successor takes over with the
      post. The deputy is of the SAME_OFFICE until addressed or handed over to (domain, 4.1 and 6.7: "from handover").
      The company representative is the ADDRESSEE of what is addressed to the representative by name, and nothing else.
    - A director is the ADDRESSEE of an item that was put before the board in that director's term.
    - An external adviser is the ADDRESSEE of one part of one case, while the access to it runs; towards the case itself
      and every other part of it there is no standing at all.
    """
    if is_excluded:
        return Standing.EXCLUDED
    if role is Role.CONSULTER:
        return Standing.OWN if is_own else Standing.NONE
    if role in SECRETARIAT:
        untaken = role is Role.COUNSELOR and not has_assignee
        return Standing.ASSIGNED if is_assigned or untaken else Standing.SAME_OFFICE
    if is_addressed and (role in COMPANY or role in {Role.DIRECTOR, Role.ADVISER}):
        return Standing.ADDRESSEE
    if office_is_addressed and role in {Role.OFFICER, Role.DEPUTY}:
        acts_for_the_office = role is Role.OFFICER or is_handed_over
        return Standing.ADDRESSEE if acts_for_the_office else Standing.SAME_OFFICE
    return Standing.NONE


class SeatKind(Labelled):
    """A post that holds keys, whoever sits on it."""

    # fmt: off
    HANDLERS               = "handlers",               "従事者",         "Registered handlers"
    DESK                   = "desk",                   "相談窓口",       "The desk"
    COMPANY_OFFICE         = "company_office",         "会社の対策部署", "The company's responsible office"
    COMPANY_REPRESENTATIVE = "company_representative", "会社代表者",     "The company representative"
    BOARD                  = "board",                  "理事会",         "The board"
    # fmt: on


# Who may be given a holding of which seat. Handlers are named people with a written duty; the role alone is not enough.
MAY_HOLD: Mapping[SeatKind, frozenset[Role]] = MappingProxyType(
    {
        SeatKind.HANDLERS: frozenset({Role.COUNSELOR, Role.MANAGER}),
        SeatKind.DESK: frozenset({Role.COUNSELOR, Role.MANAGER, Role.HEAD}),
        SeatKind.COMPANY_OFFICE: frozenset({Role.OFFICER, Role.DEPUTY}),
        SeatKind.COMPANY_REPRESENTATIVE: frozenset({Role.REPRESENTATIVE}),
        SeatKind.BOARD: frozenset({Role.DIRECTOR, Role.HEAD}),
    }
)


class CompartmentKind(Labelled):
    """A part of a case or of a company's file with a key of its own."""

    # fmt: off
    IDENTITY     = "identity",     "氏名・連絡先",       "Identity"
    NARRATIVE    = "narrative",    "相談の内容",         "Narrative"
    HEALTH       = "health",       "健康に関する記載",   "Health"
    DESK_NOTES   = "desk_notes",   "窓口のメモ",         "Desk notes"
    FORWARDED    = "forwarded",    "転送版と会社の返信", "Forwarded copy and replies"
    REPORT       = "report",       "対応記録と報告",     "Action log and report"
    DRAFTS       = "drafts",       "会社の書きかけ",     "The company's drafts"
    COMPANY_FILE = "company_file", "会社別の記録",       "Company file"
    BOARD_PACKET = "board_packet", "理事会資料",         "Board packet"
    ADVICE       = "advice",       "企業相談",           "Company advice"
    LEAK         = "leak",         "漏えいの記録",       "Leak worksheet"
    PLEDGES      = "pledges",      "認定の申請",         "Application for certification"
    # fmt: on


@dataclass(frozen=True, slots=True)
class Readers:
    """Who is granted a compartment's key: seats from its creation, one more when routed, and the receipt or not."""

    seats: frozenset[SeatKind]
    receipt: bool
    when_routed: frozenset[SeatKind] = frozenset()


_HANDLERS = SeatKind.HANDLERS
_DESK = SeatKind.DESK
_OFFICE = SeatKind.COMPANY_OFFICE
_REPRESENTATIVE = SeatKind.COMPANY_REPRESENTATIVE
_BOARD = SeatKind.BOARD
_TO = frozenset({_OFFICE, _REPRESENTATIVE})

# A name that is told at CN-3 is written into the forwarded copy; the identity compartment itself never goes to a
# company. Replies to the worker lie with the forwarded copy, so the receipt opens them; the report is between the
# company and the desk, and the worker is told its result in a message. The board sees its packet and no case; the
# company inspects its own file, from which the packet is made. What a company has begun to write is nobody's but its
# own: its representative holds the key too, so that it is not lost between one officer and the next.
# fmt: off
READERS: Mapping[CompartmentKind, Readers] = MappingProxyType({
    #                                     seats from creation                          receipt        when routed
    CompartmentKind.IDENTITY:     Readers(frozenset({_HANDLERS}),                       receipt=True),
    CompartmentKind.NARRATIVE:    Readers(frozenset({_DESK}),                           receipt=True),
    CompartmentKind.HEALTH:       Readers(frozenset({_DESK}),                           receipt=True),
    CompartmentKind.DESK_NOTES:   Readers(frozenset({_DESK}),                           receipt=False),
    CompartmentKind.FORWARDED:    Readers(frozenset({_DESK}),                           receipt=True,  when_routed=_TO),
    CompartmentKind.REPORT:       Readers(frozenset({_DESK}),                           receipt=False, when_routed=_TO),
    CompartmentKind.DRAFTS:       Readers(_TO,                                          receipt=False,  when_routed=_TO),
    CompartmentKind.COMPANY_FILE: Readers(frozenset({_DESK, _OFFICE, _REPRESENTATIVE}), receipt=False),
    CompartmentKind.BOARD_PACKET: Readers(frozenset({_DESK, _BOARD}),                   receipt=False),
    CompartmentKind.ADVICE:       Readers(frozenset({_DESK, _OFFICE, _REPRESENTATIVE}), receipt=False),
    CompartmentKind.LEAK:         Readers(frozenset({_DESK}),                           receipt=False),
    CompartmentKind.PLEDGES:      Readers(frozenset({_DESK, _OFFICE, _REPRESENTATIVE}), receipt=False),
})
# fmt: on


def opened_at_routing(addressed: SeatKind) -> tuple[CompartmentKind, ...]:
    """The compartments whose keys a company's seat is granted when a matter is forwarded to it."""
    return tuple(kind for kind, readers in READERS.items() if addressed in readers.when_routed)


def kinds_routed_to(seat: SeatKind) -> frozenset[CompartmentKind]:
    """The parts of a case that a seat is granted when the matter goes to it; never any other part of it."""
    return frozenset(kind for kind, readers in READERS.items() if seat in readers.when_routed)
