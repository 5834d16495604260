"""A small association for tests: its people are named for their roles, and so are its companies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.certifications.actions import enter_pre_certified
from app.companies.actions import add_site, register_company, rename_company
from app.people.actions import register_person, sign_up, verify_address
from app.pipeline.identity import THE_CLOCK
from models.company import Company
from models.rules.membership import MemberType, OperatorType
from models.rules.people import COMPANY, Role

PASSWORD = "a long password for tests"


@dataclass(frozen=True)
class Member:
    """Somebody of the test's association."""

    key: str
    role: Role
    company: str | None = None
    is_handler: bool = False
    is_chair: bool = False

    @property
    def mail(self) -> str:
        return f"{self.key}@kikite.example"


# The company's name is the key; alpha is certified and complete, beta has a deputy alone, gamma nobody but its
# representative, delta is a member without certification, and epsilon is alpha's client.
PEOPLE = (
    Member("counselor", Role.COUNSELOR, is_handler=True),
    Member("second_counselor", Role.COUNSELOR, is_handler=True),
    Member("third_counselor", Role.COUNSELOR),
    Member("manager", Role.MANAGER, is_handler=True),
    Member("head", Role.HEAD),
    Member("auditor", Role.AUDITOR),
    Member("admin", Role.ADMIN),
    Member("adviser", Role.ADVISER),
    Member("second_adviser", Role.ADVISER),
    Member("chair", Role.DIRECTOR, is_chair=True),
    Member("director_two", Role.DIRECTOR),
    Member("director_three", Role.DIRECTOR),
    Member("director_four", Role.DIRECTOR),
    Member("director_of_alpha", Role.DIRECTOR, company="alpha"),
    Member("alpha_officer", Role.OFFICER, company="alpha"),
    Member("alpha_deputy", Role.DEPUTY, company="alpha"),
    Member("alpha_representative", Role.REPRESENTATIVE, company="alpha"),
    Member("beta_deputy", Role.DEPUTY, company="beta"),
    Member("beta_representative", Role.REPRESENTATIVE, company="beta"),
    Member("gamma_representative", Role.REPRESENTATIVE, company="gamma"),
    Member("delta_officer", Role.OFFICER, company="delta"),
    Member("delta_representative", Role.REPRESENTATIVE, company="delta"),
    Member("epsilon_officer", Role.OFFICER, company="epsilon"),
    Member("epsilon_representative", Role.REPRESENTATIVE, company="epsilon"),
)
MEMBERS = {member.key: member for member in PEOPLE}

COMPANIES = {
    "alpha": ("青葉台コンタクト株式会社", "アオバダイコンタクト", "Aobadai Contact", "KC-2025-0001"),
    "beta": ("みなも応対サービス株式会社", "ミナモオウタイサービス", "Minamo Outai Service", "KC-2025-0002"),
    "gamma": ("こだま通信窓口株式会社", "コダマツウシンマドグチ", "Kodama Desk", "KC-2025-0003"),
    "delta": ("白樺テレサポート株式会社", "シラカバテレサポート", "Shirakaba Telesupport", None),
    "epsilon": ("月見坂商会株式会社", "ツキミザカショウカイ", "Tsukimizaka Shokai", "KC-2025-0005"),
}


def build_world() -> None:
    """Enter the whole association; called once for each test run, inside a transaction."""
    companies = {key: _company(key) for key in COMPANIES}
    for member in PEOPLE:
        company = companies[member.company] if member.company else None
        person = register_person(
            member.role,
            name=f"名前・{member.key}",
            mail=member.mail,
            actor=THE_CLOCK,
            company=company,
            is_handler=member.is_handler,
            is_chair=member.is_chair,
        )
        sign_up(person, PASSWORD, actor=THE_CLOCK)
        if member.role in COMPANY:
            verify_address(person, actor=THE_CLOCK)


def _company(key: str) -> Company:
    name, kana, english, number = COMPANIES[key]
    company = register_company(
        name="旧" + name if key == "alpha" else name,
        kana="キュウ" + kana if key == "alpha" else kana,
        english=english,
        actor=THE_CLOCK,
        member_type=MemberType.REGULAR,
        operator_type=OperatorType.AGENCY,
        prefecture="東京都",
        address="東京都架空区一丁目",
        joined_on=date(2020, 4, 1),
    )
    if key == "alpha":
        rename_company(company, name=name, kana=kana, english=english, from_=date(2024, 10, 1), actor=THE_CLOCK)
    add_site(company, name="第一センター", prefecture="東京都", address="東京都架空区二丁目", actor=THE_CLOCK)
    if number:
        enter_pre_certified(
            company, number=number, valid_from=date(2025, 10, 1), valid_to=date(2027, 9, 30), actor=THE_CLOCK
        )
    return company
