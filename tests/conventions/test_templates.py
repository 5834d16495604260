"""A page carries no style, no script and no handler of its own, so that the strict content policy never has to bend."""

import re

import pytest

from tests.support.source_tree import name_of, project_files

WRONG = {
    "an inline style (give the element a class)": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline handler (listen in a script module)": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script (put it into app/static)": re.compile(r"<script\b(?![^>]*\ssrc\s*=)[^>]*>", re.IGNORECASE),
    "an address of script": re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "something from another host": re.compile(
        r"\b(?:src|srcset|poster|data)\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE
    ),
    "a style sheet or font from another host": re.compile(
        r"<link\b[^>]*\shref\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE
    ),
}
WRONG_IN_EXPRESSIONS = {
    "a query (let the route hand it in)": re.compile(r"\bsession\.(?:execute|scalars?|get)\b|\.query\b"),
}
SAFE = re.compile(r"\|\s*safe\b|\bMarkup\(|\{%-?\s*autoescape\s+false")
REASON = re.compile(r"\{#.*\S.*#\}")
EXPRESSION = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def templates():
    return [path for path in project_files() if name_of(path).startswith("templates/") and path.suffix == ".html"]


def blank_lines(part):
    return "\n" * part.group(0).count("\n")


def faults(text):
    """What is wrong with a template, each with its line."""
    # A comment is not sent to anyone; its lines are kept so that the numbers below stay right.
    written = COMMENT.sub(blank_lines, text)
    # What is left is what the template itself sends: the arguments of a macro are no attributes.
    sent = EXPRESSION.sub(lambda part: "…" + blank_lines(part), written)
    found = [
        (source.count("\n", 0, match.start()) + 1, what)
        for source, patterns in ((sent, WRONG), (written, WRONG_IN_EXPRESSIONS))
        for what, pattern in patterns.items()
        for match in pattern.finditer(source)
    ]
    found += [
        (number, "|safe without its reason in a comment on the same line")
        for number, line in enumerate(text.splitlines(), start=1)
        if SAFE.search(COMMENT.sub("", line)) and not REASON.search(line)
    ]
    return found


def test_no_template_carries_style_script_handler_or_unexplained_markup():
    found = [
        f"{name_of(path)}:{line}: {what}" for path in templates() for line, what in faults(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<button\n  onclick='go()'>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<a href="javascript:go()">',
        '<img src="https://cdn.example/a.png">',
        '<img src="//cdn.example/a.png">',
        '<link rel="stylesheet" href="https://cdn.example/a.css">',
        "<p{% if warned %} style='color: red'{% endif %}>",
        "{{ words|safe }}",
        "{{ words | safe }}",
        "{% autoescape false %}",
        "{% for case in session.execute(everything) %}",
    ],
)
def test_a_fault_is_found(text):
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script src=\"{{ url_for('static', filename='draft.js') }}\" type=\"module\" defer></script>",
        "{# style= and onclick= are not allowed here #}<p class='lead'>",
        "{{ chart|safe }} {# drawn by our own macro from numbers alone #}",
        '<a href="https://law.example/act">',
        "{% macro button(text, style='primary') %}<button data-style='{{ style }}'>{% endmacro %}",
        "{{ post_form(form, text, style='danger', onward=1) }}",
        '<p data-once="1" class="on">on = off</p>',
    ],
)
def test_an_honest_line_is_left_alone(text):
    assert not faults(text)


def test_a_list_that_is_only_read_forward_says_first_page_and_not_previous_page():
    calls = [
        (name_of(path), call.group(0))
        for path in templates()
        for call in re.finditer(r"\{\{ pagination\(.*?\}\}", path.read_text("utf-8"))
    ]
    assert calls
    wrong = [name for name, call in calls if "first_url=" not in call and "before=page.previous" not in call]
    assert not wrong, f"Name the address first_url, or read backward from page.previous: {wrong}"
