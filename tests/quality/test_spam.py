"""A spam filter finds next to nothing in any signed letter: below 1.0 point, where 5.0 make it spam.

It is asked what it knows by itself (`-L`): its rules about words, HTML and headers. What only a network
could tell it, such as the signature, the name of the relay and lists of bad hosts, has no part in the
score; the signature is verified by a stranger in `test_relay.py`. What it may find stands in `allowed.toml`:
rules of no cost, and such whose points are not counted because they know nothing of a letter's language.
"""

import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from campaigns.tags import available
from tests.quality import allowed
from tests.quality.conftest import Tell
from tests.quality.letters import MARKS, Specimen, sample
from tests.quality.tools import need, program

pytestmark = pytest.mark.drill

MOST = 1.0
STATUS = re.compile(
    r"^X-Spam-Status: \w+, score=(-?[\d.]+) required=[\d.]+\s+tests=([\w,\s]*?)\s+autolearn=.*?^X-Specimen: (\d+)$",
    re.M | re.S,
)
# Every spam filter takes this for spam, https://spamassassin.apache.org/gtube/
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

Verdict = tuple[float, set[str]]


def verdicts(letters: Mapping[str, bytes], folder: Path) -> dict[str, Verdict]:
    """Return score and rules of each letter, all judged in one go."""
    need(program("spamassassin"), "SpamAssassin")
    box = folder / "box"
    box.write_bytes(b"".join(_in_box(at, letter) for at, letter in enumerate(letters.values())))
    settings = ["use_bayes 0", *(f"score {rule} 0.001" for rule in allowed.SPAM_UNCOUNTED)]
    command = ["spamassassin", "-L", "-t", "-x", *(f"--cf={each}" for each in settings), "--mbox", str(box)]
    done = subprocess.run(
        command, check=False, capture_output=True, encoding="utf-8", errors="replace", env=_home(folder)
    )
    names = list(letters)
    found = {
        names[int(at)]: (float(score) + 0.0, set(re.findall(r"\w+", rules)) - {"none"})
        for score, rules, at in STATUS.findall(done.stdout)
    }
    assert found.keys() == letters.keys(), done.stderr
    return found


def _in_box(at: int, letter: bytes) -> bytes:
    """Return a letter as it lies in a mailbox, and with its number: answers come in an order of their own."""
    return b"From a@b Sat Nov 21 10:00:00 2026\nX-Specimen: %d\n%s\n\n" % (at, letter.replace(b"\r\n", b"\n"))


def _home(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


def test_no_letter_looks_like_spam(tmp_path: Path, tell: Tell) -> None:
    letters = list(sample(available(), scales=[MARKS]))

    found = verdicts({str(each): each.signed() for each in letters}, tmp_path)

    by_name: dict[str, list[Verdict]] = defaultdict(list)
    for each in letters:
        by_name[each.name].append(found[str(each)])
    tell("SpamAssassin: the highest score, and what it found", [_row(*each) for each in sorted(by_name.items())])
    assert {name: each for name, each in found.items() if each[0] >= MOST} == {}
    assert {rule for _, rules in found.values() for rule in rules} == {*allowed.SPAM, *allowed.SPAM_UNCOUNTED}


def _row(name: str, said: list[Verdict]) -> str:
    highest = max(score for score, _ in said)
    rules = sorted(set().union(*(rules for _, rules in said)))
    return f"{name:<28} {len(said):>3} letters {highest:>6.1f}  {', '.join(rules)}"


def test_what_is_spam_is_found(tmp_path: Path) -> None:
    letter = Specimen(template="sign_in").signed().replace(b"Here is your link", GTUBE, 1)

    [(score, rules)] = verdicts({"spam": letter}, tmp_path).values()

    assert score > 100
    assert "GTUBE" in rules
