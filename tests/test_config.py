"""Settings: what is wrong is said in a sentence that names the setting, and secrets stay out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grievance.config import Settings, SettingsError

pytestmark = pytest.mark.plain
ROOT = Path(__file__).parents[1]
SECRET = "Xq7-not-to-be-seen-9vB2-not-to-be-seen"
RIGHT = {
    "GRIEVANCE_DATABASE_URL": f"postgresql+psycopg://desk:{SECRET}@db/grievance",
    "GRIEVANCE_PEPPER": SECRET,
    "GRIEVANCE_NAME_SECRET": SECRET,
    "GRIEVANCE_SMTP_PASSWORD": SECRET,
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no settings file of this machine is read


def refusal(**values: str | None) -> str:
    """What is said of these values."""
    environ = RIGHT | {f"GRIEVANCE_{name}": value for name, value in values.items()}
    with pytest.raises(SettingsError) as refused:
        Settings.load({name: value for name, value in environ.items() if value is not None})
    return str(refused.value)


def test_no_secret_stands_in_what_a_log_would_show() -> None:
    settings = Settings.load(RIGHT)

    assert settings.smtp_password == SECRET
    for shown in (repr(settings), str(settings), f"{settings}", repr([settings])):
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_STARTTLS", ""), ("SMTP_STARTTLS", "starttls"), ("REVIEWED_LANGUAGES_ONLY", "maybe"),
        ("SMTP_PORT", "0"), ("SMTP_PORT", "65536"), ("SMTP_PORT", ""), ("SMTP_PORT", "25 "),
        ("SMTP_PORT", "-1"), ("SMTP_PORT", "9" * 5000), ("SMTP_PORT", "٢٥"),
        ("THREADS", "0"), ("CONFIRM_MONTHS", "0"), ("KEEP_NOBODY_MONTHS", "999"),
        ("TRUSTED_PROXIES", "10"), ("LISTEN", "5000"), ("LISTEN", "127.0.0.1:99999"),
        ("LISTEN", "127.0.0.1:http"), ("SERVICE_NAME", " "), ("MAIL_FROM", "nobody"),
        ("TIME_ZONE", "Hong Kong"), ("TIME_ZONE", "../etc/passwd"), ("TIME_ZONE", ""),
        ("TIME_ZONE", "America"),
        ("PUBLIC_URL", "http://example.org"), ("PUBLIC_URL", "https://example.org/help"),
        ("PUBLIC_URL", "https://example.org:99999"), ("PUBLIC_URL", "https://[::1"),
        ("DATABASE_URL", "sqlite:///"), ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "mysql://desk@db/grievance"), ("PEPPER", "short"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_what_to_write(name: str, value: str) -> None:
    said = refusal(**{name: value})

    assert said.startswith(f"GRIEVANCE_{name}: write ") or "no time zone. Write" in said
    assert said.count("\n") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"postgresql+psycopg://desk:{SECRET}@db:port/grievance"),
        ("DATABASE_URL", f"postgres://desk:{SECRET}@db/grievance"),
        ("DATABASE_URL", SECRET),
        ("PUBLIC_URL", f"https://desk:{SECRET}@example.org"),
        ("PUBLIC_URL", f"https://desk:{SECRET}#@example.org"),
        ("PEPPER", SECRET[:20]),
    ],
)
def test_a_refusal_shows_no_secret(name: str, value: str) -> None:
    assert SECRET[:20] not in refusal(**{name: value})


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_pepper_is_told_from_a_new_service(value: str | None) -> None:
    said = refusal(PEPPER=value)

    assert said.startswith("GRIEVANCE_PEPPER is missing. ")
    assert "put it back from the copy" in said


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = refusal(SMTP_PORT="x", THREADS="x", NAME_SECRET=None, THREDS="4")

    assert len(said.splitlines()) == 4


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("SMTP_HSOT", "SMTP_HOST"), ("PEPER", "PEPPER"), ("smtp_host", "SMTP_HOST")],
)
def test_a_misspelt_name_is_refused_and_the_right_one_said(wrong: str, right: str) -> None:
    said = refusal(**{wrong: "mail.example.org"})

    assert said == f"There is no setting GRIEVANCE_{wrong}. Did you mean GRIEVANCE_{right}?"


def test_an_unknown_name_like_no_other_is_refused_too() -> None:
    assert "docs/operating.md" in refusal(COLOUR="blue")


def test_what_containers_set_for_a_service_of_this_name_is_no_setting_of_ours() -> None:
    around = {"GRIEVANCE_SERVICE_HOST": "10.0.0.1", "GRIEVANCE_PORT_80_TCP": "tcp://10.0.0.1:80"}

    assert Settings.load(RIGHT | around).listen == "127.0.0.1:5000"


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text(
        "\ufeff# Words.\n\nGRIEVANCE_THREADS = 4\nGRIEVANCE_LISTEN=[::1]:80\n"
        "GRIEVANCE_MAIL_FROM=Desk <desk@example.org>\n",
        "utf-8",
    )
    named = {"GRIEVANCE_SETTINGS": str(file)}

    assert Settings.load(RIGHT | named).threads == 4
    assert Settings.load(RIGHT | named).listen == "[::1]:80"
    assert Settings.load(RIGHT | named).mail_from == "Desk <desk@example.org>"
    assert Settings.load(RIGHT | named | {"GRIEVANCE_THREADS": "5"}).threads == 5


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (b"GRIEVANCE_SERVICE_NAME=\xff\xfe", "is not UTF-8. Save it as UTF-8."),
        (b"# Words.\n" + SECRET.encode(), "Line 2 of"),
        (SECRET.encode() + b"==", "Line 1 of"),
        (b"SMTP_HOST=mail.example.org", "Line 1 of"),
    ],
)
def test_a_file_that_cannot_be_read_as_settings_is_named(
    tmp_path: Path, kept: bytes, said: str
) -> None:
    file = tmp_path / "settings.env"
    file.write_bytes(kept)
    told = refusal(SETTINGS=str(file))

    assert said in told
    assert str(file) in told
    assert SECRET not in told


def test_a_folder_or_nothing_in_the_files_place_is_named(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be read: Is a directory." in refusal(SETTINGS=str(tmp_path))
    assert f"there is no file {tmp_path / 'none'}." in refusal(SETTINGS=str(tmp_path / "none"))


def test_commands_and_other_servers_end_with_the_sentence_alone() -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GRIEVANCE_")}
    environ |= {"PYTHONPATH": str(ROOT), "GRIEVANCE_SETTINGS": "none.env"}
    for command in ("grievance.cli doctor", "grievance.cli work --once", "wsgi"):
        done = subprocess.run(
            [sys.executable, "-m", *command.split()],
            env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.returncode == 1, command
        assert "GRIEVANCE_SETTINGS: there is no file none.env." in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
