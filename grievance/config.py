"""Settings, read once: the environment (``GRIEVANCE_…``) stands over the settings file.

Each wrong value is named with what to write instead, all of them at once.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit
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
        values = _file(environ.get(PREFIX + "SETTINGS") or None) | {
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


def _file(named: str | None) -> dict[str, str]:
    file = Path(named or DEFAULT_FILE)
    if named is None and not file.exists():
        return {}  # everything may stand in the environment
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise SettingsError(
            f"The settings file {file} cannot be read: {error.strerror}. "
            f"Set {PREFIX}SETTINGS to where it is."
        ) from None
    except ValueError:
        raise SettingsError(f"The settings file {file} is not UTF-8. Save it as UTF-8.") from None
    lines = (line.strip() for line in text.splitlines())
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


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        typed = value if value.isascii() and value.isdigit() and len(value) < 10 else "-1"
        if not least <= int(typed) <= most:
            raise ValueError(f'write a whole number from {least} to {most}, not "{value}"')
        return int(typed)

    return read


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
    bare, parts = value.rstrip("/"), _parts(value)
    if parts and parts.hostname and bare == f"{parts.scheme}://{parts.netloc}":
        here = parts.scheme == "http" and _is_loopback(parts.hostname)
        if here or parts.scheme == "https":
            return bare
    raise ValueError(
        "write an https address without a path, as https://help.example.org; "
        "http is only for this machine itself (127.0.0.1)"
    )


def _listen(value: str) -> str:
    parts = _parts(f"//{value}")
    if parts and parts.port is not None and parts.netloc == value and "@" not in value:
        return value
    raise ValueError(f'write an address and a port, as 127.0.0.1:5000, not "{value}"')


def _parts(value: str) -> SplitResult | None:
    """An address in its parts; None where it is none (a wrong port shows only when read)."""
    try:
        parts = urlsplit(value)
        return parts if parts.port is None or parts.port >= 0 else None
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _database(value: str) -> str:
    kind, _, place = value.partition("://")
    if kind == "sqlite" and place.startswith("/") and not place.endswith("/"):
        return value
    if kind == "postgresql+psycopg" and _parts("//" + place.rpartition("@")[2]):
        return value
    raise ValueError("write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")


def _sender(value: str) -> str:
    if "@" not in value or not value.isprintable():
        raise ValueError(f'write an e-mail address, not "{value}"')
    return value


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "database_url": _database,
    "secret_key": _secret,
    "pepper": _secret_bytes,
    "name_secret": _secret_bytes,
    "public_url": _address,
    "listen": _listen,
    "service_name": _text,
    "smtp_host": _text,
    "smtp_port": _number(1, 65535),
    "smtp_starttls": _truth,
    "smtp_user": _text,
    "smtp_password": _text,
    "mail_from": _sender,
    "confirm_months": _number(1, 1200),
    "keep_nobody_months": _number(1, 1200),
    "trusted_proxies": _number(0, 9),
    "reviewed_languages_only": _truth,
    "time_zone": _zone,
    "threads": _number(1, 200),
}
_NEEDED: Final = {f.name for f in fields(Settings)} & {
    "database_url", "secret_key", "pepper", "name_secret",
}  # fmt: skip
