"""The style sheets: readable contrast, one door to the tokens, small, and nothing from elsewhere."""

import gzip
import re

import pytest

from tests.presentation.gallery import ROOT

STATIC = ROOT / "app" / "static"
TOKENS = (STATIC / "css/tokens.css").read_text("utf-8")
COMPONENTS = (STATIC / "css/components.css").read_text("utf-8")
SITE = (STATIC / "css/site.css").read_text("utf-8")
DESK = (STATIC / "css/desk.css").read_text("utf-8")
VALUES = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", TOKENS + SITE))

WORDS_ON_GROUNDS = [
    ("text", ("ground", "surface", "surface-quiet", "warning-soft", "danger-soft", "accent-soft", "focus-ring")),
    ("text-support", ("ground", "surface", "surface-quiet", "accent-soft")),
    ("link", ("ground", "surface", "surface-quiet")),
    ("accent", ("ground", "surface", "accent-soft")),
    ("accent-deep", ("accent-soft", "ground", "surface")),
    ("info", ("surface", "info-soft")),
    ("success", ("surface", "success-soft", "ground")),
    ("warning", ("surface", "warning-soft")),
    ("soon", ("surface", "soon-soft", "ground")),
    ("danger", ("surface", "ground")),
    ("danger-deep", ("danger-soft",)),
    ("text-on-accent", ("accent", "accent-deep", "danger", "text")),
]
SHAPES_ON_GROUNDS = [
    ("line-control", ("ground", "surface", "surface-quiet")),
    ("accent", ("ground", "surface")),
    ("danger", ("ground", "surface", "danger-soft")),
    ("success-shape", ("surface",)),
    ("warning-shape", ("surface",)),
    ("focus-line", ("ground", "surface", "focus-ring")),
]


def colour(name):
    value = VALUES[f"--{name}"]
    while value.startswith("var("):
        value = VALUES[value.removeprefix("var(").rstrip(")")]
    return [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(name):
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour(name)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("word", "ground"), [(word, ground) for word, grounds in WORDS_ON_GROUNDS for ground in grounds]
)
def test_words_stand_out_from_every_ground_they_are_used_on(word, ground):
    assert contrast(word, ground) >= 4.5


@pytest.mark.parametrize(
    ("shape", "ground"), [(shape, ground) for shape, grounds in SHAPES_ON_GROUNDS for ground in grounds]
)
def test_the_shapes_of_controls_stand_out(shape, ground):
    assert contrast(shape, ground) >= 3


def test_the_tokens_name_their_source_and_its_licence_lies_beside_them():
    first = TOKENS.splitlines()[0]
    assert "@digital-go-jp/design-tokens 1.1.9" in first
    assert "MIT License" in (STATIC / "css/tokens.LICENSE.txt").read_text("utf-8")


def test_components_speak_of_meanings_and_never_of_colours():
    assert "--color-" not in COMPONENTS + DESK
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", COMPONENTS + DESK)


def test_every_name_that_is_used_is_defined():
    used = set(re.findall(r"var\((--[\w-]+)", TOKENS + COMPONENTS + SITE + DESK))
    assert not used - set(VALUES)


def test_every_token_is_used():
    restated = set(re.findall(r"(--[\w-]+):", TOKENS))
    assert not restated - set(re.findall(r"var\((--[\w-]+)", COMPONENTS + SITE))


def test_every_class_of_the_templates_has_a_look_and_every_look_a_template():
    markup = "".join(path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html"))
    scripts = "".join(path.read_text("utf-8") for path in (STATIC / "js").glob("*.js"))
    in_markup = set(re.findall(r"\bk-[\w-]+", " ".join(re.findall(r'class="([^"]*)"', markup)) + scripts))
    in_sheets = set(re.findall(r"\.(k-[\w-]+)", COMPONENTS + SITE + DESK))
    assert in_sheets == in_markup


def test_nothing_comes_from_elsewhere():
    assert not re.search(r"url\(|@import|@font-face", TOKENS + COMPONENTS + SITE + DESK)


def test_forced_colours_reduced_motion_and_print_are_thought_of():
    assert "forced-colors: active" in COMPONENTS
    assert "forced-colors: active" in DESK
    assert "prefers-reduced-motion: reduce" in SITE
    assert "@media print" in SITE


def test_the_sheets_and_scripts_stay_small():
    assert len(gzip.compress((TOKENS + COMPONENTS + SITE).encode())) < 10_000
    # Sent to those who are signed in alone.
    assert len(gzip.compress(DESK.encode())) < 1_000
    sizes = {path.name: path.stat().st_size for path in (STATIC / "js").glob("*.js")}
    # Sent to nobody but whoever stands at the door, or makes a passkey.
    assert sizes.pop("passkey.js") < 4_000
    assert sum(sizes.values()) < 6_000


def test_scripts_write_text_and_never_markup():
    for path in (STATIC / "js").glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", path.read_text()
        )
