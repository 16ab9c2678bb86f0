"""What pages look like: mirrored for Arabic, small, and readable without colour or script."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

STATIC = Path(__file__).parents[2] / "grievance" / "static"
DRAWINGS = sorted((STATIC / "drawings").glob("*.svg"))


@pytest.mark.plain
@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda file: file.name)
def test_a_stylesheet_mirrors_by_itself(sheet: Path) -> None:
    named = re.findall(r"[\w-]*\b(?:left|right)\b[\w-]*", sheet.read_text())

    assert named == []


@pytest.mark.plain
@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda file: file.name)
def test_a_stylesheet_does_not_harm_tall_scripts(sheet: Path) -> None:
    harm = ("text-transform", "letter-spacing", "text-overflow", "justify;", "@import", "url(")

    assert [word for word in harm if word in sheet.read_text()] == []


@pytest.mark.plain
@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda file: file.stem)
def test_a_drawing_is_small_colourless_and_silent(drawing: Path) -> None:
    text = drawing.read_text()

    assert len(text.encode()) <= 600
    assert 'aria-hidden="true"' in text
    assert "#" not in text
    assert "style" not in text


@pytest.mark.plain
def test_text_grows_once_for_tall_scripts_not_with_every_element() -> None:
    sheet = (STATIC / "worker.css").read_text()
    growing = re.findall(r"([^{}]*:lang[^{}]*)\{[^{}]*font-size", sheet)

    assert growing
    assert all(part.strip().startswith("html:lang") for one in growing for part in one.split(","))


def test_leave_is_the_second_stop_of_the_keyboard(client: FlaskClient) -> None:
    page = client.get("/en/report/problem", follow_redirects=True).text
    first, second = re.findall(r'<(?:a|button|input)[^>]* class="(\w+)"', page)[:2]

    assert (first, second) == ("skip", "leave")


def test_a_desk_error_writes_no_style_that_its_policy_would_refuse(client: FlaskClient) -> None:
    answer = client.get("/desk/nothing")

    assert answer.status_code == 404
    assert "<style" not in answer.text
    assert "desk.css" in answer.text
