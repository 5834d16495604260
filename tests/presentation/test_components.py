"""Every component on a finished page: sound HTML, joined for screen readers, nothing inline, words in both marks."""

import re
from collections import Counter

import html5lib
import pytest

from tests.presentation.gallery import ROOT, make_gallery

ERRORS = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)
PAGES = ("/public", "/receipt", "/desk", "/letter", *(f"/error/{code}" for code in ERRORS))
JOINS = ("for", "aria-describedby", "aria-labelledby", "data-copy")


@pytest.fixture(scope="module")
def app():
    return make_gallery()


@pytest.fixture
def visitor(app):
    return app.test_client()


def read(response):
    assert response.status_code == 200
    return parsed(response.get_data(as_text=True))


def parsed(text):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def post(visitor, answers):
    page = read(visitor.get("/public"))
    token = page.find(".//input[@name='csrf_token']").get("value")
    return read(visitor.post("/public", data={"csrf_token": token, **answers}))


def words(element):
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def by_id(page, name):
    found = [element for element in page.iter() if element.get("id") == name]
    assert len(found) == 1, f"#{name} stands on the page {len(found)} times"
    return found[0]


def check_page(page):
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    assert not [name for name, count in ids.items() if count > 1]
    for element in page.iter():
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
        for join in JOINS:
            for name in element.get(join, "").split():
                by_id(page, name)
        if element.tag == "a" and element.get("href", "").startswith("#") and len(element.get("href")) > 1:
            by_id(page, element.get("href")[1:])
    headings = page.findall(".//h1")
    assert len(headings) == 1
    title = words(page.find(".//title"))
    assert title.removeprefix("エラー: ").startswith(words(headings[0]))
    assert not page.findall(".//style")
    for script in page.findall(".//script"):
        assert script.get("src", "").startswith("/static/js/")
        assert not words(script)
    assert not re.search(
        r"data:|https?://", "".join(v for e in page.iter() for n, v in e.attrib.items() if n in ("href", "src"))
    )


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_sound_html_with_one_h1_and_nothing_inline(visitor, address):
    check_page(read(visitor.get(address)))


def test_a_page_with_errors_is_as_sound(visitor):
    check_page(
        post(visitor, {"what": "あ" * 201, "harms": ["T1", "T2", "T3"], "day": "きのう", "mail": "x", "people": "0"})
    )


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_whole_in_english_too(visitor, address):
    page = read(visitor.get(f"{address}?language=en"))
    assert page.get("lang") == "en"
    check_page(page)


def test_every_control_has_a_visible_label_that_says_whether_it_must_be_answered(visitor):
    page = read(visitor.get("/public"))
    form = next(form for form in page.findall(".//form") if form.get("class") == "k-form")
    labelled = {label.get("for"): words(label) for label in form.iter("label")}
    inside = {control for label in form.iter("label") for control in label.iter("input")}
    for control in (*form.iter("input"), *form.iter("textarea"), *form.iter("select")):
        if control.get("type") == "hidden":
            continue
        assert control in inside or re.search("※必須|※任意", labelled[control.get("id")])
    assert all(
        re.search("※必須|※任意", words(legend)) for legend in form.iter("legend") if legend.get("class") == "k-label"
    )


def test_an_error_is_told_in_the_title_the_summary_and_at_the_field_in_the_same_words(visitor):
    page = post(visitor, {"what": ""})
    assert words(page.find(".//title")).startswith("エラー: ")
    summary = page.find(".//*[@role='alert']")
    order = list(page.iter())
    assert order.index(summary) < order.index(page.find(".//h1"))
    links = {link.get("href"): words(link) for link in summary.iter("a")}
    assert set(links) == {"#what", "#harms", "#company", "#read"}
    for href, said in links.items():
        control = by_id(page, href[1:])
        assert control.tag in {"input", "textarea", "select"}
        assert control.get("aria-invalid") == "true"
        error = words(by_id(page, f"{href[1:]}-error"))
        assert error.startswith("＊")
        assert error.endswith(said)


def test_the_error_is_read_before_the_hint(visitor):
    page = post(visitor, {"what": ""})
    assert by_id(page, "what").get("aria-describedby") == "what-error what-hint"


def test_a_page_without_errors_has_no_summary(visitor):
    page = read(visitor.get("/public"))
    assert page.find(".//*[@role='alert']") is None
    assert not words(page.find(".//title")).startswith("エラー")


def test_what_was_typed_comes_back_except_the_password(visitor):
    typed = "<b>\n\n\"引用\" & 'もう一つ'"
    page = post(
        visitor,
        {"what": typed, "nickname": '"><script>', "password": "secret-words-here", "place": "P2", "company": "c2"},
    )
    assert by_id(page, "what").text == typed
    assert by_id(page, "nickname").get("value") == '"><script>'
    assert by_id(page, "password").get("value") == ""
    assert [box.get("value") for box in page.findall(".//input[@name='place']") if box.get("checked") is not None] == [
        "P2"
    ]
    assert [option.get("value") for option in page.findall(".//option") if option.get("selected") is not None] == ["c2"]


def test_a_text_that_begins_with_a_newline_keeps_what_follows(app):
    with app.test_request_context("/"):
        source = "{% from 'components/page.html' import typed_text %}{{ typed_text('一', '\n二', 'x') }}"
        assert (
            html5lib.parseFragment(app.jinja_env.from_string(source).render(), namespaceHTMLElements=False)
            .find(".//textarea")
            .text
            == "\n二"
        )


def test_a_missing_value_is_an_error_and_never_an_empty_place(app):
    with app.test_request_context("/"), pytest.raises(Exception, match="undefined"):
        app.jinja_env.from_string("{{ nothing_of_this_name }}").render()


def test_error_pages_need_neither_session_nor_database_and_hand_the_typed_text_back(visitor):
    for code in ERRORS:
        response = visitor.get(f"/error/{code}")
        assert "Set-Cookie" not in response.headers
        if code not in {405, 413}:
            assert "二行目です。" in response.get_data(as_text=True), code


def test_pages_about_not_storing_say_so_first(visitor):
    for code in (400, 413, 500, 503):
        assert "保存されていません" in visitor.get(f"/error/{code}").get_data(as_text=True)


def test_private_pages_ask_not_to_be_indexed_and_send_no_referrer(visitor):
    page = read(visitor.get("/receipt"))
    assert page.find(".//meta[@name='robots']").get("content") == "noindex, nofollow"
    assert page.find(".//meta[@name='referrer']").get("content") == "no-referrer"


def test_no_page_uses_a_component_class_of_its_own():
    own = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if path.parent.name not in {"components", "layouts"}
        and path.name != "base.html"
        and re.search(r"\bclass=", path.read_text())
    ]
    assert not own, "put the markup into templates/components/ and use the macro"
