"""Numbers are added up over processes that live, end, are killed and were never seen."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns.tally import LOST, SLOTS, Tally

COUNTING = """
import sys, time
from pathlib import Path
from campaigns.tally import Tally
tally = Tally(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    tally.add("letters", 1)
print("counted", flush=True)
time.sleep(60)
"""
Counting = subprocess.Popen[str]


def count(folder: Path, number: int) -> Counting:
    """Start a process that counts so many letters and then lives on."""
    command = [sys.executable, "-c", COUNTING, str(folder), str(number)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


def kill(process: Counting) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture
def others(tmp_path: Path) -> Iterator[list[Counting]]:
    started = [count(tmp_path, number) for number in (100, 20, 3)]
    yield started
    for process in started:
        kill(process)


def test_all_processes_add_to_one_sum_while_they_live_and_when_they_are_dead(
    tmp_path: Path, others: list[Counting]
) -> None:
    here = Tally(tmp_path)
    here.add("letters", 0.5)

    assert here.totals()["letters"] == 123.5
    kill(others[0])
    assert here.totals()["letters"] == 123.5
    kill(others[1])
    kill(others[2])
    assert here.totals()["letters"] == 123.5
    assert here.totals()["letters"] == 123.5


def test_the_files_of_the_dead_do_not_pile_up(tmp_path: Path) -> None:
    for _ in range(4):
        kill(count(tmp_path, 10))

    assert len(list(tmp_path.glob("*.tally"))) == 1
    assert Tally(tmp_path).totals()["letters"] == 40


def test_a_fold_that_stopped_before_it_cleared_away_adds_nothing_twice(tmp_path: Path, others: list[Counting]) -> None:
    files = {path: path.read_bytes() for path in tmp_path.glob("*.tally")}
    for process in others:
        kill(process)
    assert Tally(tmp_path).totals()["letters"] == 123

    for path, content in files.items():
        path.write_bytes(content)

    assert Tally(tmp_path).totals()["letters"] == 123
    kill(count(tmp_path, 1))
    assert Tally(tmp_path).totals()["letters"] == 124


def test_a_process_killed_while_it_counts_leaves_what_it_counted(tmp_path: Path) -> None:
    endless = COUNTING.replace("print", "pass; print").replace("int(sys.argv[2])", "10**12")
    process = subprocess.Popen([sys.executable, "-c", endless, str(tmp_path), "0"])
    here = Tally(tmp_path)
    while not (before := here.totals().get("letters", 0)):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()

    after = here.totals()["letters"]

    assert after >= before
    assert after == int(after)
    assert here.totals()["letters"] == after


def test_a_forked_process_counts_for_itself(tmp_path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from campaigns import meters
meters.keep_in(Path(sys.argv[1]))
meters.count_letters("sent", 1)
if os.fork() == 0:
    meters.count_letters("sent", 10)
    os._exit(0)
os.wait()
meters.count_letters("sent", 100)
print(meters.letters_so_far("sent"))
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)

    assert done.stdout == "111.0\n"


def test_what_finds_no_slot_is_counted_under_one_name(tmp_path: Path) -> None:
    here = Tally(tmp_path)

    for number in range(SLOTS + 9):
        here.add(f"number {number}")

    totals = here.totals()
    assert totals["number 0"] == 1
    assert totals[LOST] == 10
    assert len(totals) == SLOTS


def test_long_names_end_before_the_file_does(tmp_path: Path) -> None:
    here = Tally(tmp_path)

    for number in range(300):
        here.add(f"{number} " + "ä" * 500)

    assert sum(here.totals().values()) == 300
    assert here.totals()[LOST] > 0


@pytest.mark.parametrize("past", ["", "{", "[]", '{"folded": 1}', "null"])
def test_a_past_that_cannot_be_read_is_no_past(tmp_path: Path, past: str) -> None:
    (tmp_path / "past.json").write_text(past)
    (tmp_path / "short.tally").write_bytes(b"cut off")
    here = Tally(tmp_path)
    here.add("letters", 7)

    assert here.totals()["letters"] == 7
    assert set(json.loads((tmp_path / "past.json").read_text())) == {"folded", "sums"}


def test_without_a_place_a_process_counts_for_itself_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    here = Tally(tmp_path / "file" / "metrics")

    here.add("letters", 7)

    assert here.totals()["letters"] == 7
    assert "not seen by others" in caplog.text


def test_a_full_disk_neither_kills_a_process_nor_stops_it(tmp_path: Path) -> None:
    program = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
{COUNTING.replace("time.sleep(60)", "print(tally.totals()['letters'])")}
"""
    command = [sys.executable, "-c", program, str(tmp_path), "9"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == "counted\n9.0\n"
    assert list(tmp_path.glob("*.tally")) == []


def test_whoever_holds_the_lock_too_long_is_not_waited_for(tmp_path: Path) -> None:
    here = Tally(tmp_path)
    here.add("letters", 3)
    descriptor = os.open(tmp_path / "lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    assert here.totals() == {LOST: 0, "letters": 3}
    os.close(descriptor)
