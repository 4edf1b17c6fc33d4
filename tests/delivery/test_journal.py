"""What a sender wrote down is there after it died, and nobody reads it while it lives."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.journal import ENOUGH, ROOM, Entry, Evidence, Journal, Word, orphans

ENTRIES = st.builds(
    Entry,
    key=st.integers(1, 2**63),
    word=st.sampled_from(Word),
    code=st.sampled_from([0, 250, 451, 550]),
    status=st.sampled_from(["", "2.0.0", "5.1.10"]),
)


def left_by_a_dead_sender(folder: Path, *entries: Entry) -> Evidence:
    journal = Journal(folder, "lease")
    journal.write(entries)
    journal.leave()
    return next(orphans(folder))


@given(entries=st.lists(ENTRIES, max_size=50))
def test_the_last_word_on_each_letter_is_what_counts(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    evidence = left_by_a_dead_sender(tmp_path_factory.mktemp("journals"), *entries)

    assert evidence.lease == "lease"
    assert evidence.is_whole
    assert evidence.last_words == {entry.key: entry for entry in entries}


def test_the_journal_of_a_living_sender_is_left_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "lease")
    journal.write([Entry(1, Word.INTENDED)])

    assert list(orphans(tmp_path)) == []
    journal.leave()
    assert [evidence.keys(Word.INTENDED) for evidence in orphans(tmp_path)] == [[1]]
    assert list(tmp_path.iterdir()) == []


def test_a_journal_whose_evidence_could_not_be_dealt_with_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "lease")
    journal.leave()

    for _ in orphans(tmp_path):
        break
    with pytest.raises(RuntimeError):
        for _ in orphans(tmp_path):
            raise RuntimeError

    assert [evidence.lease for evidence in orphans(tmp_path)] == ["lease"]


def test_a_cleared_journal_says_nothing_and_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "lease")
    journal.write([Entry(number, Word.TAKEN, 250, "2.0.0") for number in range(100)])
    journal.clear()
    journal.write([Entry(7, Word.INTENDED)])
    journal.leave()

    assert next(orphans(tmp_path)).last_words == {7: Entry(7, Word.INTENDED)}


@pytest.mark.parametrize("torn", range(1, 16))
def test_a_line_torn_in_the_middle_is_as_if_it_had_not_been_written(tmp_path: Path, torn: int) -> None:
    journal = Journal(tmp_path, "lease")
    journal.write([Entry(1, Word.INTENDED), Entry(22, Word.TAKEN, 250, "2.0.0")])
    journal.leave()
    path = next(tmp_path.glob("*.journal"))
    written = path.read_bytes().partition(b"\0")[0]
    path.write_bytes(written[:-torn])

    assert next(orphans(tmp_path)).last_words == {1: Entry(1, Word.INTENDED)}


def test_after_the_machine_went_down_a_journal_is_known_not_to_be_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "lease")
    journal.write([Entry(1, Word.TAKEN, 250)])
    journal.leave()
    path = next(tmp_path.glob("*.journal"))
    _, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(b"another-boot\n" + rest)

    evidence = next(orphans(tmp_path))
    assert not evidence.is_whole
    assert evidence.keys(Word.TAKEN) == [1]


def test_a_file_that_lost_all_its_bytes_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "lease.journal").write_bytes(bytes(ROOM))

    assert [(each.is_whole, each.last_words) for each in orphans(tmp_path)] == [(False, {})]


def test_room_is_taken_at_the_start_and_what_goes_beyond_is_refused_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "lease")
    assert next(tmp_path.glob("*.journal")).stat().st_blocks * 512 >= ROOM
    many = [Entry(number, Word.INTENDED) for number in range(20_000)]

    while not journal.is_full:
        journal.write(many)
    with pytest.raises(OSError, match="full"):
        for _ in range(10):
            journal.write(many)
    journal.leave()

    assert ENOUGH < len(next(tmp_path.glob("*.journal")).read_bytes().partition(b"\0")[0]) < ROOM
    assert len(next(orphans(tmp_path)).keys(Word.INTENDED)) == 20_000


def test_a_disk_without_room_stops_a_sender_before_it_begins(tmp_path: Path) -> None:
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom campaigns.delivery.journal import Journal\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    Journal(Path(sys.argv[1]), 'lease')\nexcept OSError:\n    print('no room')\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )

    assert said.stdout == "no room\n"
    assert list(tmp_path.iterdir()) == []


def test_a_sender_killed_in_the_middle_of_writing_leaves_whole_lines(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom campaigns.delivery.journal import *\n"
        "journal = Journal(Path(sys.argv[1]), 'lease')\nprint('writing', flush=True)\n"
        "while True:\n"
        "    for number in range(1000):\n        journal.write([Entry(number, Word.INTENDED), Entry(number, Word.TAKEN, 250)])\n"
        "    journal.clear()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd()
    ) as sender:
        assert sender.stdout is not None
        sender.stdout.readline()
        time.sleep(0.05)
        os.kill(sender.pid, signal.SIGKILL)

    evidence = next(orphans(tmp_path))
    assert evidence.is_whole
    assert {entry.word for entry in evidence.last_words.values()} <= {Word.INTENDED, Word.TAKEN}
    assert len(evidence.keys(Word.INTENDED)) <= 1
