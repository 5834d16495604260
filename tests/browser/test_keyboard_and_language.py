"""The form without a mouse, at the edge of the phone, and in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.watched import DESK, PHONE, Opens

STORY = "夜勤の終わりに、同じお客様から二時間続けて怒鳴られました。"
MOST_STEPS = 150
FOCUS = """
() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  return {
    tag: at.tagName.toLowerCase(), type: at.type || "", name: at.name || "", words: at.innerText || "", id: at.id,
    visible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    ring: style.outlineStyle !== "none" || style.boxShadow !== "none",
  };
}
"""


def tab_to(page: Page, **wanted: str) -> list[dict[str, str]]:
    """Press Tab until the focus stands on this; everything it stood on meanwhile. Each place is seen and marked."""
    passed: list[dict[str, str]] = []
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        assert at["visible"], f"the focus is where nobody sees it: {at}"
        assert at["ring"], f"nothing shows where the focus is: {at}"
        passed.append(at)
        if all(value in at[key] for key, value in wanted.items()):
            return passed
    raise AssertionError(
        f"no Tab leads to {wanted}; passed {[(at['tag'], at['name'] or at['words']) for at in passed]}"
    )


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_a_consultation_is_written_and_sent_with_the_keyboard_alone(opens: Opens, window: tuple[int, int]):
    worker = opens(window)
    page = worker.open("/consult")
    skip = tab_to(page, tag="a")[0]
    assert skip["words"] == "本文へ進む", "the first stop leads past the head of the page"
    every = set(page.evaluate("[...document.querySelectorAll('main form [name]:not([type=hidden])')].map(f => f.name)"))
    tab_to(page, name="text")
    page.keyboard.insert_text(STORY)
    reached = {"text"}
    while reached != every:
        at = tab_to(page)[-1]
        reached.add(at["name"])
        if at["tag"] == "summary":
            page.keyboard.press("Enter")
        elif at["name"] == "channel":
            page.keyboard.press("ArrowDown")
        elif (
            at["id"].startswith("impacts")
            and "impacts" in reached
            and not page.locator("[name=impacts]:checked").count()
        ):
            page.keyboard.press("Space")
        elif at["words"] == "確認へ進む":
            raise AssertionError(f"the button comes before {every - reached}")
        reached.discard("")
    assert page.locator("[name=channel]").input_value()
    assert page.locator("[name=impacts]:checked").count() == 1
    tab_to(page, words="確認へ進む")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, words="この内容で送信する")
    with page.expect_navigation():
        page.keyboard.press("Space")
    expect(page.locator("#receipt-code")).to_be_visible()


def test_errors_are_gathered_announced_and_lead_to_their_fields(opens: Opens):
    worker = opens(PHONE)
    page = worker.open("/consult")
    page.get_by_label("つらさについて、書いておきたいこと").fill("眠れません。")
    worker.press("確認へ進む")
    assert page.title().startswith("エラー: ")
    summary = page.get_by_role("alert")
    assert summary.evaluate("summary => summary === document.activeElement")
    links = summary.get_by_role("link")
    assert links.count() == 2
    for place in range(links.count()):
        page.evaluate("scrollTo(0, 0)")
        links.nth(place).focus()
        words = links.nth(place).inner_text()
        page.keyboard.press("Enter")
        field = page.locator(":focus")
        assert field.get_attribute("aria-invalid") == "true"
        described = " ".join(f"#{one}" for one in (field.get_attribute("aria-describedby") or "").split()[:1])
        assert words in page.locator(described).inner_text(), "the field itself says what is wrong"
    assert page.get_by_label("つらさについて、書いておきたいこと").input_value() == "眠れません。"
    assert not worker.runs_over()


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_the_form_comes_in_english_for_somebody_without_an_account(opens: Opens, *, scripts: bool):
    worker = opens(PHONE, scripts=scripts)
    page = worker.open("/consult")
    assert page.locator("html").get_attribute("lang") == "ja"
    worker.press("English")
    assert worker.path == "/consult"
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("[name=text]").fill("The same customer shouted at me for two hours.")
    for _page in ("check", "receipt"):
        with page.expect_navigation():
            page.locator("main form button").first.click()
        assert page.locator("html").get_attribute("lang") == "en"
        assert not worker.runs_over()
    expect(page.locator("#receipt-code")).to_be_visible()
    worker.press("日本語")
    assert page.locator("html").get_attribute("lang") == "ja"
