"""The addresses of the evidence of a pledge, for the company that gives it and for whoever reviews it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.attachments import blueprint, pages
from app.attachments.evidence import EvidencePlace, evidence_place
from app.pipeline.access import Writes, asks
from app.pipeline.identity import actor_here
from models.rules.permissions import Permission


def _place(number: str, name: str) -> EvidencePlace:
    return evidence_place(number, name, actor_here())


@blueprint.get("/applications/<number>/pledges/<name>/files")
@asks(Permission.CERTIFICATION_READ)
def evidence_files(number: str, name: str) -> ResponseReturnValue:
    return pages.list_page(_place(number, name))


@blueprint.post("/applications/<number>/pledges/<name>/files")
@asks(Permission.CERTIFICATION_APPLY, writes=Writes.AFTER_READING)
def evidence_give(number: str, name: str) -> ResponseReturnValue:
    return pages.give(lambda: _place(number, name))


@blueprint.get("/applications/<number>/pledges/<name>/files/<attachment_id>")
@asks(Permission.CERTIFICATION_READ)
def evidence_file(number: str, name: str, attachment_id: str) -> ResponseReturnValue:
    return pages.file_page(_place(number, name), attachment_id)


@blueprint.get("/applications/<number>/pledges/<name>/files/<attachment_id>/content")
@asks(Permission.CERTIFICATION_READ)
def evidence_content(number: str, name: str, attachment_id: str) -> ResponseReturnValue:
    return pages.download(_place(number, name), attachment_id)


@blueprint.get("/applications/<number>/pledges/<name>/files/<attachment_id>/picture")
@asks(Permission.CERTIFICATION_READ)
def evidence_picture(number: str, name: str, attachment_id: str) -> ResponseReturnValue:
    return pages.picture(_place(number, name), attachment_id)


@blueprint.post("/applications/<number>/pledges/<name>/files/<attachment_id>/remove")
@asks(Permission.CERTIFICATION_APPLY)
def evidence_remove(number: str, name: str, attachment_id: str) -> ResponseReturnValue:
    return pages.take_away(_place(number, name), attachment_id)
