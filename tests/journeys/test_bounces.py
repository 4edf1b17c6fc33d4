"""A letter leaves, a bounce comes back by LMTP, and nobody is reminded at an address that does not exist."""

import signal
import smtplib
import subprocess
from pathlib import Path

from sqlalchemy import select

from campaigns.audience.suppression import Suppression
from campaigns.enrollment.message import Message
from tests.delivery.inbound.mails import dsn
from tests.journeys.conftest import database_url
from tests.journeys.town import BIN, ROOT, Town, free_port, town, wait_for


def listener(place: Town, port: int) -> subprocess.Popen[bytes]:
    command = [str(BIN / "flask"), "--app", "wsgi", "inbound", "listen", "--lmtp", "--port", str(port)]
    with (place.instance / "inbound.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=place.environ, stdout=log, stderr=log)


def states(place: Town) -> list[str]:
    with place.house.database.reading() as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


def test_a_bounce_ends_an_address(tmp_path: Path) -> None:
    with town(tmp_path, database_url("sqlite", tmp_path)) as place:
        place.environ["BOUNCE_DOMAIN"] = "bounce.harbour.example"
        place.start("web", "mailbox")
        place.buy("1001")
        place.drain()
        [mail] = place.mails()
        assert states(place) == ["sent", "scheduled"]

        port = free_port()
        process = listener(place, port)
        wait_for(lambda: place._is_up(port), "the listener")
        with smtplib.LMTP("127.0.0.1", port) as server:
            bounce = dsn(mail.as_bytes()).replace(b"\n", b"\r\n")
            assert server.sendmail("", [str(mail["Return-Path"]).strip("<>")], bounce) == {}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0

        assert states(place) == ["bounced", "cancelled"]
        with place.house.database.reading() as session:
            assert list(session.scalars(select(Suppression.reason))) == ["hard_bounce"]
        place.buy("1002", email="buyer1001@example.com")
        place.drain(later="P6D")
        assert len(place.mails()) == 1
        assert "@" not in (tmp_path / "inbound.log").read_text()
