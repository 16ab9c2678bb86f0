"""Catalogs: which sentences a language needs before workers are offered it."""

import pytest
from babel.messages import Message

from grievance.web.catalogs import is_workers


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
