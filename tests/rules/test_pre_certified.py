"""The file of the pre-certified: read in whatever way it was saved, and judged line by line (1.3, 1.8)."""

from dataclasses import replace
from datetime import date

import pytest

from models.rules.certification_lifecycle import CERTIFICATION_POLICIES
from models.rules.company_search import folded
from models.rules.pre_certified import KnownCompany, Outcome, Refusal, Register, Term, judge
from models.rules.pre_certified_file import LARGEST_FILE, MOST_LINES, Column, FileProblem, Unusable, read_file

HEADINGS = "法人番号,会社名,認定番号,認定の初日,認定の最終日"
AOI, MIDORI = "8700110005901", "9000000000009"
LINE = f"{AOI},株式会社あおい窓口,KC-2025-0101,2025-10-01,2027-09-30"
OTHER = f"{MIDORI},みどり応対㈱,KC-2025-0102,2025-10-01,2027-09-30"


def known(*names, **more):
    told = {"is_member": True, "is_operator": True, "holds": False, "waits": False, "applies": False, **more}
    return KnownCompany(frozenset(map(folded, names)), told.pop("joined_on", date(2020, 4, 1)), **told)


def register(*terms, **more):
    return Register(
        companies={AOI: known("あおい窓口株式会社", "旧あおい株式会社", **more), MIDORI: known("みどり応対株式会社")},
        terms={term.number.casefold(): term for term in terms},
        scheme=CERTIFICATION_POLICIES[0],
        scheme_began=date(2025, 10, 1),
        today=date(2026, 11, 10),
    )


def file(*lines):
    return "\r\n".join((HEADINGS, *lines, "")).encode()


def outcome(*lines, of=None):
    judged = judge(read_file(file(*lines)), of or register())
    return [one.refusal or one.outcome for one in judged]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_is_read_as_spreadsheets_save_it(encoding):
    body = file(LINE, "", ",,,,", OTHER).decode().encode(encoding)
    read = read_file(body)
    assert [(line.at, line.cells[Column.COMPANY]) for line in read] == [(2, "株式会社あおい窓口"), (5, "みどり応対㈱")]
    assert [one.outcome for one in judge(read, register())] == [Outcome.TAKEN, Outcome.TAKEN]


def test_columns_stand_in_any_order_and_our_own_list_of_refused_lines_is_read_again():
    body = f'行,認定番号,会社名,法人番号,認定の最終日,認定の初日,理由\n7,KC-1,"あおい窓口\n株式会社",{AOI},a,b,空\n'
    (line,) = read_file(body.encode())
    assert (line.at, line.cells[Column.COMPANY], line.cells[Column.VALID_FROM]) == (2, "あおい窓口 株式会社", "b")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", FileProblem.NO_HEADINGS),
        (b"\x80\x81\x82", FileProblem.UNREADABLE),
        (HEADINGS.encode("utf-16"), FileProblem.UNREADABLE),
        (b"PK\x03\x04" + bytes(50), FileProblem.UNREADABLE),
        (file(LINE).decode().encode("euc_jp"), FileProblem.UNREADABLE),
        (LINE.encode(), FileProblem.NO_HEADINGS),
        (file().replace("会社名".encode(), b""), FileProblem.NO_HEADINGS),
        (file().strip() + ",担当者の名前\r\n".encode(), FileProblem.MORE),
        (file().strip() + ",会社名\r\n".encode(), FileProblem.MORE),
        (file(f'{AOI},"あおい'), FileProblem.BROKEN),
        (file(), FileProblem.NO_LINES),
        (file(*[LINE] * (MOST_LINES + 1)), FileProblem.TOO_MANY),
        (file(LINE) + b" " * LARGEST_FILE, FileProblem.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_as_a_whole_is_refused_as_a_whole(body, problem):
    with pytest.raises(Unusable) as refused:
        read_file(body)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (AOI, "８-７００１-１０００-５９０１", Outcome.TAKEN),
        ("株式会社あおい窓口", "旧あおい(株)", Outcome.TAKEN),
        ("2025-10-01", "２０２５年１０月１日", Outcome.TAKEN),
        ("2025-10-01", "2025/10/1", Outcome.TAKEN),
        ("株式会社あおい窓口", "", Refusal.LACKS),
        ("株式会社あおい窓口", "あおい" * 50, Refusal.TOO_MUCH),
        ("株式会社あおい窓口", "あおい,窓口", Refusal.TOO_MUCH),
        (AOI, "8.70011E+12", Refusal.NO_COMPANY_NO),
        (AOI, "8700110005902", Refusal.NO_COMPANY_NO),
        (AOI, "1000000000008", Refusal.UNKNOWN),
        ("株式会社あおい窓口", "みどり応対株式会社", Refusal.NAME_DIFFERS),
        ("株式会社あおい窓口", "株式会社", Refusal.NAME_DIFFERS),
        ("KC-2025-0101", "=1+1", Refusal.NO_NUMBER),
        ("2025-10-01", "2025-02-30", Refusal.NO_DAY),
        ("2025-10-01", "令和7年10月1日", Refusal.NO_DAY),
        ("2027-09-30", "2099-12-32", Refusal.NO_DAY),
        ("2027-09-30", "2025-10-01", Refusal.ENDS_FIRST),
        ("2027-09-30", "2027-10-01", Refusal.TOO_LONG),
        ("2027-09-30", "2026-11-09", Refusal.OVER),
        ("2027-09-30", "2026-11-10", Outcome.TAKEN),
        ("2025-10-01", "2025-09-01", Outcome.TAKEN),
        ("2025-10-01", "2024-09-30", Refusal.OUTSIDE),
        ("2025-10-01,2027-09-30", "2052-10-01,2054-09-30", Refusal.OUTSIDE),
        ("2025-10-01", "2020-03-31", Refusal.BEFORE_JOINING),
    ],
)
def test_a_line_is_taken_or_refused_for_one_reason(before, after, expected):
    assert before in LINE
    assert outcome(LINE.replace(before, after)) == [expected]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"is_member": False}, Refusal.NOT_A_MEMBER),
        ({"is_operator": False}, Refusal.NOT_AN_OPERATOR),
        ({"holds": True}, Refusal.HOLDS),
        ({"waits": True}, Refusal.WAITS),
        ({"applies": True}, Refusal.APPLIES),
        ({"joined_on": None}, Refusal.BEFORE_JOINING),
    ],
)
def test_a_company_that_cannot_be_certified_now_is_refused(more, expected):
    assert outcome(LINE, OTHER, of=register(**more)) == [expected, Outcome.TAKEN]


def test_what_is_entered_already_stays_and_a_number_is_given_once():
    there = Term(AOI, "KC-2025-0101", date(2025, 10, 1), date(2027, 9, 30))
    assert outcome(LINE, of=register(there, holds=True)) == [Outcome.ALREADY]
    longer = replace(there, valid_to=date(2027, 9, 29))
    assert outcome(LINE, of=register(longer, holds=True)) == [Refusal.OTHER_TERM]
    others = replace(there, corporate_number=MIDORI, number="kc-2025-0101")
    assert outcome(LINE, of=register(others)) == [Refusal.NUMBER_TAKEN]


def test_the_same_line_counts_once_and_of_two_that_contradict_each_other_neither_is_believed():
    assert outcome(LINE, OTHER, LINE) == [Outcome.TAKEN, Outcome.TAKEN, Refusal.TWICE]
    for changed in (("0101", "0103"), ("2027-09-30", "2027-08-31"), ("2027-09-30", "2027-09-31")):
        judged = judge(read_file(file(LINE, OTHER, LINE.replace(*changed))), register())
        assert judged[0].refusal is Refusal.CONTRADICTS, changed
        assert (judged[0].beside, judged[1].outcome, judged[2].outcome) == (4, Outcome.TAKEN, Outcome.REFUSED)
    assert outcome(LINE, OTHER.replace("0102", "0101")) == [Refusal.CONTRADICTS] * 2


NAMELESS = ",ひのき相談窓口株式会社,KC-2025-0103,2025-10-01,2027-09-30"


def with_nameless(*companies):
    return replace(register(), without_number=companies, names_with_number=frozenset({folded("あおい窓口")}))


def test_a_company_registered_without_a_corporate_number_is_meant_by_its_whole_name():
    hinoki = replace(known("ひのき相談窓口株式会社"), key="company 1")
    (judged,) = judge(read_file(file(NAMELESS)), with_nameless(hinoki))
    assert judged.outcome is Outcome.TAKEN
    assert judged.term.corporate_number == "company 1"


@pytest.mark.parametrize(
    ("line", "companies", "why"),
    [
        (NAMELESS, 0, Refusal.UNKNOWN_NAME),
        (NAMELESS, 2, Refusal.SEVERAL),
        (NAMELESS.replace("ひのき相談窓口", "あおい窓口"), 1, Refusal.NEEDS_NUMBER),
        (f"7000012050002{NAMELESS}", 1, Refusal.WITHOUT_NUMBER),
        (f"7000012050003{NAMELESS}", 1, Refusal.NO_COMPANY_NO),
        (NAMELESS.replace("KC-2025-0103", ""), 1, Refusal.LACKS),
    ],
)
def test_a_line_without_a_number_is_refused_where_nobody_can_say_whom_it_means(line, companies, why):
    known_ones = [replace(known("ひのき相談窓口株式会社"), key=f"company {one}") for one in range(companies)]
    assert outcome(line, of=with_nameless(*known_ones)) == [why]


def test_two_lines_about_one_company_without_a_number_contradict_each_other():
    hinoki = replace(known("ひのき相談窓口株式会社"), key="company 1")
    other = NAMELESS.replace("0103", "0104")
    assert outcome(NAMELESS, other, of=with_nameless(hinoki)) == [Refusal.CONTRADICTS] * 2
