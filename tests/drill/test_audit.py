"""The audit itself is tried: a sender that doubles, loses, reminds or goes on after a pause is found out."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.drill.auditor import Auditor, Log, Taken, auditing
from tests.drill.judge import Events, Row, Verdict, judge
from tests.drill.mischief import Mischief
from tests.drill.report import table

ANA = "ana@example.com"
ROW = Row(message_id=7, to=ANA, kind="invitation", state="sent")
LETTER = Taken(to=ANA, kind="invitation", message_id="<7@x>", mail_at=100.0, dot_at=100.1, is_said=True)
NOTHING = Log(taken=(), unsaid=(), broken=())


@pytest.fixture
def auditor(tmp_path: Path) -> Iterator[Auditor]:
    with auditing(tmp_path) as auditor:
        yield auditor


def send(auditor: Auditor, to: str = ANA, times: int = 1, headers: str = "Message-ID: <7@x>\r\n") -> None:
    """A sender with no scruples: whatever the server says or leaves unsaid, it goes on."""
    for _ in range(times):
        with suppress(smtplib.SMTPException, OSError), smtplib.SMTP("127.0.0.1", auditor.port, timeout=5) as line:
            line.sendmail("a@harbour.example", [to], f"{headers}\r\nHello\r\n.dot\r\n")


def verdict(log: Log, *rows: Row, **events: object) -> Verdict:
    told = Events(expected=len(rows), played=1, **events)  # type: ignore[arg-type]
    return judge("invitation", log, list(rows), told)


def test_a_sender_that_doubles_is_caught_and_named_by_message_id_only(auditor: Auditor) -> None:
    send(auditor, times=2)
    send(auditor, to="ben@example.com")

    found = verdict(auditor.read(), ROW, Row(message_id=8, to="ben@example.com", kind="invitation", state="sent"))

    assert found.doubled == ("message 7: 2 times",)
    assert not found.holds
    assert "BROKEN" in table("sqlite", {"kills": found})
    assert "@" not in table("sqlite", {"kills": found})


def test_a_letter_whose_reply_was_dropped_counts_as_taken_and_its_copy_as_doubled(auditor: Auditor) -> None:
    auditor.treat(Mischief(drop_after_dot=1))
    send(auditor)
    auditor.treat(Mischief())
    once = verdict(auditor.read(), replace(ROW, state="in_doubt"))
    send(auditor)

    assert (once.sent, once.in_doubt, once.allowed_doubt, once.holds) == (1, 1, 1, True)
    assert verdict(auditor.read(), ROW).doubled


def test_an_invitation_and_its_reminder_are_two_letters(auditor: Auditor) -> None:
    send(auditor)
    send(auditor, headers="Message-ID: <8@x>\r\nIn-Reply-To: <7@x>\r\n")

    assert [each.kind for each in auditor.read().taken] == ["invitation", "reminder"]
    assert verdict(auditor.read(), ROW).holds


@pytest.mark.parametrize(
    "ill",
    [
        Mischief(rcpt_later=1),
        Mischief(goodbye=1),
        Mischief(dot_later=1),
        Mischief(drop_before_dot=1),
        Mischief(down=True),
    ],
    ids=lambda ill: next(
        name for name in ("rcpt_later", "goodbye", "dot_later", "drop_before_dot", "down") if getattr(ill, name)
    ),
)
def test_what_a_server_turned_away_it_has_not_taken(auditor: Auditor, ill: Mischief) -> None:
    auditor.treat(ill)
    send(auditor)
    auditor.treat(Mischief())

    assert auditor.read().taken == ()
    send(auditor)
    assert auditor.taken == 1


def test_a_crowd_is_turned_away_and_pipelining_is_offered_or_not(auditor: Auditor) -> None:
    auditor.treat(Mischief(most_connections=1, pipelining=False))
    with smtplib.SMTP("127.0.0.1", auditor.port) as first:
        first.ehlo()
        with pytest.raises(smtplib.SMTPConnectError):
            smtplib.SMTP("127.0.0.1", auditor.port)

        assert not first.has_extn("pipelining")


def test_a_letter_began_when_its_words_arrived_however_late_the_server_read_them(auditor: Auditor) -> None:
    with smtplib.SMTP("127.0.0.1", auditor.port) as line:
        line.ehlo()
        auditor.treat(Mischief(slow=1, slow_seconds=3))
        line.putcmd("NOOP")
        line.putcmd("MAIL FROM:<a@x.example>")
        line.putcmd("RCPT TO:<ana@example.com>")
        told_at = time.time()
        for _ in range(3):
            line.getreply()
        auditor.treat(Mischief())
        line.data("Message-ID: <7@x>\r\n\r\nHello\r\n")

    assert auditor.read().taken[0].mail_at <= told_at + 0.1


def test_a_row_that_says_sent_of_a_letter_nobody_took_is_lost() -> None:
    assert verdict(NOTHING, ROW).lost == ("message 7: sent",)
    assert verdict(NOTHING).holds
    assert judge("invitation", NOTHING, [], Events(expected=3)).lost == ("3 messages have no row",)
    assert verdict(NOTHING, replace(ROW, state="sending")).lost


def test_doubt_beyond_what_died_with_the_killed_is_too_much() -> None:
    in_doubt, broken = replace(ROW, state="in_doubt"), replace(NOTHING, broken=((90.0, 100.1),))

    assert not verdict(NOTHING, in_doubt, kills=[100.0]).holds
    assert verdict(broken, in_doubt, kills=[100.0]).holds
    assert not verdict(broken, in_doubt, kills=[50.0]).holds


def test_a_reminder_begun_after_the_answer_is_told_from_one_begun_before() -> None:
    log = replace(NOTHING, taken=(LETTER,))

    assert verdict(log, ROW, silenced={ANA: 99.9}).reminded == ("message 7: begun 100.0 ms after the answer",)
    assert verdict(log, ROW, silenced={ANA: 100.05}).holds


def test_a_letter_begun_three_seconds_after_a_pause_is_told_from_one_within_two() -> None:
    log = replace(NOTHING, taken=(LETTER,))

    assert not verdict(log, ROW, pauses=[("everything", 97.0, 105.0)]).holds
    assert verdict(log, ROW, pauses=[("everything", 98.5, 105.0)]).holds


@pytest.mark.parametrize("state", ["scheduled", "deferred", "failed", "cancelled"])
def test_a_row_must_not_deny_what_the_server_has(state: str) -> None:
    assert verdict(replace(NOTHING, taken=(LETTER,)), replace(ROW, state=state)).other


def test_a_letter_may_end_unsent_only_for_a_reason_the_scenario_gives() -> None:
    cancelled = replace(ROW, state="cancelled", reason="answered")

    assert not verdict(NOTHING, cancelled).holds
    assert verdict(NOTHING, cancelled, reasons=frozenset({"answered"})).holds


def test_a_drill_that_never_struck_shows_nothing() -> None:
    assert judge("invitation", NOTHING, [], Events()).other
