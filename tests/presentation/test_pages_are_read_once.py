"""A page that was read in this run is not read again, and not one fault is overlooked for it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree.ElementTree import tostring

import html5lib
import pytest

from tests.support import strict_reading
from tests.support.strict_reading import FOLDER, read_strictly

PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>案件 {number}</title></head>
<body><main><h1>案件 {number}</h1><p class="lead-2" id="case-{number}">受付 2026年11月24日 &amp; {number}。{token}</p>
<form method="post" action="/desk/{number}/note?back={token}"><input type="hidden" name="csrf_token" value="{token}">
<textarea name="note" maxlength="2000">
{token} と書きました</textarea><button>送る</button></form><!-- {token} --></main></body></html>
"""
FIRST = PAGE.format(number="KK-7F3A9C", token="ImQ3Zj.aQ9_x-Zk1")
SECOND = PAGE.format(number="KK-22B0D1", token="x1")
THIRD = PAGE.format(number="KK-90AACE", token="Zm9v8YmFy.b-_4")
FAULTS = {
    "</p>": "</p></p>",
    "</h1>": "",
    "<main>": "<main><div>",
    ' id="case-KK-90AACE"': ' id="case-KK-90AACE" id="case-KK-90AACE"',
    ' class="lead-2"': " data-lead-2 data-lead-2",
    "&amp; KK": "&copyKK1234 KK",
    "&amp;": "&#x110000;",
    "<button>": "<button1234>",
    "<textarea ": '<textarea data-90abcd="1" data-90abcd="2" ',
    'value="Zm9v8YmFy.b-_4"': "value=\"Zm9v8YmFy.b-_4'",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    return tmp_path


def read_by_itself(html: str) -> tuple[str, list[tuple[tuple[int, int], str]]]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    return tostring(root, "unicode"), [(place, code) for place, code, _ in parser.errors]


def test_what_is_kept_becomes_the_same_page_as_if_it_were_read(folder: Path, monkeypatch: pytest.MonkeyPatch):
    first, faults = read_strictly(FIRST)
    assert (tostring(first, "unicode"), faults) == read_by_itself(FIRST)
    monkeypatch.setattr(strict_reading, "_read", None)
    for html in (FIRST, THIRD, FIRST):
        root, faults = read_strictly(html)
        assert (tostring(root, "unicode"), faults) == read_by_itself(html)
    assert len(list(folder.iterdir())) == 1


def test_a_page_of_another_make_is_read(folder: Path):
    read_strictly(FIRST)
    root, faults = read_strictly(SECOND)
    assert (tostring(root, "unicode"), faults) == read_by_itself(SECOND)
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("right", FAULTS)
def test_a_fault_is_found_each_time_though_its_page_was_right_before(folder: Path, right: str):
    read_strictly(FIRST)
    wrong = THIRD.replace(right, FAULTS[right], 1)
    assert wrong != THIRD
    for _ in range(2):
        root, faults = read_strictly(wrong)
        assert (tostring(root, "unicode"), faults) == read_by_itself(wrong)
        assert faults
    assert len(list(folder.iterdir())) == 1


def test_several_that_read_the_same_page_at_once_do_not_write_over_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = threading.Barrier(4)
    read = strict_reading._read

    def wait_for_each_other(html: str):
        try:
            return read(html)
        finally:
            everybody_has_read.wait(timeout=30)

    monkeypatch.setattr(strict_reading, "_read", wait_for_each_other)
    with ThreadPoolExecutor(4) as readers:
        pages = list(readers.map(read_strictly, [FIRST] * 4))
    assert [(tostring(root, "unicode"), faults) for root, faults in pages] == [read_by_itself(FIRST)] * 4
    assert len(list(folder.iterdir())) == 1
