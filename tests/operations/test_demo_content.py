"""The fictional association's content uses the product's codes, is whole, names nobody real and repeats nothing."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from models.rules.board import BoardOption
from models.rules.case_lifecycle import CaseState
from models.rules.certification_lifecycle import CertificationState
from models.rules.company_file_lifecycle import FileState
from models.rules.consent import ConsentLevel, ConsentOption
from models.rules.escalation_ladder import Addressee, Ground, Step
from models.rules.labelled import Labelled
from models.rules.membership import MemberType, OperatorType, may_be_certified
from models.rules.people import Role
from models.rules.taxonomy.actor_relation import ActorRelation
from models.rules.taxonomy.channel import Channel
from models.rules.taxonomy.company_action import CompanyAction
from models.rules.taxonomy.employment import Employment
from models.rules.taxonomy.harassment_type import HarassmentType
from models.rules.taxonomy.impact import Impact
from models.rules.taxonomy.intake_route import IntakeRoute
from models.rules.taxonomy.organisational_issue import OrganisationalIssue
from models.rules.taxonomy.outcome import Outcome
from models.rules.taxonomy.requested_help import RequestedHelp
from models.rules.taxonomy.severity import Severity

DEMO = Path(__file__).resolve().parents[2] / "app" / "operations" / "demo"
CONSULTATIONS: list[dict[str, Any]] = json.loads((DEMO / "consultations.json").read_text(encoding="utf-8"))
REPLIES: dict[str, dict[str, Any]] = json.loads((DEMO / "replies.json").read_text(encoding="utf-8"))
REGISTER: dict[str, Any] = json.loads((DEMO / "companies.json").read_text(encoding="utf-8"))
PEOPLE: list[dict[str, Any]] = json.loads((DEMO / "people.json").read_text(encoding="utf-8"))
LADDERS: list[dict[str, Any]] = json.loads((DEMO / "ladders.json").read_text(encoding="utf-8"))
COMPANIES = {company["key"]: company for company in REGISTER["companies"]}

KANA = re.compile(r"[ぁ-んァ-ヶ]")
SHARED_WORDS = 14  # Letters that two consultations may not have in common, running on.
REPORT_BLOCKS = {"fact_check", "care", "measures_customer", "prevention", "privacy_no_retaliation"}
NOT_TOLD = {None, "CN-0"}
FACETS: dict[str, type[Labelled]] = {
    "impact": Impact,
    "requested": RequestedHelp,
    "org_issues": OrganisationalIssue,
}


def words_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from words_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from words_in(part)


def prose_of(consultation: dict[str, Any]) -> list[str]:
    reply = {name: part for name, part in REPLIES[consultation["id"]].items() if name != "outcome"}
    actions = [action["note"] for action in reply.pop("officer_actions", [])]
    return [consultation["text"], *actions, *words_in(reply)]


def codes(kind: type[Labelled]) -> set[str]:
    return {member.value for member in kind}


def check_digit(base: str) -> int:
    weighted = sum(int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(base), start=1))
    return 9 - weighted % 9


by_id = pytest.mark.parametrize("consultation", CONSULTATIONS, ids=lambda consultation: consultation["id"])
by_ladder = pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder["rung"])
by_company = pytest.mark.parametrize("company", COMPANIES.values(), ids=lambda company: company["key"])


def test_there_are_enough_consultations_and_each_has_its_own_name():
    assert len(CONSULTATIONS) >= 44
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", consultation["id"]) for consultation in CONSULTATIONS)
    assert max(Counter(consultation["id"] for consultation in CONSULTATIONS).values()) == 1


@by_id
def test_a_consultation_is_coded_in_the_product_s_own_codes(consultation):
    facts = consultation["facts"]
    assert consultation["channel"] in codes(Channel)
    assert consultation["severity"] in codes(Severity)
    assert 1 <= len(consultation["types"]) <= 5
    assert set(consultation["types"]) <= codes(HarassmentType)
    assert f"IC-{facts['intake']}" in codes(IntakeRoute)
    assert facts["employment"] in codes(Employment)
    assert facts["actor"] in codes(ActorRelation)
    assert facts["consent"] in {None, "CN-EM"} | codes(ConsentLevel) | codes(ConsentOption)
    for facet, kind in FACETS.items():
        assert set(facts[facet]) <= codes(kind)
        assert max(Counter(facts[facet]).values(), default=1) == 1
    assert consultation["demo"]["state"] in codes(CaseState)


@by_id
def test_a_consultation_is_told_in_japanese_of_a_readable_length(consultation):
    assert 80 <= len(consultation["text"]) <= 400
    assert all(KANA.search(text) for text in prose_of(consultation))


@by_id
def test_the_companies_of_a_consultation_are_in_the_register_and_its_hints_find_them(consultation):
    for part, key in consultation["demo"]["companies"].items():
        hint = consultation["facts"][f"{part}_hint"]
        if key is None:
            continue
        spellings = " ".join(words_in(COMPANIES[key]["names"]))
        as_katakana = "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ん" else letter for letter in hint)
        assert hint in spellings or as_katakana in spellings


@by_id
def test_a_consultation_has_every_text_that_its_road_needs(consultation):
    reply = REPLIES[consultation["id"]]
    needed = {"outcome", "desk_acknowledgement", "worker_followup"}
    if consultation["facts"]["consent"] in NOT_TOLD:
        assert set(reply) == needed | {"advice"}
    else:
        needed |= {"forwarded_copy", "officer_actions", "officer_reply", "report", "feedback"}
        assert needed <= set(reply) <= needed | {"advice", "returned_report"}
        assert set(reply["report"]) == REPORT_BLOCKS
        assert {action["code"] for action in reply["officer_actions"]} <= codes(CompanyAction)
        assert len(reply["officer_actions"]) >= 1
    assert reply["outcome"] in codes(Outcome)


@by_id
def test_what_identifies_somebody_stands_in_the_original_and_in_nothing_that_leaves_the_desk(consultation):
    told = [
        text
        for name, part in REPLIES[consultation["id"]].items()
        if name != "desk_acknowledgement"
        for text in words_in(part)
    ]
    for detail in consultation["demo"]["identifying"]:
        assert detail in consultation["text"]
        assert not any(detail in text for text in told)


@by_id
def test_a_forwarded_copy_carries_no_number_no_address_and_no_exact_time(consultation):
    copy = REPLIES[consultation["id"]].get("forwarded_copy", "")
    exact = r"\d{3}|@|[一二三四五六七八九十\d]+(時(?!間)|日(?!常)|丁目|番地)"
    assert not re.search(exact, copy.replace("119", ""))


def test_replies_answer_the_consultations_and_nothing_else():
    assert list(REPLIES) == [consultation["id"] for consultation in CONSULTATIONS]


def test_about_a_quarter_tell_the_company_nothing_and_most_tell_without_a_name():
    consents = Counter(consultation["facts"]["consent"] for consultation in CONSULTATIONS)
    assert 0.2 <= (consents[None] + consents["CN-0"]) / len(CONSULTATIONS) <= 0.3
    assert consents.most_common(1)[0][0] == "CN-2"
    assert consents["CN-EM"] == 1
    assert min(consents["CN-1"], consents["CN-3"]) >= 5


def test_every_code_of_the_taxonomies_is_met_at_least_once():
    def used(facet: str) -> set[str]:
        return {code for consultation in CONSULTATIONS for code in consultation["facts"][facet]}

    facts = [consultation["facts"] for consultation in CONSULTATIONS]
    assert {kind for consultation in CONSULTATIONS for kind in consultation["types"]} == codes(HarassmentType)
    assert {consultation["channel"] for consultation in CONSULTATIONS} == codes(Channel)
    assert {consultation["severity"] for consultation in CONSULTATIONS} == codes(Severity)
    assert {f"IC-{fact['intake']}" for fact in facts} == codes(IntakeRoute)
    assert {fact["employment"] for fact in facts} == codes(Employment)
    assert {fact["actor"] for fact in facts} == codes(ActorRelation)
    for facet, kind in FACETS.items():
        assert used(facet) == codes(kind)
    actions = {action["code"] for reply in REPLIES.values() for action in reply.get("officer_actions", [])}
    assert actions == codes(CompanyAction)


def test_every_state_of_a_case_is_shown():
    assert {consultation["demo"]["state"] for consultation in CONSULTATIONS} == codes(CaseState)


def test_no_two_consultations_or_their_replies_share_a_run_of_words():
    where: defaultdict[str, set[str]] = defaultdict(set)
    for consultation in CONSULTATIONS:
        for text in prose_of(consultation):
            for start in range(len(text) - SHARED_WORDS + 1):
                where[text[start : start + SHARED_WORDS]].add(consultation["id"])
    assert {run: ids for run, ids in where.items() if len(ids) > 1} == {}


def test_no_sentence_stands_twice():
    told = [text for consultation in CONSULTATIONS for text in prose_of(consultation)]
    told += [text for ladder in LADDERS for step in ladder["steps"] for text in words_in(step)]
    sentences = Counter(sentence for text in told if KANA.search(text) for sentence in text.split("。"))
    assert [sentence for sentence, times in sentences.items() if times > 1 and len(sentence) > 12] == []


def test_every_address_on_the_net_and_every_telephone_number_is_impossible():
    everything = "\n".join(path.read_text(encoding="utf-8") for path in sorted(DEMO.glob("*.json")))
    for domain in re.findall(r"(?:@|://)([A-Za-z0-9.-]+)", everything):
        assert domain.endswith((".example", "example.jp")), domain
    for name in re.findall(r"[a-z0-9-]+\.(?:com|net|org|jp|co|info|io)\b", everything):
        assert name == "example.jp", name
    for number in re.findall(r"0\d{1,3}-\d{2,4}-\d{4}", everything):
        assert number.startswith(("03-0000-", "090-0000-")), number


def test_fifteen_companies_are_certified_and_six_are_members_without_certification():
    certified = [c for c in COMPANIES.values() if c["certification"] and c["certification"]["state"] == "certified"]
    assert len(certified) == 15
    assert sum(company["certification"]["pre_certified"] for company in certified) >= 1
    others = [company for company in COMPANIES.values() if company not in certified]
    assert Counter(company["member_type"] for company in others) == {"regular": 6, "supporting": 1}
    states = [company["certification"]["state"] for company in others if company["certification"]]
    assert sorted(states) == ["expired", "revoked", "under_review"]


@by_company
def test_a_company_is_registered_as_the_rules_allow(company):
    member_type, operator_type = MemberType(company["member_type"]), OperatorType(company["operator_type"])
    certification = company["certification"]
    if certification is not None:
        assert may_be_certified(member_type, operator_type)
        assert CertificationState(certification["state"])
        if certification["number"] is not None:
            assert re.fullmatch(r"CH-\d{4}-\d{4}", certification["number"])
            assert certification["from"] < certification["to"]
    for relation in company["clients"]:
        assert relation["client"] in COMPANIES
        assert relation["site"] in [site["name"] for site in company["sites"]]


@by_company
def test_a_corporate_number_has_its_check_digit_and_an_office_that_does_not_exist(company):
    number = company["corporate_number"]
    if company["member_type"] == "supporting":
        assert number is None
        return
    assert re.fullmatch(r"\d9999\d{8}", number)
    assert int(number[0]) == check_digit(number[1:])


def test_the_check_digit_is_computed_as_the_published_example_is():
    assert check_digit("700110005901") == 8


@by_company
def test_a_company_s_names_follow_each_other_without_a_gap(company):
    names = company["names"]
    assert names[-1]["to"] is None
    assert [name["from"] for name in names] == sorted(name["from"] for name in names)
    for earlier, later in pairwise(names):
        assert (date.fromisoformat(later["from"]) - date.fromisoformat(earlier["to"])).days == 1
    assert all(re.fullmatch(r"[ァ-ヶー ]+", name["kana"]) for name in names)


def test_nothing_that_must_be_unique_stands_twice_in_the_register():
    numbers = [company["corporate_number"] for company in COMPANIES.values() if company["corporate_number"]]
    certificates = [company["certification"]["number"] for company in COMPANIES.values() if company["certification"]]
    names = [name["name"] for company in COMPANIES.values() for name in company["names"]]
    posts = [
        post
        for company in COMPANIES.values()
        for part in ("officers", "deputies", "representatives")
        for post in company[part]
    ]
    mails = [post["mail"] for post in posts] + [person["login"] for person in PEOPLE]
    phones = [post["phone"] for post in posts] + [company["phone"] for company in COMPANIES.values()]
    for values in (numbers, [number for number in certificates if number], names, mails, phones, list(COMPANIES)):
        assert max(Counter(values).values()) == 1
    assert len(COMPANIES) == len(REGISTER["companies"])


def vacant(company: dict[str, Any], part: str) -> bool:
    return not [post for post in company[part] if post["to"] is None]


def test_the_vacancies_and_the_successor_of_the_story_are_there():
    certified = [c for c in COMPANIES.values() if c["certification"] and c["certification"]["state"] == "certified"]
    without_officer = [company["key"] for company in certified if vacant(company, "officers")]
    without_both = [key for key in without_officer if vacant(COMPANIES[key], "deputies")]
    assert (without_officer, without_both) == (["kiriwatase", "fuyuichigo"], ["fuyuichigo"])
    assert [company["key"] for company in certified if len(company["officers"]) == 2] == ["yuzuriha"]
    assert all(len(company["representatives"]) == 1 for company in certified)
    assert len([company for company in COMPANIES.values() if len(company["names"]) > 1]) == 3


def test_the_association_has_its_people():
    roles = Counter(Role(person["role"]) for person in PEOPLE)
    house = {Role.COUNSELOR: 4, Role.MANAGER: 1, Role.HEAD: 1, Role.ADMIN: 1, Role.DIRECTOR: 9, Role.AUDITOR: 1}
    assert roles == {**house, Role.ADVISER: 1}
    assert len([person for person in PEOPLE if person["role"] == "counselor" and person["handler"]]) == 2
    directors = [person for person in PEOPLE if person["role"] == "director"]
    assert sorted(person["chair"] for person in directors if person["chair"]) == ["chair", "vice_chair"]
    employers = [COMPANIES[person["company"]] for person in directors if person["company"]]
    certified = [c["key"] for c in employers if c["certification"] and c["certification"]["state"] == "certified"]
    assert len(certified) == 3


def test_the_ladders_stand_on_every_rung():
    assert [ladder["rung"] for ladder in LADDERS] == [
        "E0", "E1_issued", "E1_unmet", "E2", "E3", "E3_late", "E4", "E5", "E7", "E8_warning", "E10",
    ]  # fmt: skip
    assert max(Counter(ladder["company"] for ladder in LADDERS).values()) == 1
    assert {step["step"] for ladder in LADDERS for step in ladder["steps"]} == codes(Step)


@by_ladder
def test_a_ladder_is_told_in_codes_that_the_rules_know(ladder):
    logins = {person["login"] for person in PEOPLE}
    assert ladder["company"] in COMPANIES
    assert ladder["file_state"] in codes(FileState)
    assert ladder["ground"] in codes(Ground)
    for step in ladder["steps"]:
        assert step["by"] is None or step["by"] in logins
        assert set(step.get("addressees", [])) <= codes(Addressee)
        assert step.get("option") in {None} | codes(BoardOption)
        assert set(step.get("votes", {}).get("recused", [])) <= logins


@by_ladder
def test_a_ladder_climbs_in_time_and_waits_for_each_term(ladder):
    days = [step["day"] for step in ladder["steps"]]
    assert days == sorted(days)
    assert days[-1] < 0
    issued = {step["step"]: step["day"] for step in ladder["steps"] if step["event"] == "issued"}
    longest = {"E1": 14, "E2": 14, "E3": 22, "E4": 22}  # Calendar days that the term takes over the year's end.
    for step in ladder["steps"]:
        if step["event"] == "unmet":
            assert step["day"] - issued[step["step"]] >= longest[step["step"]]
        if step["event"] == "notice_served":
            assert step["meeting_day"] - step["day"] >= 14
            assert step["day"] + 14 <= step["explanation_day"] < step["meeting_day"]


@by_ladder
def test_a_ladder_rests_on_cases_that_its_company_was_lawfully_sent(ladder):
    consultations = {consultation["id"]: consultation for consultation in CONSULTATIONS}
    assert ladder["cases"]
    for case in ladder["cases"]:
        consultation = consultations[case["consultation"]]
        assert consultation["facts"]["consent"] not in NOT_TOLD
        assert ladder["company"] in consultation["demo"]["companies"].values()
        assert consultation["demo"]["days_ago"] >= -case["routed_day"]
        assert case["duty"] in {"acknowledge", "initial_report", "report", "vacancy", "poor_report"}
        assert case["routed_day"] < ladder["steps"][0]["day"] or case is not ladder["cases"][0]


@by_ladder
def test_nothing_reaches_the_board_below_the_threshold(ladder):
    proposed = next((step["day"] for step in ladder["steps"] if step["step"] == "E5"), None)
    if proposed is None or ladder["ground"] == "retaliation":
        return
    unmet = [
        step["step"] for step in ladder["steps"] if step["event"] == "unmet" and proposed - 365 < step["day"] < proposed
    ]
    assert len(unmet) >= 3
    assert {"E3", "E4"} & set(unmet)


def test_the_silent_company_never_answers():
    silent = next(ladder for ladder in LADDERS if ladder["company"] == "silent")
    assert {step["event"] for step in silent["steps"]} == {"reminded", "issued", "unmet", "proposed"}
    own = [c for c in CONSULTATIONS if c["demo"]["companies"]["workplace"] == "silent"]
    assert {consultation["demo"]["state"] for consultation in own} == {"routed"}


def test_who_resigned_had_left_and_who_serves_had_begun_by_the_day_the_register_describes():
    described = REGISTER["reference_date"]
    for company in COMPANIES.values():
        for part in ("officers", "deputies", "representatives"):
            for post in company[part]:
                assert post["from"] <= described
                assert post["to"] is None or post["from"] < post["to"] < described
