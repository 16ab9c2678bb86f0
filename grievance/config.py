"""Settings, read once: the environment (``GRIEVANCE_…``) stands over the settings file.

Each wrong value is named with what to write instead, all of them at once.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grievance.sealing.keys import CODE_COST, PASSWORD_COST, Cost

PREFIX: Final = "GRIEVANCE_"
DEFAULT_FILE: Final = "instance/settings.env"
_SHORTEST_SECRET: Final = 32


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message has a line for each."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one installation to the next (table: docs/operating.md)."""

    database_url: str
    secret_key: str
    pepper: bytes
    name_secret: bytes
    public_url: str = "http://127.0.0.1:5000"
    listen: str = "127.0.0.1:5000"
    service_name: str = "Helpdesk"
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_starttls: bool = True
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = "noreply@localhost"
    confirm_months: int = 12
    keep_nobody_months: int = 12
    trusted_proxies: int = 0
    reviewed_languages_only: bool = False
    time_zone: str = "UTC"
    threads: int = 8
    # Not read from the environment: tests pass the least costs.
    password_cost: Cost = PASSWORD_COST
    code_cost: Cost = CODE_COST

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check every setting. Raises SettingsError."""
        values = _file(environ.get(PREFIX + "SETTINGS", DEFAULT_FILE)) | {
            name: value for name, value in environ.items() if name.startswith(PREFIX)
        }
        problems: list[str] = []
        read: dict[str, Any] = {}
        for name, reader in READERS.items():
            _read_one(name, reader, values, read, problems)
        if problems:
            raise SettingsError("\n".join(problems))
        return cls(**read)

    @property
    def secure(self) -> bool:
        """Whether cookies may say Secure: everywhere but on loopback http."""
        return self.public_url.startswith("https:")

    @property
    def zone(self) -> ZoneInfo:
        """The network's named zone: months and days are counted in it."""
        return ZoneInfo(self.time_zone)


def _read_one(
    name: str,
    reader: Callable[[str], Any],
    values: Mapping[str, str],
    read: dict[str, Any],
    problems: list[str],
) -> None:
    variable = PREFIX + name.upper()
    if variable not in values:
        if name in _NEEDED:
            problems.append(f'{variable} is missing. Run "grievance init", or set it.')
        return
    try:
        read[name] = reader(values[variable])
    except ValueError as error:
        problems.append(f"{variable}: {error}")


def _file(path: str) -> dict[str, str]:
    file = Path(path)
    if not file.is_file():
        return {}
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _text(value: str) -> str:
    return value


def _secret(value: str) -> str:
    if len(value) < _SHORTEST_SECRET:
        raise ValueError(f"write at least {_SHORTEST_SECRET} random letters")
    return value


def _secret_bytes(value: str) -> bytes:
    return _secret(value).encode()


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError(f'write a whole number, not "{value}"')
    return int(value)


def _truth(value: str) -> bool:
    if value.lower() not in {"1", "0", "true", "false", "yes", "no", ""}:
        raise ValueError(f'write 1 or 0, not "{value}"')
    return value.lower() in {"1", "true", "yes"}


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f'"{value}" is no time zone. Write one as Asia/Hong_Kong') from None
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "https" and parts.hostname:
        return value.rstrip("/")
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return value.rstrip("/")
    raise ValueError("write an https address; http is only for this machine itself (127.0.0.1)")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _database(value: str) -> str:
    if value.startswith(("sqlite:///", "postgresql+psycopg://")):
        return value
    raise ValueError("write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "database_url": _database,
    "secret_key": _secret,
    "pepper": _secret_bytes,
    "name_secret": _secret_bytes,
    "public_url": _address,
    "listen": _text,
    "service_name": _text,
    "smtp_host": _text,
    "smtp_port": _number,
    "smtp_starttls": _truth,
    "smtp_user": _text,
    "smtp_password": _text,
    "mail_from": _text,
    "confirm_months": _number,
    "keep_nobody_months": _number,
    "trusted_proxies": _number,
    "reviewed_languages_only": _truth,
    "time_zone": _zone,
    "threads": _number,
}
_NEEDED: Final = {f.name for f in fields(Settings)} & {
    "database_url", "secret_key", "pepper", "name_secret",
}  # fmt: skip
