"""Writes the settings file that every command reads: once, with fresh secrets, mode 0600."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy import make_url

from grievance.config import DEFAULT_FILE, PREFIX, Settings, SettingsError

_SECRETS = ("PEPPER", "NAME_SECRET")
_HEAD = """\
# Settings of this service. Every command reads this file; the environment stands over it.
# Keep a copy in another place. The pepper never changes: without it no receipt code opens.
"""


def places(file: Path | None, folder: Path | None) -> tuple[Path, Path]:
    """Where the file and its folder will be. A file that is there already ends the command."""
    if file is None and folder is None and PREFIX + "SETTINGS" in os.environ:
        file = Path(os.environ[PREFIX + "SETTINGS"])
    folder = (folder or (file.parent if file else Path(DEFAULT_FILE).parent)).absolute()
    file = (file or folder / Path(DEFAULT_FILE).name).absolute()
    if file.exists():
        raise click.ClickException(
            f"{file} is there already. It holds the secrets of a service, so it stays as it is. "
            "Name another --folder to set up another service."
        )
    return file, folder


def write_settings(
    file: Path, folder: Path, *, database_url: str | None, public_url: str,
    listen: str | None, name: str,
) -> Settings:  # fmt: skip
    """Write the settings file, and read it back as every command will."""
    url = _absolute(database_url or os.environ.get(PREFIX + "DATABASE_URL"))
    values = {
        "DATABASE_URL": url or f"sqlite:///{folder / 'grievance.db'}",
        "PUBLIC_URL": public_url,
        "LISTEN": listen or _listen(public_url),
        "SERVICE_NAME": " ".join(name.split()),
        **{secret: secrets.token_urlsafe(48) for secret in _SECRETS},
    }
    _write(file, folder, values)
    try:
        return Settings.load({**os.environ, PREFIX + "SETTINGS": str(file)})
    except SettingsError as error:
        file.unlink()
        raise click.ClickException(str(error)) from None


def _absolute(url: str | None) -> str | None:
    """Commands run in any folder."""
    address = make_url(url) if url and url.startswith("sqlite:///") else None
    if address is None or not address.database or address.database == ":memory:":
        return url
    whole = address.set(database=str(Path(address.database).absolute()))
    return whole.render_as_string(hide_password=False)


def make_database_file(url: str) -> None:
    """A database file is its owner's alone from the start."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return
    file = Path(address.database or "")
    try:
        file.touch(mode=0o600)
    except OSError as error:
        raise click.ClickException(
            f"The database file {file} cannot be made: {error.strerror}."
        ) from None


def _listen(public_url: str) -> str:
    parts = urlsplit(public_url)
    if parts.scheme == "http" and parts.hostname:
        return f"{parts.hostname}:{parts.port or 80}"
    return "127.0.0.1:5000"


def _write(file: Path, folder: Path, values: Mapping[str, str]) -> None:
    """Readable by its owner only, from its first byte on."""
    try:
        for place in (folder, file.parent):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(_HEAD)
        out.writelines(f"{PREFIX}{name}={value}\n" for name, value in values.items())
        out.flush()
        os.fsync(out.fileno())
