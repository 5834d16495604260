"""The same Office document as other programs write it, or as somebody writes it who wants to get past the cleaning."""

from __future__ import annotations

import pytest

from models.rules.attachments import FileRefusal
from tests.app.attachments.test_open_documents import cleaned, refusal_of
from tests.support.files import AUTHOR, CORE, FAR_AWAY, LINK, office, unpacked

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
RELS = "word/_rels/document.xml.rels"


def relations(relation: str, more: str = "") -> dict[str, bytes]:
    return {RELS: f"<Relationships{more}>{relation}</Relationships>".encode()}


@pytest.mark.parametrize(
    "extra",
    [
        relations(f"<Relationship Id='a' Type='{RELATION}/image' Target='{FAR_AWAY}' TargetMode='External'/>"),
        relations(f'<Relationship Id=">" Type="{RELATION}/image" Target="{FAR_AWAY}" TargetMode="External"/>'),
        relations(f'<p:Relationship Id="a" Type="{RELATION}/image" Target="{FAR_AWAY}" TargetMode="External"/>'),
        relations(f'<Relationship Id="a" Type="{RELATION}/image" Target="{FAR_AWAY}" TargetMode="&#69;xternal"/>'),
        relations(f'<Relationship Id="a" Type="{RELATION}/image" Target="{FAR_AWAY}" TargetMode = "External"/>'),
        relations(f'<Relationship Id="a" Type="{RELATION}/image" Target="{FAR_AWAY}"/>'),
        relations(
            f'<Relationship Id="/hyperlink" Type="{RELATION}/attachedTemplate" Target="{FAR_AWAY}" '
            f'TargetMode="External" Note="/hyperlink"/>'
        ),
        relations(
            f'<Relationship Id="a" Type="{RELATION}/hyperlink" Target="file://{FAR_AWAY}" TargetMode="External"/>'
        ),
    ],
)
def test_nothing_far_away_is_fetched_however_it_is_written(extra: dict[str, bytes]) -> None:
    body, findings = cleaned(office(extra=extra))
    assert findings.is_clean
    assert FAR_AWAY.encode() not in unpacked(body)


def test_a_link_that_a_person_follows_stays() -> None:
    extra = relations(f"<Relationship Id='a' Type='{RELATION}/hyperlink' Target='{LINK}' TargetMode='External'/>")
    assert LINK.encode() in unpacked(cleaned(office(extra=extra))[0])


@pytest.mark.parametrize(
    "extra",
    [
        {
            "_rels/.rels": (
                f'<Relationships><Relationship Id="a" Type="{CORE_RELATION}" '
                'Target="/package/services/metadata/core-properties/0f.psmdcp"/></Relationships>'
            ).encode(),
            "package/services/metadata/core-properties/0f.psmdcp": CORE.encode(),
        },
        {
            "word/comments.xml": f"<w:c><w:comment w:author='{AUTHOR}' w:initials = '{AUTHOR}'/></w:c>".encode(),
        },
        {"word/comments2.xml": f'<x:comments xmlns:x="w"><x:comment x:author="{AUTHOR}"/></x:comments>'.encode()},
    ],
)
def test_no_name_of_a_maker_stays_however_it_is_written(extra: dict[str, bytes]) -> None:
    body, findings = cleaned(office(extra=extra))
    assert findings.is_clean
    assert AUTHOR.encode() not in unpacked(body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (f'<?xml version="1.0" encoding="UTF-16"?><a w:author="{AUTHOR}"/>'.encode("utf-16"), FileRefusal.UNKNOWN),
        (f'<?xml version="1.0" encoding="Shift_JIS"?><a w:author="{AUTHOR}"/>'.encode("cp932"), FileRefusal.UNKNOWN),
        (f'<!DOCTYPE a [<!ENTITY b "{AUTHOR}">]><a>&b;</a>'.encode(), FileRefusal.BOMB),
    ],
)
def test_what_is_written_so_that_it_cannot_be_read_here_is_refused(body: bytes, why: FileRefusal) -> None:
    assert refusal_of(office(extra={"word/comments.xml": body})) is why
    assert refusal_of(office(extra={RELS: body})) is why
