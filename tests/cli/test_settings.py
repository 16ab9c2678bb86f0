"""Settings: each wrong value is named with what to write, and a lost file says where it was."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grievance.cli import main
from grievance.config import PREFIX, Settings

NEEDED = {
    "GRIEVANCE_DATABASE_URL": "sqlite:///here.db",
    "GRIEVANCE_SECRET_KEY": "s" * 40,
    "GRIEVANCE_PEPPER": "p" * 40,
    "GRIEVANCE_NAME_SECRET": "n" * 40,
}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of this machine are read."""
    monkeypatch.chdir(tmp_path)


def _doctor(environ: dict[str, str]) -> Result:
    gone: dict[str, str | None] = {PREFIX + "SETTINGS": None}
    return CliRunner().invoke(main, ["doctor"], env=gone | environ)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "sqlite:///", "write sqlite:///FILE"),
        ("DATABASE_URL", "mysql://x", "write sqlite:///FILE"),
        ("DATABASE_URL", "postgresql+psycopg://u:p@:::/name", "write sqlite:///FILE"),
        ("PEPPER", "short", "at least 32"),
        ("LISTEN", "nonsense", "write an address and a port"),
        ("LISTEN", "127.0.0.1:99999", "write an address and a port"),
        ("LISTEN", "http://127.0.0.1:80", "write an address and a port"),
        ("PUBLIC_URL", "https://[", "write an https address"),
        ("PUBLIC_URL", "https://x.org:99999", "write an https address"),
        ("PUBLIC_URL", "https://x.org/path", "write an https address"),
        ("PUBLIC_URL", "https://x.org?a=b", "write an https address"),
        ("PUBLIC_URL", "HTTPS://x.org", "write an https address"),
        ("PUBLIC_URL", "http://x.org", "write an https address"),
        ("SMTP_PORT", "0", "from 1 to 65535"),
        ("SMTP_PORT", "70000", "from 1 to 65535"),
        ("THREADS", "0", "from 1 to 200"),
        ("THREADS", "9" * 5000, "from 1 to 200"),
        ("KEEP_NOBODY_MONTHS", "99999999999", "from 1 to 1200"),
        ("CONFIRM_MONTHS", "-1", "from 1 to 1200"),
        ("TRUSTED_PROXIES", "١", "from 0 to 9"),
        ("MAIL_FROM", "", "write an e-mail address"),
        ("SMTP_STARTTLS", "maybe", "write 1 or 0"),
        ("TIME_ZONE", "Mars", "Asia/Hong_Kong"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(name: str, value: str, said: str) -> None:
    result = _doctor(NEEDED | {PREFIX + name: value})

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"{PREFIX}{name}: " in result.output
    assert said in result.output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://u:p#/w@host:5432/name"),
        ("DATABASE_URL", "postgresql+psycopg:///name?host=/run/postgresql"),
        ("LISTEN", "[::1]:0"),
        ("LISTEN", "*:8080"),
        ("PUBLIC_URL", "https://help.example.org"),
        ("PUBLIC_URL", "http://localhost:5000"),
        ("MAIL_FROM", "Helpdesk <desk@example.org>"),
    ],
)
def test_a_right_setting_is_taken(name: str, value: str) -> None:
    settings = Settings.load(NEEDED | {PREFIX + name: value})

    assert getattr(settings, name.lower()) == value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ("folder", "cannot be read: Is a directory"),
        (b"GRIEVANCE_PEPPER=\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_settings_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | str | None, said: str
) -> None:
    file = tmp_path / "settings.env"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        file.mkdir()
    result = _doctor({PREFIX + "SETTINGS": str(file)})

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"The settings file {file} {said}" in result.output


def test_without_any_setting_every_needed_one_is_named() -> None:
    result = _doctor({name: None for name in NEEDED})  # type: ignore[misc]

    assert all(f"{name} is missing" in result.output for name in NEEDED)
    assert 'Run "grievance init"' in result.output
