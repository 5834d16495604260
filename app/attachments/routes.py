"""The addresses of files, in the mailbox, at the desk and in the office; each says what it asks for."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.attachments import blueprint, evidence_routes, pages
from app.attachments.places import Place, desk_place, office_place, own_place
from app.pipeline.access import Writes, asks
from app.pipeline.identity import actor_here
from models.rules.permissions import Permission

__all__ = ["evidence_routes"]


def _own(permission: Permission) -> Place:
    return own_place(actor_here(), permission)


def _desk(number: str, permission: Permission) -> Place:
    return desk_place(number, actor_here(), permission, reason=request.args.get("reason"))


def _office(reference: str, permission: Permission) -> Place:
    return office_place(reference, actor_here(), permission)


@blueprint.get("/mailbox/files")
@asks(Permission.MAILBOX_READ)
def own_files() -> ResponseReturnValue:
    return pages.list_page(_own(Permission.MAILBOX_READ))


@blueprint.post("/mailbox/files")
@asks(Permission.MAILBOX_WRITE, writes=Writes.AFTER_READING)
def own_give() -> ResponseReturnValue:
    return pages.give(lambda: _own(Permission.MAILBOX_WRITE))


@blueprint.get("/mailbox/files/<attachment_id>")
@asks(Permission.MAILBOX_READ)
def own_file(attachment_id: str) -> ResponseReturnValue:
    return pages.file_page(_own(Permission.MAILBOX_READ), attachment_id)


@blueprint.get("/mailbox/files/<attachment_id>/content")
@asks(Permission.MAILBOX_READ)
def own_content(attachment_id: str) -> ResponseReturnValue:
    return pages.download(_own(Permission.MAILBOX_READ), attachment_id)


@blueprint.get("/mailbox/files/<attachment_id>/picture")
@asks(Permission.MAILBOX_READ)
def own_picture(attachment_id: str) -> ResponseReturnValue:
    return pages.picture(_own(Permission.MAILBOX_READ), attachment_id)


@blueprint.post("/mailbox/files/<attachment_id>/remove")
@asks(Permission.MAILBOX_WRITE)
def own_remove(attachment_id: str) -> ResponseReturnValue:
    return pages.take_away(_own(Permission.MAILBOX_WRITE), attachment_id)


@blueprint.post("/mailbox/files/<attachment_id>/decide")
@asks(Permission.MAILBOX_CONSENT)
def own_decide(attachment_id: str) -> ResponseReturnValue:
    return pages.decide_page(_own(Permission.MAILBOX_CONSENT), attachment_id)


@blueprint.get("/cases/<number>/files")
@asks(Permission.CASE_READ)
def desk_files(number: str) -> ResponseReturnValue:
    return pages.list_page(_desk(number, Permission.CASE_READ))


@blueprint.post("/cases/<number>/files")
@asks(Permission.CASE_ATTACH, writes=Writes.AFTER_READING)
def desk_give(number: str) -> ResponseReturnValue:
    return pages.give(lambda: _desk(number, Permission.CASE_ATTACH))


@blueprint.get("/cases/<number>/files/<attachment_id>")
@asks(Permission.CASE_READ)
def desk_file(number: str, attachment_id: str) -> ResponseReturnValue:
    return pages.file_page(_desk(number, Permission.CASE_READ), attachment_id)


@blueprint.get("/cases/<number>/files/<attachment_id>/content")
@asks(Permission.CASE_READ)
def desk_content(number: str, attachment_id: str) -> ResponseReturnValue:
    return pages.download(_desk(number, Permission.CASE_READ), attachment_id)


@blueprint.get("/cases/<number>/files/<attachment_id>/picture")
@asks(Permission.CASE_READ)
def desk_picture(number: str, attachment_id: str) -> ResponseReturnValue:
    return pages.picture(_desk(number, Permission.CASE_READ), attachment_id)


@blueprint.post("/cases/<number>/files/<attachment_id>/remove")
@asks(Permission.CASE_ATTACH)
def desk_remove(number: str, attachment_id: str) -> ResponseReturnValue:
    return pages.take_away(_desk(number, Permission.CASE_ATTACH), attachment_id)


@blueprint.post("/cases/<number>/files/<attachment_id>/offer")
@asks(Permission.CASE_PREPARE_COPY)
def desk_offer(number: str, attachment_id: str) -> ResponseReturnValue:
    return pages.offer_page(_desk(number, Permission.CASE_PREPARE_COPY), attachment_id)


@blueprint.get("/office/<reference>/files")
@asks(Permission.RESPONSE_READ)
def office_files(reference: str) -> ResponseReturnValue:
    return pages.list_page(_office(reference, Permission.RESPONSE_READ))


@blueprint.post("/office/<reference>/files")
@asks(Permission.RESPONSE_REPORT, writes=Writes.AFTER_READING)
def office_give(reference: str) -> ResponseReturnValue:
    return pages.give(lambda: _office(reference, Permission.RESPONSE_REPORT))


@blueprint.get("/office/<reference>/files/<attachment_id>")
@asks(Permission.RESPONSE_READ)
def office_file(reference: str, attachment_id: str) -> ResponseReturnValue:
    return pages.file_page(_office(reference, Permission.RESPONSE_READ), attachment_id)


@blueprint.get("/office/<reference>/files/<attachment_id>/content")
@asks(Permission.RESPONSE_READ)
def office_content(reference: str, attachment_id: str) -> ResponseReturnValue:
    return pages.download(_office(reference, Permission.RESPONSE_READ), attachment_id)


@blueprint.get("/office/<reference>/files/<attachment_id>/picture")
@asks(Permission.RESPONSE_READ)
def office_picture(reference: str, attachment_id: str) -> ResponseReturnValue:
    return pages.picture(_office(reference, Permission.RESPONSE_READ), attachment_id)


@blueprint.post("/office/<reference>/files/<attachment_id>/remove")
@asks(Permission.RESPONSE_REPORT)
def office_remove(reference: str, attachment_id: str) -> ResponseReturnValue:
    return pages.take_away(_office(reference, Permission.RESPONSE_REPORT), attachment_id)
