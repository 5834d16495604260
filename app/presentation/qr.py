"""The picture that hands a secret to an app, as SVG that stands in the page: nothing is fetched, nothing is stored."""

from __future__ import annotations

from markupsafe import Markup

SIDE = 4
BORDER = 4


def qr(text: str) -> Markup:
    """A QR code without styles or scripts of its own; its colours are those of every reader, dark on light."""
    import segno  # noqa: PLC0415 - needed by few, once; every worker would carry it

    drawn = segno.make_qr(text, error="m").svg_inline(
        scale=SIDE, border=BORDER, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    # The library draws it of numbers alone; what the text says is in it as dark squares.
    return Markup(drawn)  # noqa: S704 - see above
