"""What is noted while work is done is found again, under few names."""

import subprocess
import sys
from pathlib import Path

from tests.test_exposition import read

WORK = """
import sys
from pathlib import Path
from campaigns import meters
meters.keep_in(Path(sys.argv[1]))
meters.count_letters("sent", 48)
meters.count_letters("in_doubt", 2)
meters.count_letters("sent", 0)
meters.count_reply(250, 48)
meters.count_reply(451, 1)
meters.note_shift(4.0, 50)
meters.note_claim(0.005)
meters.note_wait("domain:5d41402abc4b", 0.25)
meters.note_wait("domain:7d793037a076", 300)
meters.note_request("POST /webhooks/<key>", 202, 0.0042)
"""


def work(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", WORK, str(folder)], check=True)


def text(folder: Path) -> str:
    program = "import sys; from pathlib import Path; from campaigns import meters; meters.keep_in(Path(sys.argv[1])); print(meters.text())"
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], check=True, capture_output=True, text=True
    ).stdout


def test_all_that_several_processes_noted_is_told_by_one_that_comes_after(tmp_path: Path) -> None:
    work(tmp_path)
    work(tmp_path)

    found = read(text(tmp_path))

    assert found["askwell_letters_total", ("sent",)] == 96
    assert found["askwell_letters_total", ("in_doubt",)] == 4
    assert found["askwell_smtp_replies_total", ("250",)] == 96
    assert found["askwell_smtp_replies_total", ("451",)] == 2
    assert found["askwell_shift_seconds_sum", ()] == 8
    assert found["askwell_shift_letters_total", ()] == 100
    assert found["askwell_requests_total", ("POST /webhooks/<key>", "202")] == 2
    assert found["askwell_request_seconds_bucket", ("POST /webhooks/<key>", "0.005")] == 2
    assert found["askwell_request_seconds_bucket", ("POST /webhooks/<key>", "0.002")] == 0


def test_a_time_on_a_boundary_is_within_it_and_one_beyond_all_is_not_lost(tmp_path: Path) -> None:
    work(tmp_path)

    found = read(text(tmp_path))

    assert found["askwell_claim_seconds_bucket", ("0.005",)] == 1
    assert found["askwell_bucket_wait_seconds_bucket", ("domain", "60")] == 1
    assert found["askwell_bucket_wait_seconds_bucket", ("domain", "+Inf")] == 2


def test_buckets_are_told_by_their_kind_and_never_apart(tmp_path: Path) -> None:
    work(tmp_path)

    assert "5d41402abc4b" not in text(tmp_path)


def test_every_metric_is_ours_and_says_what_it_is(tmp_path: Path) -> None:
    helps = [line.split(" ", 3) for line in text(tmp_path).splitlines() if line.startswith("# HELP")]

    assert helps
    for _, _, name, sentence in helps:
        assert name.startswith("askwell_")
        assert sentence.endswith(".")
        assert ("in seconds" in sentence) == name.endswith("_seconds")
