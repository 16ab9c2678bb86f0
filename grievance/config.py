"""Settings, read once: the environment (``GRIEVANCE_…``) stands over the settings file.

Each wrong value is named with what to write instead, all of them at once.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from grievance.rules.email import is_email
from grievance.sealing.keys import CODE_COST, PASSWORD_COST, Cost

PREFIX: Final = "GRIEVANCE_"
DEFAULT_FILE: Final = "instance/settings.env"
_SHORTEST_SECRET: Final = 32
# Not ours: the tests' own, and what Docker and Kubernetes set for a service of this name.
_NOT_SETTINGS: Final = re.compile(PREFIX + r"(SETTINGS$|TEST_|SERVICE_HOST$|SERVICE_PORT|PORT)")


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message has a line for each."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one installation to the next (table: docs/operating.md)."""

    # ``repr`` is what a log or an error page of a library would show: no secret stands in it.
    database_url: str = field(repr=False)
    pepper: bytes = field(repr=False)
    name_secret: bytes = field(repr=False)
    public_url: str = "http://127.0.0.1:5000"
    listen: str = "127.0.0.1:5000"
    service_name: str = "Helpdesk"
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_starttls: bool = True
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
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
        named = PREFIX + "SETTINGS" in environ
        kept = _file(Path(environ.get(PREFIX + "SETTINGS", DEFAULT_FILE)), must_be_there=named)
        values = kept | {k: v for k, v in environ.items() if k.startswith(PREFIX)}
        problems = [_unknown(name) for name in values if not _is_known(name)]
        read: dict[str, Any] = {}
        for name, reader in READERS.items():
            _read_one(name, reader, values, read, problems)
        if not (named or kept) and read.keys().isdisjoint(_NEEDED):  # a command in any folder
            where = f"There is no settings file {Path(DEFAULT_FILE).absolute()}"
            problems.insert(0, f"{where}; {PREFIX}SETTINGS says where another one is.")
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
    if variable not in values or (name in _NEEDED and not values[variable]):
        if name in _NEEDED:
            problems.append(f"{variable} is missing. {_NEEDED[name]}")
        return
    try:
        values[variable].encode()
        read[name] = reader(values[variable])
    except UnicodeEncodeError:
        problems.append(f"{variable}: write it in UTF-8")
    except ValueError as error:
        problems.append(f"{variable}: {error}")


def _is_known(variable: str) -> bool:
    known = variable.isupper() and variable.removeprefix(PREFIX).lower() in READERS
    return known or bool(_NOT_SETTINGS.match(variable))


def _unknown(variable: str) -> str:
    names = [PREFIX + name.upper() for name in READERS]
    near = get_close_matches(variable.upper(), names, 1, 0.8)
    instead = f"Did you mean {near[0]}?" if near else "Take it out; docs/operating.md has the list."
    return f"There is no setting {variable}. {instead}"


def _file(file: Path, *, must_be_there: bool) -> dict[str, str]:
    """What the settings file holds. Errors name the line and never what stands in it."""
    try:
        text = file.read_text("utf-8-sig")  # editors on Windows write a mark before the first line
    except FileNotFoundError:
        if must_be_there:
            raise SettingsError(
                f"{PREFIX}SETTINGS: there is no file {file}. "
                'Correct the name, or run "grievance init" to make it.'
            ) from None
        return {}
    except UnicodeDecodeError:
        raise SettingsError(f"The settings file {file} is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(
            f"The settings file {file} cannot be read: {error.strerror}. "
            "Let the account that runs this command own it."
        ) from None
    pairs = [_pair(file, at, line) for at, line in _lines(text)]
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:  # which of two peppers is the right one nobody but her can tell
        raise SettingsError(f"{', '.join(twice)} stands twice in {file}. Take one line out.")
    return dict(pairs)


def _lines(text: str) -> list[tuple[int, str]]:
    lines = ((at, line.strip()) for at, line in enumerate(text.splitlines(), 1))
    return [(at, line) for at, line in lines if line and not line.startswith("#")]


def _pair(file: Path, at: int, line: str) -> tuple[str, str]:
    name, sign, value = line.partition("=")
    if not sign or not name.startswith(PREFIX):  # perhaps the rest of a secret on two lines
        raise SettingsError(f"Line {at} of {file}: write {PREFIX}NAME=value, or # before words.")
    return name.strip(), value.strip()


def _secret(value: str) -> bytes:
    if len(value) < _SHORTEST_SECRET:
        raise ValueError(f"write at least {_SHORTEST_SECRET} random letters")
    return value.encode()


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if value.isascii() and value.isdigit() and len(value) < 9 and least <= int(value) <= most:
            return int(value)
        raise ValueError(f'write a whole number from {least} to {most}, not "{value}"')

    return read


def _truth(value: str) -> bool:
    """An empty value is refused: it would silently turn the encryption of mail off."""
    if value.lower() not in {"1", "0", "true", "false", "yes", "no"}:
        raise ValueError(f'write 1 or 0, not "{value}"')
    return value.lower() in {"1", "true", "yes"}


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("write a name on one line")
    return value


def _mail(value: str) -> str:
    if not is_email(parseaddr(value)[1]) or not value.isprintable():
        raise ValueError(f'write an e-mail address, not "{value}"')
    return value


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if host and port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 1 << 16:
        return value
    raise ValueError(f'write ADDRESS:PORT as in 127.0.0.1:5000, not "{value}"')


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last: a folder of zones
        raise ValueError(f'"{value}" is no time zone. Write one as Asia/Hong_Kong') from None
    return value


def _address(value: str) -> str:
    """The value itself stays out of the error: somebody may have written a password into it."""
    try:
        parts = urlsplit(value.rstrip("/"))
        host, bare = parts.hostname or "", not (parts.path or parts.query or parts.fragment)
        fits = bare and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        host, fits = "", False
    if fits and host and parts.scheme == "https":
        return value.rstrip("/")
    if fits and parts.scheme == "http" and _is_loopback(host):
        return value.rstrip("/")
    raise ValueError(
        "write an https address without a path, as in https://help.example.org; "
        "http is only for this machine itself (127.0.0.1)"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _database(value: str) -> str:
    """The value stays out of the error, and out of the library's: it may hold a password."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        url = None
    known = url is not None and url.drivername in {"sqlite", "postgresql+psycopg"}
    if url is not None and known and url.database not in {None, "", ":memory:"}:
        return value
    raise ValueError("write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "database_url": _database,
    "pepper": _secret,
    "name_secret": _secret,
    "public_url": _address,
    "listen": _listen,
    "service_name": _name,
    "smtp_host": str,
    "smtp_port": _number(1, 65_535),
    "smtp_starttls": _truth,
    "smtp_user": str,
    "smtp_password": str,
    "mail_from": _mail,
    "confirm_months": _number(1, 120),
    "keep_nobody_months": _number(1, 120),
    "trusted_proxies": _number(0, 9),
    "reviewed_languages_only": _truth,
    "time_zone": _zone,
    "threads": _number(1, 256),
}
_BY_INIT: Final = 'Run "grievance init", or set it.'
_NEEDED: Final = {
    "database_url": _BY_INIT,
    "pepper": "Without the pepper of before no receipt code opens: put it back from the copy of "
    'the settings file. A new service gets one from "grievance init".',
    "name_secret": _BY_INIT,
}
