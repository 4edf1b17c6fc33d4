"""The mailbox keeps what was sent, shows it safely, and lets nobody read anything else."""

import json
import os
import re
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaigns.composition.press import Press
from campaigns.delivery.deliver import Shift
from campaigns.delivery.filling import Means
from campaigns.delivery.mailbox import Catcher, folder_of, mail_ids, run, source_of
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.throttle import Throttle
from campaigns.errors import NotFound, SettingsError
from campaigns.house import House
from campaigns.settings import Env, Settings
from tests.delivery.servers import free_port, serving
from tests.delivery.stage import Clock, ask

HOSTILE = b"""To: eve@example.com\r
Subject: =?utf-8?q?=3Cscript=3Ealert=281=29=3C/script=3E?=\r
Message-ID: <broken@@@>\r
Content-Type: text/html; charset=utf-8\r
\r
<html><head></head><body><script>alert(1)</script><form action="/login"></form><img src="http://x.example/p.png">\r
"""


@pytest.fixture
def folder(settings: Settings) -> Path:
    found = folder_of(settings)
    found.mkdir()
    return found


def put(folder: Path, source: bytes, number: int = 1) -> str:
    mail_id = f"20261121T10000000{number:04d}-{number:08x}"
    (folder / f"{mail_id}.eml").write_bytes(source)
    return mail_id


@pytest.fixture
def caught(settings: Settings) -> Iterator[Server]:
    with serving(Catcher(folder_of(settings)), enable_SMTPUTF8=True) as server:
        yield server


@pytest.fixture
def invitation(house: House, caught: Server, client: FlaskClient) -> dict[str, object]:
    """A real letter, sent over real SMTP into the mailbox, as a script sees it."""
    with house.database.transaction() as session:
        ask(session, house.vault)
    address = f"smtp://{caught.host}:{caught.port}"
    object.__setattr__(house, "settings", replace(house.settings, smtp_url=address))
    throttle = Throttle.from_settings(house.settings)
    means = Means(exchange=Exchange("here"), compose=Press(house.links).letter, throttle=throttle)
    assert Shift(house, means, Clock(), lambda: False).work() == 1
    means.close()
    mails = json.loads(client.get("/mailbox.json").data)
    assert len(mails) == 1
    return dict(mails[0])


def test_what_is_sent_is_caught_as_it_was(settings: Settings, caught: Server) -> None:
    with smtplib.SMTP(caught.host, caught.port) as connection:
        connection.sendmail("a@example.com", ["b@example.com"], b"Subject: Hi\r\n\r\n.dot\r\nend\r\n")

    folder = folder_of(settings)
    [mail_id] = mail_ids(folder)
    assert source_of(folder, mail_id).endswith(b"Delivered-To: b@example.com\r\nSubject: Hi\r\n\r\n.dot\r\nend\r\n")
    assert [path.name for path in folder.iterdir()] == [f"{mail_id}.eml"]


def test_the_process_catches_mail_until_it_is_told_to_stop(settings: Settings) -> None:
    port = free_port()
    program = (
        "from campaigns.delivery.mailbox import run; from campaigns.settings import Settings; run(Settings.from_env())"
    )
    environ = {"PATH": os.environ["PATH"], "MAILBOX_PORT": str(port), "INSTANCE_DIR": str(settings.instance)}
    with subprocess.Popen([sys.executable, "-c", program], env=environ, cwd=Path(__file__).parents[2]) as process:
        with closing(patiently_connect(port)) as connection:
            connection.sendmail("a@example.com", ["b@example.com"], "Subject: Hi\r\n\r\nHello\r\n")
            connection.quit()
        process.terminate()
        assert process.wait(10) == 0

    assert len(mail_ids(folder_of(settings))) == 1


def patiently_connect(port: int) -> smtplib.SMTP:
    for _ in range(100):
        with suppress(ConnectionRefusedError):
            return smtplib.SMTP("127.0.0.1", port)
        time.sleep(0.1)
    raise AssertionError("the mailbox did not start")


def test_a_taken_port_is_one_sentence(settings: Settings, caught: Server) -> None:
    with pytest.raises(SettingsError, match="MAILBOX_PORT"):
        run(replace(settings, mailbox_port=caught.port))


def test_a_script_finds_the_links_of_a_letter(invitation: dict[str, object]) -> None:
    rating = invitation["rating"]

    assert invitation["to"] == "ana0@example.com"
    assert isinstance(rating, dict)
    assert sorted(rating) == ["1", "2", "3", "4", "5"]
    assert all(re.search(rf"/r/[^/]+/{score}$", link) for score, link in rating.items())
    assert re.search(r"/u/[^/]+$", str(invitation["unsubscribe"]))


def test_a_person_sees_the_letter_its_text_and_its_source(client: FlaskClient, invitation: dict[str, object]) -> None:
    address = f"/mailbox/{invitation['id']}"

    listed, shown = client.get("/mailbox").text, client.get(address).text

    assert "ana0@example.com" in listed
    assert address in listed
    assert f'src="{address}/html"' in shown
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
    assert "/r/" in client.get(f"{address}/text").text
    assert "List-Unsubscribe-Post" in client.get(f"{address}/source").text


def test_a_hostile_mail_is_shown_and_can_do_nothing(client: FlaskClient, folder: Path) -> None:
    mail_id = put(folder, HOSTILE)

    body = client.get(f"/mailbox/{mail_id}/html")
    policy = body.headers["Content-Security-Policy"]

    assert body.status_code == 200
    assert '<head><base target="_blank">' in body.text
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "sandbox allow-popups" in policy
    for page in ("/mailbox", f"/mailbox/{mail_id}", f"/mailbox/{mail_id}/source"):
        assert "<script>" not in client.get(page).text
    assert client.get("/mailbox.json").json[0]["subject"] == "<script>alert(1)</script>"  # type: ignore[index]  # it is there


@pytest.mark.parametrize(
    "source", [b"", b"no header at all", b"\xff\xfe\x00", b"Content-Type: text/html; charset=klingon\r\n\r\n\xff<p>"]
)
def test_a_broken_mail_breaks_no_page(client: FlaskClient, folder: Path, source: bytes) -> None:
    mail_id = put(folder, source)

    pages = ["/mailbox", "/mailbox.json", *(f"/mailbox/{mail_id}{view}" for view in ("", "/html", "/text", "/source"))]

    assert {client.get(page).status_code for page in pages} == {200}


@pytest.mark.parametrize(
    "mail_id",
    ["..", "../secret", "..%2fsecret", "%2e%2e%2fsecret", "secret", "20261121T100000000000-0000000a%00", "x" * 9000],
)
def test_nothing_but_mails_can_be_read(client: FlaskClient, folder: Path, settings: Settings, mail_id: str) -> None:
    (settings.instance / "secret.eml").write_text("secret")
    (folder / "secret.eml").write_text("secret")

    for view in ("", "/html", "/text", "/source"):
        response = client.get(f"/mailbox/{mail_id}{view}")
        assert response.status_code in {301, 308, 404}
        assert b"secret.eml" not in response.data
    with pytest.raises(NotFound):
        source_of(folder, mail_id)
    assert client.get("/mailbox.json").json == []


def test_the_newest_mail_is_first_and_older_ones_are_a_page_further(client: FlaskClient, folder: Path) -> None:
    for number in range(60):
        put(folder, f"Delivered-To: ana{number}@example.com\r\nSubject: Hi\r\n\r\n".encode(), number)

    first = client.get("/mailbox").text
    [older] = re.findall(r'href="(/mailbox\?before=[^"]+)"', first)
    second = client.get(older).text

    assert first.index("ana59@") < first.index("ana10@")
    assert "ana9@" not in first
    assert "ana10@" not in second
    assert "ana9@" in second
    assert len(client.get("/mailbox.json?to=ana59@").json or []) == 1


def test_an_empty_mailbox_says_so(client: FlaskClient) -> None:
    assert "Nothing here yet" in client.get("/mailbox").text
    assert client.get("/mailbox.json").json == []


def test_in_production_there_is_no_mailbox(house: House, client: FlaskClient) -> None:
    object.__setattr__(house, "settings", replace(house.settings, env=Env.PRODUCTION))

    assert {client.get(page).status_code for page in ("/mailbox", "/mailbox.json", "/mailbox/x/html")} == {404}
