"""What stands at the edge of every answer, whoever asks and by whatever way."""

from __future__ import annotations

import json
from wsgiref.headers import Headers

import pytest
from flask import Flask

from app.pipeline.headers import headers_of_files
from tests.support.visitor import sign_in

A_YEAR = "max-age=31536000; includeSubDomains"


def test_with_tls_everything_asks_for_tls_for_a_year(app: Flask):
    app.config["SERVES_HTTPS"] = True
    try:
        for path in ("/", "/sign-in", "/registry.json", "/nowhere"):
            answer = app.test_client().get(path, base_url="https://localhost")
            assert answer.headers["Strict-Transport-Security"] == A_YEAR, path
    finally:
        app.config["SERVES_HTTPS"] = False
    # Styles and scripts are served before the application is asked.
    for https in (True, False):
        headers = Headers([])
        headers_of_files(https=https)(headers, "", "")
        assert headers["Strict-Transport-Security"] == (A_YEAR if https else None)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/nowhere", "text/html; charset=utf-8"),
        ("/registry.json", "application/json"),
        ("/registry/keys.json", "application/json"),
        ("/registry/KC-2025-0001/mark.svg", "image/svg+xml"),
        ("/healthz", "text/plain; charset=utf-8"),
        ("/static/js/counter.js", "text/javascript"),
    ],
)
def test_every_kind_of_answer_names_its_type_and_its_signs(app: Flask, path: str, kind: str):
    with app.test_client().get(path) as answer:
        assert answer.headers["Content-Type"].startswith(kind)


def test_what_a_stranger_writes_into_headers_of_proxies_changes_nothing(app: Flask):
    """No address of a proxy is trusted for anything: neither where one is sent to, nor what stands on a page."""
    forged = {
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Prefix": "/elsewhere",
        "X-Original-URL": "/people/",
        "X-Rewrite-URL": "/people/",
        "Forwarded": "for=203.0.113.9;host=elsewhere.example",
    }
    for path in ("/", "/sign-in", "/people/", "/registry"):
        plain, told = app.test_client().get(path), app.test_client().get(path, headers=forged)
        assert told.status_code == plain.status_code, path
        assert told.headers.get("Location") == plain.headers.get("Location")
        assert b"elsewhere" not in told.data
        assert "elsewhere" not in str(told.headers)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_what_is_no_method_of_an_address_is_refused(app: Flask, method: str):
    for path in ("/", "/sign-in", "/mailbox", "/desk/", "/registry.json", "/static/js/counter.js"):
        answer = app.test_client().open(path, method=method, headers={"X-Said": "unheard"})
        assert answer.status_code == 405, path
        assert b"unheard" not in answer.data


@pytest.mark.parametrize(
    "path", ["/static/", "/static", "/static/js/", "/static/../config.py", "/static/%2e%2e/config.py"]
)
def test_no_folder_is_listed_and_nothing_but_styles_scripts_and_pictures_is_served(app: Flask, path: str):
    answer = app.test_client().get(path)
    assert answer.status_code in {404, 400}
    assert b"upload_progress.js" not in answer.data
    assert b"KIKITE_" not in answer.data


def test_what_is_refused_is_logged_by_the_pages_name_and_no_person(app: Flask, capsys: pytest.CaptureFixture[str]):
    counselor = sign_in(app, "counselor")
    capsys.readouterr()
    counselor.client.get("/people/")
    counselor.client.get("/desk/K-2222-2222")
    counselor.client.post("/desk/K-2222-2222/note", data={"csrf_token": "forged", "note": "秘密の言葉を書きました"})
    app.test_client().post("/people/new", data={"csrf_token": "forged"})
    counselor.client.get("/nowhere/at/all")
    said = capsys.readouterr().out
    logged = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [(one["status"], one["endpoint"], one["kind"]) for one in logged if one["event"] == "refused"] == [
        (403, "people.overview", "counselor"),
        (404, "cases.case", "counselor"),
        (400, "cases.note", "nobody"),
        (400, "people.register", "nobody"),
    ]
    assert "秘密" not in said
    assert "kikite.example" not in said
    assert "K-2222" not in said
