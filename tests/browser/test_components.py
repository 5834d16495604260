"""The components in a real browser, on a phone and on a desk, under the strict content policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.presentation.gallery import make_gallery
from tests.support.serving import serving

PAGES = ("public", "receipt", "desk", "letter", "error/409", "error/503")
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def site():
    with serving(make_gallery()) as address:
        yield address


def test_no_page_breaks_the_policy_or_runs_off_a_phones_edge(site, browser):
    page = browser.new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for name in PAGES:
            page.goto(f"{site}/{name}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
    assert not complaints
    page.close()


def test_an_accessibility_checker_finds_nothing(site, browser):
    # The checker is put into the page, which the policy rightly forbids.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for name in PAGES:
            page.goto(f"{site}/{name}")
            found = [violation["id"] for violation in Axe().run(page).response["violations"]]
            assert not found, (name, width)
    context.close()


def test_after_an_error_the_summary_has_the_focus_and_leads_to_the_field(site, browser):
    page = browser.new_page()
    page.goto(f"{site}/public")
    page.get_by_role("button", name="確認へ進む").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="何があったかを入力してください。").click()
    expect(page.locator("#what")).to_be_focused()
    page.close()


def test_the_counter_counts_as_the_server_does(site, browser):
    page = browser.new_page()
    page.goto(f"{site}/public")
    page.locator("#what").fill("一\n二👍" + "あ" * 199)
    expect(page.get_by_text("3文字超えています").first).to_be_visible()
    page.close()


def test_leaving_takes_the_page_out_of_the_way_back(site, browser):
    page = browser.new_page()
    page.goto(f"{site}/letter")
    page.goto(f"{site}/receipt")
    page.get_by_role("link", name="すぐに離れる").click()
    page.wait_for_url("**/leave")
    page.go_back()
    expect(page).to_have_url(f"{site}/letter")
    page.close()


def test_every_page_works_without_scripts(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/receipt")
    expect(page.get_by_role("button", name="コードをコピーする")).to_be_hidden()
    page.goto(f"{site}/public")
    page.get_by_role("button", name="確認へ進む").click()
    expect(page.get_by_role("link", name="何があったかを入力してください。")).to_be_visible()
    page.get_by_role("link", name="すぐに離れる").click()
    expect(page).to_have_url(f"{site}/leave")
    context.close()
