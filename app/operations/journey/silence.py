"""The company that never answers: reminded, formally requested again and again, put to the board, heard, revoked."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from app.operations.association import read_companies
from app.operations.journey.browser import Browser, RoadBlocked
from app.operations.journey.instance import SILENT, Instance
from app.operations.journey.words import GROUNDS, REASONS
from models.rules.escalation_ladder import Step

HEAD = "head@kikite.example"
MANAGER = "manager@kikite.example"
DIRECTORS = tuple(f"director{number}@kikite.example" for number in range(1, 10))
FILE = re.compile(r"/escalations/(F-[0-9]{4}-[0-9]+)$")
STEPS = ("E1", "E2", "E3", "E4")
ISSUERS = {"E1": MANAGER, "E2": MANAGER, "E3": HEAD, "E4": HEAD}
MOST_WORKING_DAYS = 40
ROW = next(row for row in read_companies() if row["key"] == SILENT)
CERTIFICATE, NAME = ROW["certification"]["number"], ROW["names"][-1]["name"]


def climb(instance: Instance) -> list[str]:
    """Issue each numbered request as soon as the clock has opened it, and wait until it stays unmet."""
    done = []
    for step in STEPS:
        file = _wait_for_step(instance, step)
        manager = instance.signed_in(MANAGER)
        manager.get(f"/escalations/{file}/draft")
        text = manager.page.form_with("text", "version").values["text"][0]
        manager.send({"text": text}, action="/draft")
        issuer = instance.signed_in(ISSUERS[step])
        issuer.get(f"/escalations/{file}/draft")
        issuer.send(action=f"/issue-{step.lower()}")
        done.append(f"{step} issued {instance.now():%Y-%m-%d}")
    return done


def _wait_for_step(instance: Instance, step: str) -> str:
    for _day in range(MOST_WORKING_DAYS):
        manager = instance.signed_in(MANAGER)
        file = _file_of_the_silent(manager)
        if file is not None:
            page = manager.page
            if (
                any(f"/escalations/{file}/draft" in href for href, _words in page.links)
                and f"「{Step(step).ja}」" in page.text
            ):
                return file
        instance.move_working_days(1)
    raise RoadBlocked(f"the ladder did not open {step}")


def _file_of_the_silent(somebody: Browser) -> str | None:
    """The number of the silent company's file, which is then open; others may owe something, too."""
    somebody.get("/escalations/")
    numbers = [found.group(1) for href, _words in somebody.page.links if (found := FILE.search(href))]
    return next((number for number in numbers if NAME in somebody.get(f"/escalations/{number}").text), None)


def put_to_the_board(instance: Instance) -> str:
    """Only when the counter sheet allows it, and only by the head's own act. Gives the item's address."""
    for _day in range(MOST_WORKING_DAYS):
        head = instance.signed_in(HEAD)
        file = _file_of_the_silent(head)
        if any(href.endswith("/proposal") for href, _words in head.page.links):
            head.get(f"/escalations/{file}/counter")
            head.get(f"/escalations/{file}/proposal")
            head.send({"grounds": GROUNDS})
            return head.page.path
        instance.move_working_days(1)
    raise RoadBlocked("the file never became one that may be put before the board")


def hear(instance: Instance, item: str) -> None:
    """The company is given the opportunity to explain, and lets it pass."""
    head = instance.signed_in(HEAD)
    head.get(item)
    head.send(action="/notice")
    instance.move_to(instance.now() + timedelta(days=19))
    instance.move_working_days(1)


def decide(instance: Instance, item: str) -> dict[str, int]:
    """A meeting is called, directors without an interest vote, and the head records the resolution."""
    head = instance.signed_in(HEAD)
    day = instance.now() + timedelta(days=15)
    head.get("/board/meetings/new")
    form = head.page.form_with("day", "start", "mode")
    start = max(value for value in form.offered("start") if value)
    head.send({"day": f"{day:%Y-%m-%d}", "start": start, "mode": "in_person"})
    head.get(item)
    meeting = next(value for value in head.page.form_with("meeting").offered("meeting") if value)
    head.send({"meeting": meeting}, action="/agenda")
    instance.move_to(day.replace(hour=21, minute=0))
    head = instance.signed_in(HEAD)
    head.get(item)
    head.send(action="/opening")
    votes = sum(_vote(instance.signed_in(login), item) for login in DIRECTORS)
    head.get(f"{item}/resolution")
    head.send({"present": str(votes), "reasons": REASONS})
    head.get(item)
    return {"directors": len(DIRECTORS), "voted": votes, "recused": len(DIRECTORS) - votes}


def _vote(director: Browser, item: str) -> int:
    page = director.get("/board/")
    if not any(item.endswith(href) or href == item for href, _words in page.links):
        return 0
    director.get(item)
    if not director.page.has_form("/vote"):
        return 0
    director.send({"option": "revoke"}, action="/vote")
    return 1


def is_listed(instance: Instance) -> bool:
    """Whether the public list holds the silent company, for people and for machines alike.

    While a revocation is published its entry names the company below the list; that is no listing.
    """
    public = instance.browser()
    name = instance.names[SILENT]
    feed = json.loads(public.get("/registry.json").body)
    listed = any(name in json.dumps(entry, ensure_ascii=False) for entry in feed["companies"])
    published = any(name in json.dumps(entry, ensure_ascii=False) for entry in feed["revocations"])
    named, path = 0, "/registry"
    while path:
        page = public.get(path)
        named += page.text.count(name)
        path = next((href for href, _words in page.links if "after=" in href), "")
    if (named > 0) != (listed or published):
        raise RoadBlocked("the list for people and the list for machines do not agree")
    if published and not listed:
        _must_say_not_certified(public)
    return listed


def _must_say_not_certified(public: Browser) -> None:
    """What the mark links to says that it is not certified any more."""
    page = public.get(f"/registry/{CERTIFICATE}")
    if "認定していません" not in page.text:
        raise RoadBlocked(f"the mark's page still speaks of a certification: {page.text[:300]}")


def wait_for_effect(instance: Instance) -> str:
    """Until the objection period is over; gives the day from which the company is off the list."""
    for _day in range(MOST_WORKING_DAYS):
        if not is_listed(instance):
            return f"{instance.now():%Y-%m-%d}"
        instance.move_working_days(1)
    raise RoadBlocked("the silent company is still listed")
