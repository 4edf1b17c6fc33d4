"""What docs/operate.md tells an operator to type, to set, to open and to watch is there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from campaigns.cli import add_commands
from campaigns.delivery.smtp.habits import Habits
from campaigns.meters import METERS
from campaigns.queues import QueueName

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs/operate.md"
FOLDER = ROOT / "docs/operate"
UNITS = sorted(FOLDER.glob("*.service"))
COMPOSE = (FOLDER / "compose.yml").read_text()
WORKERS = {*QueueName, "heartbeat", "metrics"}
NOT_OURS = {
    "HOST",
    "WEB_PROCESSES",
    "WEB_THREADS",
    "PYTHONUNBUFFERED",
    "POSTGRES_PASSWORD",
    "POSTGRES_USER",
    "POSTGRES_DB",
}
TELLING = [GUIDE, ROOT / "README.md", ROOT / "CHANGELOG.md"]


def name(path: Path) -> str:
    return path.name


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the words after `flask --app wsgi`, each time as far as the command goes."""
    for line in re.findall(r"flask --app wsgi ([^`\n]+)", text):
        yield re.split(r"\s[#<&|]|\.\s|\)", line)[0].split()


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"(?m)^\s*(?:#\s*)?([A-Z]+(?:_[A-Z]+)*)(?:=|: )", text))


def known_settings() -> set[str]:
    return settings_in((ROOT / ".env.example").read_text())


def exec_start(unit: Path, instance: str = "") -> str:
    """Return what systemd would have the shell run."""
    line = re.search(r"(?m)^ExecStart=/bin/sh -c '(.*)'$", unit.read_text())
    assert line, unit.name
    return re.sub(r"%.|\$\$", lambda found: {"%i": instance, "%%": "%", "$$": "$"}[found[0]], line[1])


@pytest.mark.parametrize("path", TELLING, ids=name)
def test_every_command_it_names_exists_with_its_options(path: Path, app: Flask) -> None:
    add_commands(app)
    told = list(commands_in(path.read_text()))

    for words in told:
        command: click.Command | None = app.cli
        rest = list(words)
        while isinstance(command, click.Group) and rest and not rest[0].startswith(("-", "…")):
            command = command.commands.get(rest.pop(0))
        options = {option for each in command.params for option in each.opts} if command else set()

        assert command is not None, words
        assert {word for word in rest if word.startswith("--")} <= options | {"--json"}, words
    assert told


def test_every_setting_it_names_is_in_the_example() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)[`=]", GUIDE.read_text()))

    assert named
    assert {each.removesuffix("_FILE") for each in named} <= known_settings() | NOT_OURS


@pytest.mark.parametrize("path", [*UNITS, FOLDER / "compose.yml", FOLDER / "compose.env.example"], ids=name)
def test_every_setting_a_file_beside_it_makes_exists(path: Path) -> None:
    text = path.read_text()
    made = settings_in(text) if path not in UNITS else set()
    for line in re.findall(r"(?m)^Environment=(.*)$", text):
        made |= {word.partition("=")[0] for word in line.split()}

    assert made
    assert made <= known_settings() | NOT_OURS


@pytest.mark.parametrize("path", TELLING, ids=name)
def test_everything_it_links_to_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text())

    assert links
    assert all((path.parent / link).exists() for link in links)


def test_every_file_beside_it_is_mentioned_there_or_by_its_neighbour() -> None:
    text = GUIDE.read_text()

    for file in FOLDER.iterdir():
        assert f"operate/{file.name.removesuffix('.dockerignore')}" in text, file.name


def test_everything_that_is_counted_is_explained_and_nothing_else() -> None:
    gauges = set(re.findall(r'"(askwell_\w+)"', (ROOT / "campaigns/reports/gauges.py").read_text()))
    named = set(re.findall(r"askwell_\w+", GUIDE.read_text()))

    assert gauges
    assert named == gauges | {meter.name for meter in METERS}


@pytest.mark.parametrize("queue", sorted(WORKERS))
def test_the_unit_of_a_worker_runs_the_queue_before_the_dash(queue: str, tmp_path: Path) -> None:
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)

    for instance in (queue, f"{queue}-2"):
        command = exec_start(FOLDER / "askwell-worker@.service", instance)
        ran = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)

        assert ran.stdout.split() == ["worker.py", queue]


def test_units_and_containers_run_what_the_procfile_runs() -> None:
    processes = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    web = re.sub(r"\$\{\w+:-([\w.]+)\}", r"\1", processes.pop("web")).split()
    flags = {word for word in web if word.startswith("--")} | {"wsgi:app"}
    in_compose = re.search(r"(?m)^    command: granian (.*)$", COMPOSE)

    assert in_compose
    assert flags <= set(in_compose[1].split())
    assert flags <= set(exec_start(FOLDER / "askwell-web.service").split())
    assert processes["heartbeat"].removeprefix("python ") in exec_start(FOLDER / "askwell-heartbeat.service")
    for service, command in processes.items():
        assert f"  {service}:" in COMPOSE
        assert f"    command: {command}\n" in COMPOSE


def test_whatever_the_guide_runs_as_a_worker_is_one() -> None:
    text = GUIDE.read_text()
    groups = re.findall(r"askwell-worker@\{([\w,]+)\}", text)
    singles = re.findall(r"worker\.py (\w+)|askwell-worker@(\w+)", text)

    named = {word for group in groups for word in group.split(",")} | {a or b for a, b in singles}

    assert set(QueueName) < named
    assert named - {""} - {"service"} <= WORKERS


def test_whoever_stops_a_worker_waits_for_the_letters_in_hand() -> None:
    longest = Habits().with_a_letter + Habits().patience
    unit = (FOLDER / "askwell-worker@.service").read_text()
    seconds = re.search(r"(?m)^TimeoutStopSec=(\d+)$", unit)
    minutes = re.search(r"(?m)^x-worker:[\s\S]*?stop_grace_period: (\d+)m", COMPOSE)

    assert seconds
    assert minutes
    assert int(seconds[1]) > longest
    assert int(minutes[1]) * 60 > longest


@pytest.mark.parametrize("unit", UNITS, ids=name)
def test_a_unit_keeps_its_folder_and_the_boot_id_and_little_else(unit: Path) -> None:
    lines = unit.read_text().splitlines()

    assert {"StateDirectory=askwell", "NoNewPrivileges=yes", "ProtectSystem=strict", "Restart=always"} <= set(lines)
    assert "Environment=PYTHONUNBUFFERED=1 INSTANCE_DIR=/var/lib/askwell" in lines
    assert not any(line.startswith("ProcSubset") for line in lines)
