"""The page on which a company has published its policy: what a look at it found, and when it is looked at again.

Nothing follows from a look by itself: its result is dated and shown, and a person asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network
from urllib.parse import urlsplit

from models.rules.dated import row_at
from models.rules.labelled import Labelled


class PageFound(Labelled):
    """What a look at the page came to."""

    # fmt: off
    THERE        = "there",        "ページがあります",                         "The page is there"
    NOT_THERE    = "not_there",    "ページが見つかりません",                   "There is no such page"
    REFUSED      = "refused",      "ページが表示を断りました",                 "The page was refused"
    FAILED       = "failed",       "相手のサーバーでエラーが起きています",     "The other server failed"
    NO_NAME      = "no_name",      "アドレスの名前が見つかりません",           "There is no server of that name"
    NO_ANSWER    = "no_answer",    "時間内に答えがありません",                 "No answer in time"
    NOT_TRUSTED  = "not_trusted",  "証明書を確かめられません",                 "The certificate could not be verified"
    NOT_PUBLIC   = "not_public",   "公開の場所ではないため、開いていません",   "Not a public place; it was not opened"
    TURNS        = "turns",        "転送が多すぎます",                         "Too many redirects"
    NO_ADDRESS   = "no_address",   "ページのアドレスとして読めません",         "Not an address of a page"
    # fmt: on


def found_by_status(status: int) -> PageFound:
    """What an answer of a server says."""
    if status in range(200, 300):
        return PageFound.THERE
    if status in {404, 410}:
        return PageFound.NOT_THERE
    return PageFound.FAILED if status >= 500 else PageFound.REFUSED  # noqa: PLR2004 - the class of a server's failures


@dataclass(frozen=True, slots=True)
class PageCheckPolicy:
    """How often a page is looked at, and how long and how much of it, from a day on."""

    version: str
    valid_from: date
    every_days: int
    again_after_failure_days: int
    seconds: float
    bytes_at_most: int
    redirects_at_most: int


# A change is a new row with its own day; a row that has been in force is never edited.
PAGE_CHECK_POLICIES: tuple[PageCheckPolicy, ...] = (
    PageCheckPolicy(
        version="2026-11",
        valid_from=date(2025, 10, 1),
        every_days=30,
        again_after_failure_days=3,
        seconds=10.0,
        bytes_at_most=1_000_000,
        redirects_at_most=3,
    ),
)


def page_check_policy_at(moment: datetime, policies: Iterable[PageCheckPolicy] = PAGE_CHECK_POLICIES) -> PageCheckPolicy:
    """The row in force at a moment."""
    return row_at(moment, policies)


def look_again_at(found: PageFound, *, checked_at: datetime, policy: PageCheckPolicy) -> datetime:
    """When a page is looked at the next time: sooner where it was not there."""
    days = policy.every_days if found is PageFound.THERE else policy.again_after_failure_days
    return checked_at + timedelta(days=days)


PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 300
# Whatever the library of this Python holds for global: special blocks, and addresses that carry another one.
_NOT_OF_THE_PUBLIC_NETWORK = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
        "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
        "fec0::/10",
    )
)  # fmt: skip


def is_address_of_a_page(address: str) -> bool:
    """Whether this is a plain address of a page: no name and password, the usual port, nothing that is no text."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in PORTS
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and port in {None, PORTS.get(parts.scheme)}
        and len(address) <= LONGEST_ADDRESS
        and not any(sign.isspace() or ord(sign) < ord(" ") for sign in address)
    )


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public network: nothing of this machine, of its neighbours or of a provider."""
    inner = getattr(ip, "ipv4_mapped", None)
    if inner is not None:
        return is_public(inner)
    if any(ip in block for block in _NOT_OF_THE_PUBLIC_NETWORK if block.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local)
