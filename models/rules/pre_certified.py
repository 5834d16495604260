"""What becomes of each line of the file of the pre-certified: taken, there already, or refused and why (domain 1.3, 1.8).

Nothing is guessed. The corporate number says which company is meant and the name must agree with it; a company that is
registered without one is meant by its whole name, where that is one company's alone. Where two lines of the file
contradict each other, neither is believed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.rules.certification_lifecycle import CertificationPolicy, last_day
from models.rules.certification_number import is_certification_number
from models.rules.company_search import folded
from models.rules.corporate_number import read_corporate_number
from models.rules.labelled import Labelled
from models.rules.pre_certified_file import LONGEST_CELL, Column, Line
from models.rules.typed_day import FIRST_DAY, LAST_DAY, read_day
from models.rules.working_days import add_months

NUMBER = Column.CORPORATE_NUMBER
MONTHS_AROUND = 12
"""A term begins neither longer before the scheme does nor longer after today: further away, a year was mistyped."""


class Outcome(Labelled):
    """What becomes of a line."""

    # fmt: off
    TAKEN   = "taken",   "取り込めます",   "Can be taken in"
    ALREADY = "already", "登録済み",       "Already entered"
    REFUSED = "refused", "取り込めません", "Cannot be taken in"
    # fmt: on


class Refusal(Labelled):
    """Why a line is refused, and what to do about it."""

    LACKS = (
        "lacks",
        "空いている欄があります。空けてよいのは、法人番号のない登録の会社の法人番号だけです。",
        "A cell is empty. Only the corporate number of a company that is registered without one may be left empty.",
    )
    TOO_MUCH = (
        "too_much",
        '欄が多すぎるか、長すぎます。会社名にコンマがあるときは、引用符(")で囲んでください。',
        'There are too many cells, or one is too long. Put a company name that has a comma into quotation marks (").',
    )
    NO_COMPANY_NO = (
        "no_company_no",
        "法人番号として正しくありません。13桁の数字になっているか、表計算ソフトで形が変わっていないかを確かめてください。",
        "This is no corporate number. Check its 13 digits, and whether the spreadsheet changed its form.",
    )
    NO_NUMBER = (
        "no_number",
        "認定番号は、英字・数字・ハイフンで3文字から24文字にしてください。",
        "A certification number has 3 to 24 letters, digits and hyphens.",
    )
    NO_DAY = (
        "no_day",
        "日付を読み取れません。2025-10-01 のように、実際にある日付で書いてください。",
        "A date cannot be read. Write a date that exists, such as 2025-10-01.",
    )
    ENDS_FIRST = (
        "ends_first",
        "最終日が、初日より後になっていません。",
        "The last day does not come after the first.",
    )
    CONTRADICTS = (
        "contradicts",
        "同じ会社か同じ認定番号の、内容の違う行があります。どちらが正しいか確かめて、1行だけにしてください。",
        "Another line has the same company or number and says something else. Find out which is right, and keep one.",
    )
    TWICE = (
        "twice",
        "同じ内容の行が、上にもあります。この行は要りません。",
        "The same stands in a line above. This one is not needed.",
    )
    UNKNOWN = (
        "unknown",
        "この法人番号の会社は、登録されていません。先に会社を登録してください。",
        "No company is registered under this corporate number. Register the company first.",
    )
    UNKNOWN_NAME = (
        "unknown_name",
        "この名前の会社は、登録されていません。先に会社を登録するか、法人番号を書いてください。",
        "No company of this name is registered. Register it first, or write its corporate number.",
    )
    NEEDS_NUMBER = (
        "needs_number",
        "この名前の会社は、法人番号つきで登録されています。取り違えないように、法人番号を書いてください。",
        "The company of this name is registered with its corporate number. Write the number, so that none is mistaken.",
    )
    SEVERAL = (
        "several",
        "法人番号のない登録に、この名前の会社がいくつもあります。会社のページで法人番号を登録し、その番号を書いてください。",
        "Several companies of this name are registered without a number. Add it on the company's page, and write it here.",
    )
    WITHOUT_NUMBER = (
        "without_number",
        "この名前の会社は、法人番号のないまま登録されています。会社のページで法人番号を登録してから、取り込んでください。",
        "The company of this name is registered without a corporate number. Add it on the company's page first.",
    )
    NAME_DIFFERS = (
        "name_differs",
        "会社名が、この法人番号で登録されている名前と違います。番号と名前のどちらかが別の会社のものでないか、確かめてください。",
        "The name is not the one registered under this corporate number. Check that neither belongs to another company.",
    )
    OTHER_TERM = (
        "other_term",
        "この認定番号は、違う期間で登録されています。",
        "This number is entered already, with another term.",
    )
    NUMBER_TAKEN = (
        "number_taken",
        "この認定番号は、ほかの会社で使われています。",
        "This number belongs to another company.",
    )
    HOLDS = (
        "holds",
        "この会社は、別の番号ですでに認定されています。",
        "This company is certified already, under another number.",
    )
    WAITS = (
        "waits",
        "この会社は、取消のあとの待機期間中です。",
        "This company still has to wait after a revocation.",
    )
    APPLIES = (
        "applies",
        "この会社は、認定の申請を始めています。申請のほうで進めてください。",
        "This company has begun an application. Go on with that.",
    )
    NOT_A_MEMBER = (
        "not_a_member",
        "この会社は、いま会員ではありません。",
        "This company is not a member now.",
    )
    NOT_AN_OPERATOR = (
        "not_an_operator",
        "認定できるのは、コンタクトセンターを運営する正会員だけです。",
        "Only regular members that operate contact centers are certified.",
    )
    BEFORE_JOINING = (
        "before_joining",
        "認定の初日が、会社の入会日より前です。",
        "The first day comes before the company joined.",
    )
    OUTSIDE = (
        "outside",
        "認定の初日が、制度の始まりの1年前から、きょうの1年後までにありません。年の書き間違いがないか確かめてください。",
        "The first day lies more than a year before the scheme began or more than a year ahead. Check the year.",
    )
    TOO_LONG = (
        "too_long",
        "期間が、制度の有効期間より長くなっています。最終日を確かめてください。",
        "The term is longer than the scheme allows. Check the last day.",
    )
    OVER = (
        "over",
        "認定の最終日が、すでに過ぎています。",
        "The last day is over.",
    )


@dataclass(frozen=True, slots=True)
class Term:
    """What a line asks to be entered."""

    corporate_number: str
    """Of the company or, where it has none, its key in the register."""
    number: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """What the register knows of a company; names are folded, as they are searched for."""

    names: frozenset[str]
    joined_on: date | None
    is_member: bool
    is_operator: bool
    holds: bool
    waits: bool
    applies: bool
    key: str = ""
    """What a term is kept under; the corporate number, where there is one."""


@dataclass(frozen=True, slots=True)
class Register:
    """What is registered on a day, by corporate number, and by certification number in small letters."""

    companies: Mapping[str, KnownCompany]
    terms: Mapping[str, Term]
    scheme: CertificationPolicy
    scheme_began: date
    today: date
    without_number: Sequence[KnownCompany] = ()
    names_with_number: frozenset[str] = frozenset()
    """Names of companies that have a corporate number, folded."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with what becomes of it; beside is the line of the file that it is to be compared with."""

    line: Line
    outcome: Outcome
    refusal: Refusal | None = None
    beside: int | None = None
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """What could be read of a line, part by part: also a line that is refused may contradict another."""

    line: Line
    corporate_number: str | None
    number: str
    valid_from: date | None
    valid_to: date | None

    @property
    def said(self) -> tuple[str | None, str, str, date | None, date | None]:
        name = folded(self.line.cells[Column.COMPANY])
        return self.corporate_number, name, self.number.casefold(), self.valid_from, self.valid_to

    def contradicts(self, other: _Read) -> bool:
        same_company = self.corporate_number == other.corporate_number
        if self.corporate_number is None:
            same_company = same_company and self.said[1] == other.said[1]
        same_number = self.number != "" and self.number.casefold() == other.number.casefold()
        return (same_company or same_number) and self.said != other.said


def judge(lines: Sequence[Line], register: Register) -> list[Judged]:
    """What becomes of each line."""
    read = [_read(line) for line in lines]
    return [_judged(one, read, register) for one in read]


def _read(line: Line) -> _Read:
    return _Read(
        line,
        read_corporate_number(line.cells[Column.CORPORATE_NUMBER]),
        _plain(line.cells[Column.NUMBER]).replace("−", "-").replace("‐", "-"),
        _day(line.cells[Column.VALID_FROM]),
        _day(line.cells[Column.VALID_TO]),
    )


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _day(cell: str) -> date | None:
    day = read_day(_plain(cell))
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None


def _judged(one: _Read, all_: Sequence[_Read], register: Register) -> Judged:
    unread = _unread(one)
    if unread is not None:
        return Judged(one.line, Outcome.REFUSED, unread)
    contradicted = next((other.line.at for other in all_ if one.contradicts(other)), None)
    if contradicted is not None:
        return Judged(one.line, Outcome.REFUSED, Refusal.CONTRADICTS, contradicted)
    first = next(other.line.at for other in all_ if one.said == other.said and _unread(other) is None)
    if first != one.line.at:
        return Judged(one.line, Outcome.REFUSED, Refusal.TWICE, first)
    return _against_register(one, register)


def _unread(one: _Read) -> Refusal | None:
    cells = one.line.cells.values()
    checks = (
        (one.line.has_more or any(len(cell) > LONGEST_CELL for cell in cells), Refusal.TOO_MUCH),
        (not all(cell for column, cell in one.line.cells.items() if column is not NUMBER), Refusal.LACKS),
        (one.corporate_number is None and bool(one.line.cells[NUMBER]), Refusal.NO_COMPANY_NO),
        (not is_certification_number(one.number), Refusal.NO_NUMBER),
        (one.valid_from is None or one.valid_to is None, Refusal.NO_DAY),
        (one.valid_from and one.valid_to and one.valid_to <= one.valid_from, Refusal.ENDS_FIRST),
    )
    return next((why for holds, why in checks if holds), None)


def _against_register(one: _Read, register: Register) -> Judged:
    company = _meant(one, register)
    if isinstance(company, Refusal):
        return Judged(one.line, Outcome.REFUSED, company)
    term = _term(one, company)
    there = register.terms.get(one.number.casefold())
    if there is not None:
        if there.corporate_number != term.corporate_number:
            return Judged(one.line, Outcome.REFUSED, Refusal.NUMBER_TAKEN)
        same = (there.valid_from, there.valid_to) == (term.valid_from, term.valid_to)
        return Judged(one.line, Outcome.ALREADY) if same else Judged(one.line, Outcome.REFUSED, Refusal.OTHER_TERM)
    why = _why_not(company, term, register)
    return Judged(one.line, Outcome.REFUSED, why) if why else Judged(one.line, Outcome.TAKEN, term=term)


def _meant(one: _Read, register: Register) -> KnownCompany | Refusal:
    """The company that a line is about, or why nobody can say."""
    name = folded(one.line.cells[Column.COMPANY])
    nameless = [company for company in register.without_number if name and name in company.names]
    if one.corporate_number is None:
        if name in register.names_with_number:
            return Refusal.NEEDS_NUMBER
        return nameless[0] if len(nameless) == 1 else Refusal.SEVERAL if nameless else Refusal.UNKNOWN_NAME
    company = register.companies.get(one.corporate_number)
    if company is None:
        return Refusal.WITHOUT_NUMBER if nameless else Refusal.UNKNOWN
    return company if name in company.names - {""} else Refusal.NAME_DIFFERS


def _term(one: _Read, company: KnownCompany) -> Term:
    if one.valid_from is None or one.valid_to is None:
        raise ValueError("a line is read before it is compared with the register")
    return Term(one.corporate_number or company.key, one.number, one.valid_from, one.valid_to)


def _why_not(company: KnownCompany, term: Term, register: Register) -> Refusal | None:
    earliest = add_months(register.scheme_began, -MONTHS_AROUND)
    latest = add_months(register.today, MONTHS_AROUND)
    # Who was certified before the scheme began keeps the whole term that the scheme gives from its beginning.
    counted_from = max(term.valid_from, register.scheme_began)
    checks = (
        (not company.is_member, Refusal.NOT_A_MEMBER),
        (not company.is_operator, Refusal.NOT_AN_OPERATOR),
        (company.holds, Refusal.HOLDS),
        (company.waits, Refusal.WAITS),
        (company.applies, Refusal.APPLIES),
        (company.joined_on is None or term.valid_from < company.joined_on, Refusal.BEFORE_JOINING),
        (not earliest <= term.valid_from <= latest, Refusal.OUTSIDE),
        (term.valid_to > last_day(counted_from, register.scheme), Refusal.TOO_LONG),
        (term.valid_to < register.today, Refusal.OVER),
    )
    return next((why for holds, why in checks if holds), None)
