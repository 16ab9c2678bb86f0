"""The six sentences of docs/architecture.md, and what keeps files small and docs true."""

import ast
import re
import tomllib
from dataclasses import MISSING, fields
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
        "grievance/directory/entry.py",
        "grievance/intake/leaving.py",
        "grievance/intake/posting.py",
        "grievance/triage/acting.py",
        "grievance/triage/groups.py",
        "grievance/triage/paper.py",
        "grievance/triage/further_views.py",
        "grievance/triage/respondents.py",
        "grievance/triage/staff_ties.py",
        "grievance/intake/sending.py",
        "grievance/directory/life.py",
        "grievance/directory/contacts.py",
        "grievance/directory/ties.py",
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

    assert written == set(trail_words._VERBS)


# Parts of verbs, which write the event; drafts, which are nobody's yet; lists and mails.
WITHOUT_EVENT = {
    "make_version", "save", "still_open", "stop", "notify_organization",
    "notify_root_coordinators", "notify_user", "keep_reason", "add_referral", "take_from",
    "end_consent", "add_hers", "say_who_is_left", "keep_first_answer_beside",
    "make_key_if_first", "new_key_version", "share_all", "share_key", "take_seat",
    "find_invitation", "ask_next",
    "ask_now", "consent", "expire_due", "remind", "alert_missed", "alert",
    "pause_answer_clock", "hurry", "own_key",
    "tell_of_danger", "tell_not_reached", "note_missed_answer", "contacted", "tell_above",
    "tell_own_address", "note_refused",
    "tell_where_nobody_sees", "register_to_write",
    "seal_again", "follow_rotation",
    "release", "lapse_releases", "start_reason", "standing_request", "targets",
     "load_reference", "open_again", "note_read", "leave_cases",
    "end_pauses", "remind_to_confirm", "noted",
}  # fmt: skip


def test_verbs_write_events() -> None:
    quiet = {
        function.name
        for path in sorted((ROOT / "grievance" / "casework").rglob("*.py"))
        for function in ast.parse(path.read_text("utf-8")).body
        if isinstance(function, ast.FunctionDef) and _is_a_verb(function)
        if not _called(function) & {"record", "_recorded"}
    }

    assert quiet == WITHOUT_EVENT


def _is_a_verb(function: ast.FunctionDef) -> bool:
    """By what it is given: the database, and who acts or when."""
    given = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
    return not function.name.startswith("_") and "db" in given and bool(given & {"actor", "now"})


def _called(tree: ast.AST) -> set[str]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {ast.unparse(call.func).split(".")[-1] for call in calls}


DOORS = ("intake", "mycase", "triage", "directory", "accounts", "exports")
ROWS = ("case", "found", "row", "receipt", "referral", "consent", "user", "seat", "organization")


def _room(path: Path) -> str:
    """The room a file lies in, however deep: a room in the spine may be called like a door."""
    return path.relative_to(ROOT / "grievance").parts[0]


def test_doors_build_and_change_no_rows() -> None:
    trees = {p: ast.parse(p.read_text("utf-8")) for p in CODE if _room(p) in DOORS}
    built = {p.name: _called(t) & {"add_all", "delete", "merge"} for p, t in trees.items()}
    changed = [
        f"{path.name}: {ast.unparse(node)}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if isinstance(node.value, ast.Name) and node.value.id in ROWS
    ]

    assert trees
    assert {name: calls for name, calls in built.items() if calls} == {}
    assert not any(re.search(r"(db\(\)|db|session)\.add\(", p.read_text("utf-8")) for p in trees)
    assert changed == []


def test_doors_write_no_statements() -> None:
    """What they show comes from finders (or by id); what they change, from verbs."""
    statements = {"select", "update", "insert", "delete", "text"}
    asked = {
        path.name: names
        for path in CODE
        if _room(path) in DOORS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sqlalchemy")
        if (names := statements & {one.name for one in node.names})
    }

    assert asked == {}


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
        if '{% extends "desk.html" %}' in text:
            continue  # staff alone read it
        for never in ("<select", " style=", "<script", "<iframe", "http://", "https://"):
            assert never not in text, (page.name, never)


def test_no_browser_fills_a_workers_form_again_after_she_left() -> None:
    pages = [page for page in PAGES if page.parent.name in {"intake", "mycase", "errors"}]
    forms = [one for page in pages for one in re.findall("<form[^\n]*", page.read_text("utf-8"))]

    assert forms
    assert [one for one in forms if ' autocomplete="off"' not in one] == []


def test_every_setting_stands_in_the_operating_guide_with_its_default() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    rows = re.findall(r"^\| (`GRIEVANCE_[^|]+) \| ([^|]+) \|", guide, re.MULTILINE)
    told = {
        name.lower(): default.strip("` ")
        for names, default in rows
        for name in re.findall(r"`GRIEVANCE_(\w+)`", names)
    }
    defaults = {f.name: f.default for f in fields(Settings) if f.name in READERS}

    assert told.keys() == READERS.keys() == defaults.keys()
    assert {name: _as_told(default) for name, default in defaults.items()} == told


def _as_told(default: object) -> str:
    if default is MISSING:
        return "needed"
    return str(int(default) if isinstance(default, bool) else default) or "none"


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
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and not _raises_again(node):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in {"everything", "Exception", "BaseException"}, path.name


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """It only tidies up."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_no_test_asks_the_clock_of_the_day() -> None:
    """The application's time stands still at the factories' NOW; beside a real one a test holds for
    a few days only. Journeys start the real server, which has the real time.
    """
    real = re.compile(r"\bdatetime\.now\(|\bdate\.today\(|\btime\.time\(")

    assert not [
        str(path)
        for path in (ROOT / "tests").rglob("*.py")
        if "journeys" not in path.parts and path.name != Path(__file__).name
        if real.search(path.read_text("utf-8"))
    ]


def test_a_notice_about_a_case_names_it_so_that_who_is_tied_gets_none() -> None:
    """Without ``about`` a member who must find nothing of the case would hear of it by mail."""
    asked = {"notify_organization", "notify_root_coordinators"}
    nameless = [
        f"{path.name}:{call.lineno}"
        for path in sorted((ROOT / "grievance").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in asked
        if "about" not in {one.arg for one in call.keywords}
    ]

    assert nameless == []


def test_parameters_of_tests_are_the_same_in_each_process() -> None:
    """What is drawn would give each of two processes other tests to run."""
    odd = [
        f"{path.relative_to(ROOT)}:{decorator.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if ast.unparse(decorator).startswith("pytest.mark.parametrize")
        for part in ast.walk(decorator)
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "uuid4"
    ]

    assert odd == []
