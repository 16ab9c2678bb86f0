"""Lazy organizations for a fortnight: nobody's time passes without a person who hears of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.fortnight import play

STEP = timedelta(hours=2)
pytestmark = pytest.mark.plain


def test_no_promised_time_passes_without_a_person_alerted(tmp_path: Path) -> None:
    played = play(f"sqlite:///{tmp_path / 'fortnight.sqlite'}", 60, step=STEP)

    table = dict(played.table())
    assert played.unalerted == []
    assert table["reports"] == 60
    for what in ("referral answer", "first answer", "next contact"):
        passed = table[f"{what}: time passed"]
        assert passed > 0, what
        assert table[f"{what}: a person alerted"] == passed
    assert table["alerts written (one a person)"] == table["alerts the trail tells of"]
    assert table["reminders at half time"] > 0
    asked = table["questions to workers: asked"]
    assert asked > table["questions to workers: answered"] > 0
    assert table["longest wait for an alert, minutes"] <= 120
    played.db.close()
