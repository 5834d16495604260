"""The browser that the other tests of this folder lean on starts, draws Japanese and reaches nothing outside."""

import pytest
from playwright.sync_api import Error

from app.language.routes import NEUTRAL_PAGE


def test_a_page_in_japanese_is_drawn_and_can_be_used(browser):
    page = browser.new_page()
    page.set_content("<!doctype html><html lang='ja'><title>窓口</title><label>相談 <input></label></html>")
    page.get_by_label("相談").fill("お客様の言動について")
    assert page.title() == "窓口"
    assert page.get_by_label("相談").input_value() == "お客様の言動について"
    page.close()


def test_an_address_outside_this_machine_is_not_found(browser):
    page = browser.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(NEUTRAL_PAGE)
    page.close()
