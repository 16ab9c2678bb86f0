"""Catalogs: which sentences a language needs, and placeholders that stay what they are."""

from pathlib import Path

import pytest
from babel.messages import Message

from grievance.web.catalogs import fits, is_workers
from tests.support.check_catalogs import broken


@pytest.mark.parametrize(
    ("places", "theirs"),
    [
        (["templates/intake/story.html"], True),
        (["grievance/web/labels.py"], True),
        (["templates/triage/case.html"], False),
        (["grievance/web/trail_words.py"], False),
        (["grievance/web/trail_words.py", "grievance/web/labels.py"], True),
        (["grievance/store/seed/taxonomy.csv"], True),
    ],
)
def test_a_sentence_is_workers_by_the_places_it_stands_in(places: list[str], theirs: bool) -> None:
    message = Message("Signed in", locations=[(place, 1) for place in places])

    assert is_workers(message) == theirs


@pytest.mark.parametrize(
    ("source", "ours", "whole"),
    [
        ("Until %(day)s.", "Hanggang %(day)s.", True),
        ("Until %(day)s.", "", True),
        ("Until %(day)s.", "Hanggang.", False),
        ("Until %(day)s.", "Hanggang %(araw)s.", False),
        ("Until %(day)s.", "Hanggang %(day).", False),
        ("Until %(day)s.", "Hanggang %(day)d.", False),
        ("Until %(day)s.", "Hanggang %(day)s. 100 %", False),
        ("Until %(day)s.", "Hanggang %(day s.", False),
        ("Until %(day)s.", "Hanggang %(day)s %s.", False),
        ("Half of it.", "50% nito.", False),
        ("Half of it.", "50%% nito.", False),
        ("50%% of it.", "50% nito.", False),
        ("50%% of it.", "50%% nito.", True),
        (("%(num)s of %(a)s", "%(num)s of %(a)s"), ("isa %(a)s", "%(num)s %(a)s"), True),
        (("One case", "%(num)s cases"), ("%(num)s 個案",), True),
        (("One case", "%(num)s cases"), ("個案",), False),
        (("One case", "%(num)s cases"), ("isang kaso", "mga kaso"), False),
        (("%(num)s of %(a)s", "%(num)s of %(a)s"), ("isa", "%(num)s %(a)s"), False),
        (("One case", "%(num)s cases"), ("100% kaso", "%(num)s kaso"), False),
    ],
)
def test_a_stray_or_missing_placeholder_does_not_fit(
    source: str | tuple[str, str], ours: str | tuple[str, ...], whole: bool
) -> None:
    assert fits(Message(source, ours)) == whole


def test_the_check_names_the_line_of_a_broken_translation(tmp_path: Path) -> None:
    file = tmp_path / "fil" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Desk of %(name)s"\nmsgstr "Mesa ng %(name)s"\n\n'
        '#: templates/desk.html\nmsgid "Until %(day)s"\nmsgstr "Hanggang 100%"\n'
    )

    assert broken(file) == ["fil, line 9: a % or placeholder differs in 'Hanggang 100%'"]
