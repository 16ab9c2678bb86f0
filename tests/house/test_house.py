"""The six sentences of docs/architecture.md, and what keeps files small and docs true."""

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from grievance.app import create_app
from grievance.cli import main
from grievance.config import READERS, Settings
from grievance.sealing.keys import LEAST_COST
from grievance.web import trail_words
from grievance.web.access import ACCESS

pytestmark = pytest.mark.plain
ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "grievance").rglob("*.py"))
PAGES = sorted((ROOT / "templates").rglob("*.html"))
DOCS = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
NOT_PAGES = {"base.html", "desk.html"}


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every endpoint of the application."""
    url = f"sqlite:///{tmp_path_factory.mktemp('house') / 'empty.sqlite'}"
    settings = Settings(url, b"p" * 40, b"n" * 40, code_cost=LEAST_COST)
    return {rule.endpoint for rule in create_app(settings).url_map.iter_rules()}


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_files_stay_below_300_lines_and_functions_below_50() -> None:
    own = [path for path in CODE if "versions" not in path.parts]
    long = [p.name for p in own if p.read_text("utf-8").count("\n") > 300]
    wide = [f"{p.name}:{f.name}" for p in own for f in functions(p) if f.end_lineno - f.lineno > 50]

    assert long == []
    assert wide == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [p.name for p in CODE if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]

    assert silent == []


def test_only_views_commands_and_the_work_loop_commit() -> None:
    allowed = {"views.py", "database.py", "sessions.py", "deliver.py", "workloop.py", "env.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in CODE
        if re.search(r"(?<!def )\bcommit\(\)", path.read_text("utf-8"))
        and path.name not in allowed
        and "cli" not in path.parts
    }

    assert found <= {
        "grievance/intake/leaving.py",
        "grievance/intake/posting.py",
        "grievance/triage/acting.py",
        "grievance/intake/sending.py",
    }


def test_every_endpoint_has_a_line_and_every_line_an_endpoint(endpoints: set[str]) -> None:
    assert endpoints == set(ACCESS)


def test_every_event_has_words_that_people_read() -> None:
    written = {
        text.value
        for path in CODE
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"record", "_recorded"}
        for text in ast.walk(call.args[1])
        if isinstance(text, ast.Constant)
    }

    assert written - set(trail_words._VERBS) == set()
    assert {"case_closed", "membership_ended", "entry_paused"} <= written


def test_verbs_write_events() -> None:
    quiet = {"answers", "directory_form", "directory_version", "drafting", "keyring", "form_checks",
             "form_reader", "granting", "notifying", "replaying", "routing", "seats",
             "taxonomy_file", "__init__"}  # fmt: skip
    missing = [
        path.name
        for path in sorted((ROOT / "grievance" / "casework").glob("*.py"))
        if path.stem not in quiet and "record(" not in path.read_text("utf-8")
    ]

    assert missing == []


def test_views_build_no_rows() -> None:
    rows = re.compile(r"\bdb\(\)\.(add|add_all|delete|merge|execute)\(")
    found = [p.parent.name for p in CODE if p.name == "views.py" and rows.search(p.read_text())]

    assert found == []


def test_no_page_is_an_orphan() -> None:
    code = "\n".join(p.read_text("utf-8") for p in CODE)
    text = code + "\n".join(p.read_text("utf-8") for p in PAGES)
    named = {f"errors/{name}.html" for name in re.findall(r'page\("(\w+)"', text)}
    named |= {"errors/bad_request.html", "errors/forbidden.html", "errors/too_large.html"}
    named |= {f"intake/{step}.html" for step in ("problem", "story", "place", "sharing",
                                                "contact", "check")}  # fmt: skip
    orphans = [
        str(path)
        for page in PAGES
        if (path := page.relative_to(ROOT / "templates")).name not in NOT_PAGES
        and str(path) not in named
        and f"{path}" not in text
        and not re.search(rf'["/]{path.stem}["\.]', code)
    ]

    assert orphans == []


def test_worker_pages_need_no_script_no_select_and_no_inline_style() -> None:
    doors = ("intake", "mycase", "directory", "macros", "errors")
    for page in PAGES:
        worker = page.parent.name in doors or page.name == "base.html"
        if not worker or page.name == "desk.html":
            continue
        text = page.read_text("utf-8")
        for never in ("<select", " style=", "<script", "<iframe", "http://", "https://"):
            assert never not in text, (page.name, never)


def test_no_browser_fills_a_workers_form_again_after_she_left() -> None:
    pages = [page for page in PAGES if page.parent.name in {"intake", "mycase", "errors"}]
    forms = [one for page in pages for one in re.findall("<form[^\n]*", page.read_text("utf-8"))]

    assert forms
    assert [one for one in forms if ' autocomplete="off"' not in one] == []


@pytest.mark.parametrize("name", ["worker.css", "desk.css", "accounts.css"])
def test_stylesheets_know_start_and_end_but_no_left_and_right(name: str) -> None:
    css = (ROOT / "grievance" / "static" / name).read_text("utf-8")

    assert not re.search(r"\b(left|right)\b", css)
    assert "uppercase" not in css
    assert "letter-spacing" not in css


def test_drawings_are_small() -> None:
    for drawing in (ROOT / "grievance" / "static" / "drawings").glob("*.svg"):
        assert drawing.stat().st_size <= 600, drawing.name


def test_every_setting_stands_in_the_operating_guide() -> None:
    missing = [name for name in READERS if f"GRIEVANCE_{name.upper()}" not in DOCS]

    assert missing == []
    assert set(READERS) <= {field.name for field in fields(Settings)}


def test_every_command_stands_in_the_docs() -> None:
    listed = main.list_commands(None)
    assert listed, CliRunner().invoke(main, ["--help"]).output
    named = set(listed)
    for name in listed:
        command = main.get_command(None, name)
        named |= {f"{name} {inner}" for inner in getattr(command, "commands", {})}
    missing = [name for name in sorted(named) if f"grievance {name}" not in DOCS]

    assert missing == []


def test_requirements_are_those_of_the_project_and_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    kept = (ROOT / "requirements" / "run.in").read_text("utf-8").splitlines()[1:]
    compiled = (ROOT / "requirements" / "dev.txt").read_text("utf-8")

    assert kept == project["dependencies"]
    assert "--hash=sha256:" in compiled
    assert "index-url" not in compiled


def test_only_the_work_loop_catches_everything() -> None:
    for path in CODE:
        if path.parent.name == "notices" and path.name in {"workloop.py", "deliver.py"}:
            continue  # one loop carries clocks, retention and mail; it must outlive any error
        assert "except Exception" not in path.read_text("utf-8"), path.name
