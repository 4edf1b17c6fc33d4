"""Where the strangers are. A test without its stranger says so and is skipped; in CI it fails."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PINS = HERE / "package.json"
PACKAGES = HERE.parents[1] / ".venv" / "quality"  # what npm brings; `make clean` takes it away
IN_CI = bool(os.environ.get("CI"))
PROGRAM = (HERE / "check.mjs").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Judged:
    """What the two Node programs said, by the name of the letter."""

    html_of_npm: dict[str, str]
    faults: dict[str, str]  # of MJML, where it is not strictly valid
    messages: dict[str, list[tuple[str, str]]]  # of html-validate: rule, and what it says where


def program(name: str) -> str | None:
    """Return the path of a program; servers are not on everybody's PATH."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))


def are_packages_there() -> bool:
    copy = PACKAGES / PINS.name
    return node() is not None and copy.exists() and copy.read_bytes() == PINS.read_bytes()


def node() -> str | None:
    """Return the pinned Node, else the machine's."""
    return next(map(str, PACKAGES.glob("node_modules/node-*/bin/node")), None) or program("node")


def need(is_there: object, what: str) -> None:
    if not is_there:
        missing = f"{what} is not here; `make quality` says why"
        if IN_CI:
            pytest.fail(f"In CI nothing is skipped: {missing}.")
        pytest.skip(missing)


def judge(
    mjml: Mapping[str, str] | None = None,
    html: Mapping[str, str] | None = None,
    allowed: Mapping[str, str] | None = None,
) -> Judged:
    """Let npm's MJML read the first, strictly, and html-validate the second, without the rules that are allowed."""
    path = node()
    assert path
    rules = dict.fromkeys(allowed or {}, "off")
    asked = json.dumps({"mjml": dict(mjml or {}), "html": dict(html or {}), "rules": rules})
    command = [path, "--input-type=module", "--eval", PROGRAM]
    done = subprocess.run(command, check=False, cwd=PACKAGES, input=asked, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    messages = {name: [(rule, what) for rule, what in found] for name, found in said["html"].items() if found}
    return Judged(said["mjml"], said["faults"], messages)
