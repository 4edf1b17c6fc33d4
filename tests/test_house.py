"""The rules of the house, executable: sizes, names, one address for each library, nothing forgotten."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from campaigns import heartbeat
from campaigns.links import DASHBOARD, EVENTS, LOGIN, MAILBOX, RATE, SIGN_IN, SURVEY, UNSUBSCRIBE, WEBHOOK
from campaigns.queues import LOOK, QueueName

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "campaigns").rglob("*.py"))
OURS = [path for path in SOURCES if "versions" not in path.parts]
LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 200, 35, 6
ADDRESSES = {
    "itsdangerous": {"tokens.py"},
    "cryptography": {"vault.py", "key_pair.py", "dkim.py", "public_key.py"},
    "dns": {"dns_lookup.py"},
    "mrml": {"render.py"},
    "smtplib": {"transport.py", "server.py", "wire.py"},
    "rq": {"queues.py", "workers.py"},
    "redis": {"queues.py", "workers.py", "buckets.py"},
    "honcho": {"develop.py"},
    "isodate": {"clock.py"},
    "email_validator": {"address.py"},
    "dotenv": {"settings.py"},
    "alembic": {"schema.py", "env.py", "terminal.py"},
}
DOORS = re.compile(
    r"(pages|webhook|access|door|app|cli|commands|terminal|letterhead|visit|survey_page)\.py$|_pages\.py$"
)
RULES = [
    "eligibility",
    "schedule",
    "trust",
    "triage",
    "metrics",
    "feedback",
    "classify",
    "pace",
    "routing",
    "permission",
    "condition",
    "wording",
    "wording_habits",
    "survey",
    "scale",
    "signature",
    "breaker",
    "kinds",
    "bounce_words",
    "told",
    "theme",
]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_a_file_promises_in_one_sentence_and_keeps_to_its_size(path: Path) -> None:
    text = path.read_text()
    docstring = ast.get_docstring(ast.parse(text)) or ""

    assert docstring.split("\n")[0].rstrip().endswith((".", ":", "?")) or "\n\n" not in docstring.split(".")[0]
    assert docstring
    assert text.count("\n") <= LONGEST_FILE
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno < LONGEST_FUNCTION, function.name
        arguments = [each for each in function.args.args if each.arg not in {"self", "cls"}]
        assert len(arguments) + len(function.args.kwonlyargs) <= MOST_PARAMETERS + 1, function.name


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_a_library_is_used_where_it_lives_and_the_clock_is_asked_in_one_place(path: Path) -> None:
    used = imports(path)

    for library, homes in ADDRESSES.items():
        assert library not in used or path.name in homes, library
    assert "flask" not in used or DOORS.search(path.name)
    if path.stem in RULES:
        assert not used & {"sqlalchemy", "flask"}
    if path.name != "clock.py":
        assert "datetime.now(" not in path.read_text()
        assert "TYPE_CHECKING" not in path.read_text()


def test_no_function_imports() -> None:
    for path in OURS:
        for function in functions(path):
            assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function)), path


def test_every_room_stands_in_the_floor_plan() -> None:
    plan = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    named = set(re.findall(r"\w+", " ".join(plan)))

    rooms = {path.name for path in (ROOT / "campaigns").iterdir() if (path / "__init__.py").exists()}
    plumbing = {path.stem for path in (ROOT / "campaigns").glob("*.py")} - {"__init__"}

    assert named == rooms | plumbing


def test_every_link_of_a_letter_resolves_to_a_door(app: Flask) -> None:
    doors = {rule.rule for rule in app.url_map.iter_rules()}

    assert {RATE, SURVEY, UNSUBSCRIBE, WEBHOOK, EVENTS, SIGN_IN, LOGIN, DASHBOARD, MAILBOX} <= doors


def test_every_queue_has_work_and_a_process_that_does_it() -> None:
    processes = (ROOT / "Procfile").read_text()

    assert {beat.queue for beat in heartbeat.BEATS} == set(QueueName)
    assert all(f"worker.py {queue}" in processes for queue in QueueName)
    assert f"{heartbeat.look.__module__}.{heartbeat.look.__name__}" == LOOK


def test_every_mail_has_its_three_files() -> None:
    folders = {path.parent for path in (ROOT / "email_templates").rglob("body.mjml")}

    assert folders
    for folder in folders:
        assert {"subject.txt", "body.mjml", "body.txt"} <= {path.name for path in folder.iterdir()}


def test_every_setting_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    read = set(re.findall(r'(?:_get|_required|_port)\("([A-Z_]+)"', (ROOT / "campaigns/settings.py").read_text()))

    assert read
    assert all(f"{name}=" in example for name in read)


def test_every_dependency_earns_its_line_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text().lower()
    names = re.findall(r"^([a-z0-9_-]+)", (ROOT / "requirements.txt").read_text(), re.M)

    assert all(f"`{name}`" in readme for name in names)
