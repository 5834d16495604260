"""What every answer says to the browser: nothing from elsewhere, nothing kept, nobody told where one came from."""

from __future__ import annotations

from collections.abc import Callable
from wsgiref.headers import Headers

from flask import Response, current_app, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TLS_ALONE = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
_OF_A_PAGE = tuple((name.lower(), (name, value)) for name, value in HEADERS.items())
OF_A_FILE = ("Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Content-Type-Options")


def headers_of_files(*, https: bool) -> Callable[[Headers, str, str], None]:
    """For the files that are served past the application: styles, scripts, pictures."""

    def set_headers_of_a_file(headers: Headers, _path: str, _url: str) -> None:
        for name in OF_A_FILE:
            headers[name] = HEADERS[name]
        if https:
            headers[TLS_ALONE[0]] = TLS_ALONE[1]

    return set_headers_of_a_file


def set_headers(response: Response) -> Response:
    """After each request."""
    # Looked through once: the library's own way looks through all of them anew for each name.
    said = {name.lower() for name, _value in response.headers}
    response.headers.extend([header for key, header in _OF_A_PAGE if key not in said])
    if request.endpoint != "static" and "cache-control" not in said:
        response.headers.add("Cache-Control", "no-store")
    if current_app.config["SERVES_HTTPS"] and TLS_ALONE[0].lower() not in said:
        response.headers.add(*TLS_ALONE)
    if "server" in said:
        del response.headers["Server"]
    return response
