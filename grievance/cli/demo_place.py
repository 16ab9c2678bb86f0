"""The folder of a demo: made, kept, and started again on the same data."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from grievance.cli.base import trouble
from grievance.store.engine import AWAY

DATABASE = "demo.sqlite"
_KEPT = "demo.json"
_NEEDED = {"secret", "port", "organizations", "users", "code"}


@contextmanager
def place(folder: Path | None) -> Iterator[Path]:
    """The folder, to stay, or one that goes when the demo ends. Trouble in it becomes words."""
    made = folder is None
    try:
        here = folder or Path(tempfile.mkdtemp(prefix="demo-"))
        here.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(
            f"The folder {folder or tempfile.gettempdir()} cannot be made: {error.strerror}. "
            "Name another one with --folder."
        ) from None
    try:
        yield here.resolve()
    except AWAY as error:
        raise click.ClickException(trouble(error)) from None
    finally:
        if made:
            shutil.rmtree(here, ignore_errors=True)


def told_of(here: Path, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the demo in this folder says of itself; made once."""
    file = here / _KEPT
    if not file.exists():
        for half in here.glob(f"{DATABASE}*"):  # a first start that was stopped halfway
            half.unlink()
        keep(here, make())
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        whole = told.keys() >= _NEEDED and isinstance(told["secret"], str)
        if not whole or not (here / DATABASE).is_file():
            raise ValueError
    except (ValueError, AttributeError):
        raise click.ClickException(
            f"{here} holds no whole demo. Delete {file.name} there, or name another --folder."
        ) from None
    return told


def keep(here: Path, told: dict[str, Any]) -> None:
    """Write it down whole, for its owner alone."""
    part = here / f"{_KEPT}.part"
    try:
        part.touch(mode=0o600)
        part.write_text(json.dumps(told), "utf-8")
        os.replace(part, here / _KEPT)
    except OSError as error:
        raise click.ClickException(f"{part} cannot be written: {error.strerror}.") from None
