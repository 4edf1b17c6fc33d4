"""A line of the log carries ids, and never what people wrote or what an error says of them."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from campaigns.logbook import Line, LogFormat, place

ADDRESS = "@".join(("ana", "example.com"))


def line(form: LogFormat, event: str, *values: object, name: str = "campaigns.test", **extra: Any) -> str:
    record = logging.getLogger(name).makeRecord(name, logging.INFO, "file.py", 7, event, values, None, extra=extra)
    return Line(form).format(record)


def run(program: str, form: str = "json", soon: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run a program in a process whose log is configured."""
    head = f"""
import logging
from campaigns import logbook
logbook.configure(logbook.LogFormat.{form.upper()}, soon={soon})
log = logging.getLogger("campaigns.test")
"""
    return subprocess.run([sys.executable, "-c", head + program], capture_output=True, text=True, check=False)


def test_an_event_is_one_line_of_json_with_its_ids() -> None:
    found = json.loads(line(LogFormat.JSON, "message %s sent", 42, message_id=42, shift="a1b2"))

    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "info",
        "logger": "campaigns.test",
        "event": "message 42 sent",
        "message_id": 42,
        "shift": "a1b2",
    }


def test_an_event_for_people_is_one_line_too() -> None:
    told = line(LogFormat.TEXT, "a request failed\nat a\nat b", merchant_id=3)

    assert told.endswith(" INFO campaigns.test: a request failed | at a | at b merchant_id=3")
    assert "\n" not in told


@pytest.mark.parametrize("form", LogFormat)
def test_what_a_line_may_not_carry_is_left_out(form: LogFormat) -> None:
    told = line(form, "refused", email=ADDRESS, name_of="Ana", answers=["late"], relay=ADDRESS, message_id=7)

    assert "ana" not in told.lower()
    assert "late" not in told
    assert "7" in told


@pytest.mark.parametrize("form", LogFormat)
def test_an_address_in_a_line_of_a_library_is_struck_out(form: LogFormat) -> None:
    told = line(form, f"RCPT TO:<{ADDRESS}> for (%s), {ADDRESS}", ADDRESS, name="some.library")

    assert "example.com" not in told
    assert told.count("<address>") == 3


def test_a_library_that_logs_a_traceback_is_cut_after_its_first_line() -> None:
    told = line(LogFormat.TEXT, "job failed\nTraceback …\nKey (email)=(secret) exists", name="rq.worker")

    assert "job failed" in told
    assert "secret" not in told


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_exception_is_told_by_its_type_and_place(form: str) -> None:
    done = run(f"""
def choke(): raise ValueError({ADDRESS!r})
try:
    choke()
except ValueError:
    log.exception("message %s broke", 7, stack_info=True)
""", form)  # fmt: skip

    assert len(done.stderr.splitlines()) == 1
    assert "message 7 broke" in done.stderr
    assert "ValueError" in done.stderr
    assert "<string>:7 < <string>:9" in done.stderr
    assert "example" not in done.stderr


@pytest.mark.parametrize(
    "program",
    [
        f"raise ValueError({ADDRESS!r})",
        f"import threading\ndef choke(): raise ValueError({ADDRESS!r})\nt = threading.Thread(target=choke); t.start(); t.join()",
        f"class Bad:\n  def __del__(self): raise ValueError({ADDRESS!r})\nBad()",
        f"log.info('%d letters', {ADDRESS!r})",
        f"import warnings\nlog.info('x' + '%s %s', {ADDRESS!r})",
    ],
)
def test_what_nobody_caught_says_nothing_of_people_either(program: str) -> None:
    done = run(program)

    assert "example.com" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert json.loads(done.stderr)["logger"].startswith("campaigns")


def test_a_process_still_ends_as_it_was_told() -> None:
    assert run("raise SystemExit('one sentence')").stderr == "one sentence\n"
    assert run("raise ValueError").returncode == 1
    assert run("import threading, sys\nt = threading.Thread(target=sys.exit); t.start(); t.join()").stderr == ""


def test_the_worker_of_the_queue_writes_into_the_same_book() -> None:
    done = run("""
from rq.logutils import setup_loghandlers
setup_loghandlers("WARNING")
logging.getLogger("rq.worker").error("Worker %s: broke\\n%s", "w1", "ValueError: someone")
""")

    assert done.stdout == ""
    assert [json.loads(each)["event"] for each in done.stderr.splitlines()] == ["Worker w1: broke"]


def test_a_place_is_there_even_for_an_error_never_raised() -> None:
    assert place(ValueError("someone")) == "?"


def test_lines_that_may_wait_are_all_written_in_their_order_and_a_warning_takes_them_along() -> None:
    program = """
import os, time
log.info("first")
log.info("second")
log.warning("third")
log.info("fourth")
time.sleep(0.5)
log.info("never written")
os._exit(0)
"""

    lines = [json.loads(each)["event"] for each in run(program, soon=True).stderr.splitlines()]

    assert lines == ["first", "second", "third", "fourth"]


def test_what_waits_is_written_when_the_program_ends() -> None:
    lines = run('log.info("last words")', soon=True).stderr.splitlines()

    assert [json.loads(each)["event"] for each in lines] == ["last words"]
