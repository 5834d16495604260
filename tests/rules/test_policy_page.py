"""Which addresses are a page of the public network, what an answer says, and when a page is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from models.rules.policy_page import (
    PAGE_CHECK_POLICIES,
    PageFound,
    found_by_status,
    is_address_of_a_page,
    is_public,
    look_again_at,
)

POLICY = PAGE_CHECK_POLICIES[0]


@pytest.mark.parametrize("inside", [
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
    # Addresses that carry another one.
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:a00:1::1",
])  # fmt: skip
def test_nothing_of_this_machine_or_its_neighbours_is_public(inside):
    assert not is_public(ip_address(inside))


@pytest.mark.parametrize("outside", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_network_is_public(outside):
    assert is_public(ip_address(outside))


@pytest.mark.parametrize(("address", "is_one"), [
    ("https://alpha.example/policy", True),
    ("http://alpha.example", True),
    ("https://alpha.example:443/policy?page=1", True),
    ("https://例え.example/方針", True),
    ("https://alpha.example:8443/policy", False),
    ("http://alpha.example:22/", False),
    ("https://user:word@alpha.example/", False),
    ("https://alpha.example@beta.example/", False),
    ("ftp://alpha.example/", False),
    ("file:///data", False),
    ("javascript:alert(1)", False),
    ("alpha.example/policy", False),
    ("https:///policy", False),
    ("https://alpha.example:port/", False),
    ("https://alpha.example/a b", False),
    ("https://alpha.example/a\r\nX-Header: 1", False),
    ("https://[::1", False),
    ("https://alpha.example/" + "a" * 300, False),
    ("", False),
])  # fmt: skip
def test_an_address_of_a_page_is_plain(address, is_one):
    assert is_address_of_a_page(address) is is_one


@pytest.mark.parametrize(("status", "found"), [
    (200, PageFound.THERE), (204, PageFound.THERE), (404, PageFound.NOT_THERE), (410, PageFound.NOT_THERE),
    (403, PageFound.REFUSED), (429, PageFound.REFUSED), (304, PageFound.REFUSED), (500, PageFound.FAILED),
    (503, PageFound.FAILED),
])  # fmt: skip
def test_an_answer_is_told_by_its_number(status, found):
    assert found_by_status(status) is found


def test_a_page_that_was_not_there_is_looked_at_sooner():
    at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert look_again_at(PageFound.THERE, checked_at=at, policy=POLICY) == at + timedelta(days=30)
    assert look_again_at(PageFound.NOT_THERE, checked_at=at, policy=POLICY) == at + timedelta(days=3)
