"""On a phone a long menu is one row that says where one is; on a desk it stands open. Neither needs a script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_keyboard_and_language import tab_to
from tests.support.watched import DESK, PHONE, Opens, Watched

WORDS = {"ja": ("メニュー", "メニュー いまの場所: 相談"), "en": ("Menu", "Menu You are in: Consultations")}
ROW = 44
MOST_OF_A_WINDOW = 0.3
"""How much of a phone's window the head may take before anything of the page is seen."""


def as_read_out(watched: Watched, selector: str) -> dict[str, Any]:
    """What a screen reader is told of this: its name, and whether it is open."""
    session = watched.page.context.new_cdp_session(watched.page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    found = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    node = session.send("Accessibility.getPartialAXTree", {"nodeId": found, "fetchRelatives": False})["nodes"][0]
    session.detach()
    expanded = [one["value"]["value"] for one in node.get("properties", []) if one["name"] == "expanded"]
    return {"name": " ".join(node["name"]["value"].split()), "expanded": expanded == [True]}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_the_desk_reads_its_page_first_and_opens_the_menu_with_the_keyboard(
    opens: Opens, language: str, *, scripts: bool
) -> None:
    hers = opens(PHONE, scripts=scripts)
    hers.sign_in("head")
    if language == "en":
        hers.press("English")
    page, (word, whole) = hers.page, WORDS[language]
    lines, opener = page.locator(".k-nav ul a"), page.locator(".k-nav summary")
    assert lines.count() > 10
    expect(lines.first).to_be_hidden()
    head = page.locator(".k-header").bounding_box()
    assert head is not None
    assert head["height"] < PHONE[1] * MOST_OF_A_WINDOW, "the page begins where it is seen"
    assert as_read_out(hers, ".k-nav summary") == {"name": whole, "expanded": False}
    tab_to(page, tag="summary", words=word)
    page.keyboard.press("Enter")
    assert as_read_out(hers, ".k-nav summary") == {"name": whole, "expanded": True}
    boxes = [lines.nth(place).bounding_box() for place in range(lines.count())]
    assert all(box and box["height"] >= ROW for box in [*boxes, opener.bounding_box()])
    assert not hers.runs_over()
    first = lines.first.inner_text()
    assert [at["words"] for at in tab_to(page, tag="a")] == [first], "after the row comes the first line"
    tab_to(page, tag="a", words=lines.nth(1).inner_text())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(lines.first).to_be_hidden()
    expect(page.locator(".k-nav__here")).to_contain_text(page.locator(".k-nav [aria-current]").text_content() or "?")


def test_a_wide_window_shows_every_line_and_no_row_before_them(opens: Opens) -> None:
    hers = opens(DESK, scripts=False)
    hers.sign_in("head")
    expect(hers.page.locator(".k-nav summary")).to_be_hidden()
    lines = hers.page.locator(".k-nav ul a")
    for line in lines.all():
        expect(line).to_be_visible()
    passed = tab_to(hers.page, tag="a", words=lines.first.inner_text())
    assert "summary" not in {at["tag"] for at in passed}


def test_a_menu_of_a_few_lines_is_not_folded(opens: Opens) -> None:
    hers = opens(PHONE, scripts=False)
    hers.sign_in("adviser")
    lines = hers.page.locator(".k-nav ul a")
    assert 0 < lines.count() <= 4
    assert hers.page.locator(".k-nav summary").count() == 0
    for line in lines.all():
        expect(line).to_be_visible()


def test_nobody_who_writes_a_consultation_waits_for_the_desks_sheet(opens: Opens) -> None:
    worker = opens(PHONE, scripts=False)
    asked: list[str] = []
    worker.page.on("request", lambda request: asked.append(request.url))
    worker.open("/consult")
    assert [url for url in asked if ".css" in url]
    assert not [url for url in asked if "desk" in url and ".css" in url]
