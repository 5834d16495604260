"""The pages of companies: found by any name, registered, renamed, and leaving."""

import uuid
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.companies.queries import find_companies, relations_of
from app.people.queries import name_of
from app.pipeline.clock import now
from app.pipeline.transaction import db
from app.resolutions.queries import excluded_by_register
from models.audit_record import AuditRecord
from models.company import Company
from models.rules.membership import MemberType, OperatorType
from models.site import Site
from tests.support.present import company, person
from tests.support.visitor import sign_in

NEW = {
    "name": "若葉の丘センター株式会社",
    "kana": "ワカバノオカセンター",
    "english": "Wakabanooka Center",
    "member_type": "regular",
    "operator_type": "agency",
    "corporate_number": "8700110005901",
    "prefecture": "北海道",
    "address": "北海道架空市一丁目",
    "joined_on": "2026/10/01",
}


def address_of(app: Flask, key: str) -> str:
    with app.app_context():
        return f"/companies/{company(key).id}"


@pytest.mark.parametrize("typed", ["青葉台コンタクト", "旧青葉台", "アオバダイ", "あおばだい", "aobadai", "ｱｵﾊﾞﾀﾞｲ"])
def test_a_company_is_found_by_every_name_it_ever_had(app: Flask, typed: str) -> None:
    page = sign_in(app, "manager").get(f"/companies/?q={typed}")
    assert "青葉台コンタクト株式会社" in page.links
    assert "みなも応対サービス株式会社" not in page.links


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "q\x00x", "株式会社", "存在しない名前"])
def test_a_search_for_nothing_sensible_finds_nothing_and_says_so(app: Flask, typed: str) -> None:
    page = sign_in(app, "manager").get("/companies/?q=" + typed.replace("%", "%25").replace("\x00", "%00"))
    assert "見つかりませんでした" in page.text


def test_the_list_shows_who_has_no_officer(app: Flask) -> None:
    page = sign_in(app, "manager").get("/companies/")
    rows = {row.split()[0]: row for row in page.text.split("会社名 フリガナ")[-1].split("株式会社")}
    assert rows
    assert page.text.count("空席") == 2, "beta and gamma"


@pytest.mark.parametrize("key", ["counselor", "admin", "alpha_officer", "chair", "auditor"])
def test_the_list_is_for_those_who_manage_companies(app: Flask, key: str) -> None:
    visitor = sign_in(app, key)
    for path in ("/companies/", "/companies/new"):
        assert "会社を登録する" not in visitor.get(path, status=403).text


def test_an_officer_reads_the_own_companys_entry_and_no_other(app: Flask) -> None:
    visitor = sign_in(app, "alpha_officer")
    page = visitor.get(address_of(app, "alpha"))
    assert "青葉台コンタクト株式会社" in page.text
    assert not [form for form in page.forms if form.action.startswith("/companies")]
    visitor.get(address_of(app, "epsilon"), status=404)


def test_a_company_is_registered_and_found(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/companies/new")
    page = visitor.send(NEW)
    assert "会社を登録しました" in page.text
    assert "責任者が登録されていません" in page.text
    with app.app_context():
        found = find_companies("わかばのおか")[0]
        assert found.joined_on == date(2026, 10, 1)
        assert found.corporate_number == "8700110005901"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "会社名を入力してください"),
        ({"kana": ""}, "フリガナを入力してください"),
        ({"corporate_number": "12345"}, "13桁の数字"),
        ({"corporate_number": "１２３４５６７８９０１２a"}, "13桁の数字"),
        ({"prefecture": "架空県"}, "一覧の中から"),
        ({"member_type": "none"}, "会員でない会社では空けてください"),
        ({"joined_on": ""}, "入会した日を入力し"),
        ({"joined_on": "2026/02/30"}, "入会した日"),
        ({"joined_on": "2027/01/01"}, "今日より後の日付です"),
        ({"name": "あ" * 121}, "120文字まで"),
    ],
)
def test_a_wrong_entry_is_refused_in_words_and_kept(app: Flask, wrong: dict[str, str], words: str) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/companies/new")
    page = visitor.send({**NEW, **wrong})
    assert page.title.startswith("エラー: ")
    assert words in page.text
    assert "北海道架空市一丁目" in page.html
    with app.app_context():
        assert len(db().scalars(select(Company)).all()) == 5


def test_one_corporate_number_is_one_company(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/companies/new")
    visitor.send(NEW)
    visitor.get("/companies/new")
    page = visitor.send({**NEW, "name": "別の名前の会社"})
    assert "すでに登録されています" in page.text


def test_after_a_change_of_name_both_names_find_it_and_the_old_one_is_dated(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    address = address_of(app, "beta")
    visitor.get(address)
    page = visitor.send(
        {
            "rename-name": "みなも新社株式会社",
            "rename-kana": "ミナモシンシャ",
            "rename-english": "",
            "rename-from_": "2026/11/01",
        }
    )
    assert page.h1 == "みなも新社株式会社"
    assert "みなも応対サービス株式会社" in page.text
    for words in ("みなも応対", "みなも新社"):
        assert "みなも新社株式会社" in visitor.get(f"/companies/?q={words}").links
    with app.app_context():
        found = find_companies("みなも新社")[0]
        assert found.name_on(date(2026, 10, 31)).name == "みなも応対サービス株式会社"


def test_a_name_before_the_present_one_is_refused(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get(address_of(app, "alpha"))
    typed = {"rename-name": "新しい名前", "rename-kana": "アタラシイナマエ", "rename-from_": "2024/10/01"}
    page = visitor.send(typed)
    assert "前の名前が始まった日より後" in page.text
    assert "新しい名前" in page.html


def test_a_site_is_added(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get(address_of(app, "alpha"))
    page = visitor.send(
        {"site-site": "第二センター", "site-prefecture": "沖縄県", "site-address": "沖縄県架空村一番地"}
    )
    assert "第二センター" in page.text
    with app.app_context():
        assert len(db().scalars(select(Site).where(Site.company_id == company("alpha").id)).all()) == 2


def test_a_company_leaves_on_a_day_that_has_come(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get(address_of(app, "delta"))
    page = visitor.send({"leave-left_on": "2026/12/31", "leave-sure": "1"})
    assert "その日が来てから" in page.text
    page = visitor.send({"leave-left_on": "2026/11/20", "leave-sure": "1"})
    assert "退会" in page.text
    assert "会員資格の終わりを登録しました" in page.text
    with app.app_context():
        assert not company("delta").is_member_on(date(2026, 11, 24))


def test_the_pages_speak_english(app: Flask) -> None:
    visitor = sign_in(app, "manager", language="en")
    for path in ("/companies/", "/companies/?q=aobadai", "/companies/new", address_of(app, "alpha")):
        assert visitor.get(path).status == 200


def kept_away(from_: Company) -> set[uuid.UUID]:
    """The directors whom the register keeps from this company's matters."""
    return {director.id for director in excluded_by_register(from_.id, now())}


def test_clients_and_agencies_are_registered_at_a_page_and_keep_their_directors_from_the_vote(app: Flask) -> None:
    with app.app_context():
        beta = company("beta")
        before = kept_away(beta)
        of_alpha = {person("director_of_alpha").id}
        assert not of_alpha & before
        name, alpha = company("alpha").name_on(now().date()).name, company("alpha").id.hex
    visitor = sign_in(app, "manager")
    visitor.get(address_of(app, "beta"))
    visitor.get(visitor.page.links["委託元・受託先を登録する"])
    wanted = {"relate-other": alpha, "relate-side": "client", "relate-from_": "2026/11/01"}
    page = visitor.send(wanted, action="/relations")
    assert "委託の関係を登録しました" in page.text
    assert name in page.text
    assert "すでに登録されています" in visitor.send(wanted, action="/relations").text
    with app.app_context():
        (related,) = relations_of(company("beta"))
        assert (related.other.id, related.is_client) == (company("alpha").id, True)
        assert of_alpha <= kept_away(beta)
        officer = name_of(person("alpha_officer"))
        relation = related.relation.id.hex
    assert officer in visitor.get(address_of(app, "beta")).text, "with whom joint rules are agreed"
    assert officer not in sign_in(app, "beta_deputy").get(address_of(app, "beta")).text
    visitor.get(f"{address_of(app, 'beta')}/relations")
    ending = {"end-related": relation, "end-last_day": "2026/10/31"}
    assert "始まった日か、それより後" in visitor.send(ending, action="/relations/end").text
    assert "終わりを登録しました" in visitor.send(ending | {"end-last_day": "2026/11/10"}, action="/relations/end").text
    with app.app_context():
        assert kept_away(beta) == before
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == beta.id)))
        assert {"company.relate", "company.end_relation"} <= set(names)


def test_a_company_moves_and_has_another_desk_of_its_own(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get(address_of(app, "alpha"))
    moved = {"entry-prefecture": "沖縄県", "entry-address": "沖縄県架空村二番地", "entry-operator_type": "inhouse"}
    page = visitor.send(moved | {"entry-inside_desk": "働く人の窓口(平日9時から)"})
    assert "沖縄県架空村二番地" in page.text
    assert "働く人の窓口(平日9時から)" in page.text
    assert "エラー" in visitor.send(moved | {"entry-address": ""}).title
    with app.app_context():
        found = company("alpha")
        assert (found.prefecture, found.operator_type) == ("沖縄県", OperatorType.INHOUSE)
        names = list(db().scalars(select(AuditRecord.name).where(AuditRecord.subject_id == found.id)))
        assert names.count("company.change_entry") == 1


def test_a_company_that_was_registered_as_no_member_joins(app: Flask) -> None:
    visitor = sign_in(app, "manager")
    visitor.get("/companies/new")
    page = visitor.send(NEW | {"member_type": "none", "joined_on": ""})
    assert "非会員" in page.text
    assert (
        "今日より後"
        in visitor.send({"join-member_type": "regular", "join-joined_on": "2027/01/01"}, action="/join-again").text
    )
    page = visitor.send({"join-member_type": "regular", "join-joined_on": "2026/11/01"}, action="/join-again")
    assert "入会を登録しました" in page.text
    assert "正会員" in page.text
    with app.app_context():
        (found,) = find_companies("若葉の丘センター")
        assert found.is_member_on(date(2026, 11, 1))
        assert not found.is_member_on(date(2026, 10, 31))
        assert found.member_type is MemberType.REGULAR
