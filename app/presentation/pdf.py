"""A file made for printing, as the answer to a request."""

from __future__ import annotations

from flask import Response, make_response


def as_download(made: bytes, name: str) -> Response:
    """To be saved or printed, under a name of plain letters."""
    response: Response = make_response(made)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
