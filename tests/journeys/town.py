"""A whole installation on this machine, of real processes: what the journeys travel through."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from campaigns import clock, schema
from campaigns.catalog.campaign import apply_campaign
from campaigns.catalog.campaign_file import parse_campaign
from campaigns.house import open_house
from campaigns.intake.signature import sign_standard
from campaigns.queues import QueueName
from campaigns.reports.queries import RateQuery, as_json, response_rates
from campaigns.settings import Settings
from tests.factories import make_merchant, make_store
from tests.shop import order

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
CAMPAIGN = """
name = "After delivery"
delay = "PT0S"
hours = { from = "00:00", to = "24:00" }
reminder_after = "P5D"
closes_after = "P21D"

[[question]]
key = "why"
kind = "choice"
when = "score <= 3"
text = { en = "What went wrong?", ar = "ما المشكلة؟" }
options = [{ key = "late", text = { en = "It came late", ar = "وصل متأخرًا" } }, { key = "broken", text.en = "It was damaged" }]

[[question]]
key = "comment"
kind = "text"
text = { en = "Anything you would like to tell us?", ar = "هل تود إخبارنا بشيء؟" }
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(is_true: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


class Town:
    """An installation with one merchant, one store and one campaign, whose processes come and go."""

    def __init__(self, instance: Path, database_url: str, redis_url: str | None = None, scale: str = "stars5") -> None:
        self.instance = instance
        self.port, self.mailbox_port = free_port(), free_port()
        self.base_url = f"http://localhost:{self.port}"
        self.environ = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "INSTANCE_DIR": str(instance),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url or "",
            "PORT": str(self.port),
            "MAILBOX_PORT": str(self.mailbox_port),
            "SECRET_KEY": "t" * 40,
            "PYTHONUNBUFFERED": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.house = open_house(Settings.from_env(self.environ))
        schema.upgrade(self.house.database)
        self.welcome(scale)

    def welcome(self, scale: str = "stars5") -> None:
        """Give the town a merchant with a store and a campaign: whom its purchases and figures are of."""
        file = f'scale = "{scale}"\n{CAMPAIGN}'
        with self.house.database.transaction() as session:
            merchant = make_merchant(session)
            store = make_store(session, self.house.vault, merchant)
            apply_campaign(session, merchant.id, parse_campaign(file), clock.now())
        self.merchant, self.key, self.secret = merchant.id, store.key, store.secrets(self.house.vault)[0]

    def flask(self, *arguments: str, later: str = "") -> Any:
        """Run a command of the product and return the JSON it printed."""
        command = [str(BIN / "flask"), "--app", "wsgi", *arguments, "--json"]
        done = subprocess.run(
            command, cwd=ROOT, env={**self.environ, "CLOCK_OFFSET": later}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def start(self, *names: str, later: str = "") -> None:
        """Start processes: web, mailbox, heartbeat, or the name of a queue."""
        for name in names:
            command = [sys.executable, "worker.py", name] if name != "web" else self._web()
            environ = {**self.environ, "CLOCK_OFFSET": later}
            with (self.instance / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
                )
        if "web" in names:
            wait_for(lambda: self._is_up(self.port) and self.get("/healthz") == 200, "web")
        if "mailbox" in names:
            wait_for(lambda: self._is_up(self.mailbox_port), "mailbox")

    def _web(self) -> list[str]:
        options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        return [str(BIN / "granian"), *options, "--blocking-threads", "2", "--log-level", "warning", "wsgi:app"]

    def _is_up(self, port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def stop(self, *names: str, how: signal.Signals = signal.SIGTERM) -> None:
        for name in names or tuple(self.processes):
            os.killpg(self.processes[name].pid, how)  # granian has children of its own
        for name in names or tuple(self.processes):
            self.processes.pop(name).wait(timeout=30)

    def start_workers(self) -> None:
        self.start(*QueueName, "heartbeat")

    def drain(self, later: str = "") -> None:
        """Work off what is due, as if it were so much later, in a process of its own."""
        environ = {**self.environ, "CLOCK_OFFSET": later}
        subprocess.run([sys.executable, "worker.py", "--burst"], cwd=ROOT, env=environ, check=True, capture_output=True)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = HTTPConnection("localhost", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> int:
        return self.request("GET", path)[0]

    def buy(self, order_id: str, kind: str = "order.fulfilled", **data: Any) -> int:
        """Send a signed webhook and return the status of the answer."""
        data = {"email": f"buyer{order_id}@example.com", **data}
        return self.send(order(kind, order_id=order_id, **data), f"msg_{secrets.token_hex(6)}")

    def send(self, payload: object, webhook_id: str) -> int:
        body = json.dumps(payload).encode()
        headers = {"content-type": "application/json", **sign_standard(self.secret, webhook_id, clock.now(), body)}
        return self.request("POST", f"/webhooks/{self.key}", body, headers)[0]

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Return the mails that arrived, the oldest first."""
        files = sorted((self.instance / "mailbox").glob("*.eml"))
        found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [mail for mail in found if to in str(mail["To"])]

    def rate(self, later: str = "PT0S") -> dict[str, Any]:
        """Return the campaign's response rate, as the report prints it."""
        query = RateQuery(merchant_id=self.merchant, now=clock.now() + clock.parse_duration(later))
        with self.house.database.reading() as session:
            [row] = response_rates(session, query)
        return as_json(row)

    def close(self) -> None:
        self.stop(how=signal.SIGKILL)
        self.house.database.close()


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def rating_links(mail: EmailMessage) -> dict[int, str]:
    """Return the rating links of a mail by their score, found as anybody may find them."""
    anchors = re.findall(r"<a\b[^>]*data-rating=\"(\d+)\"[^>]*>", html_of(mail))
    tags = re.findall(r"<a\b[^>]*data-rating=\"\d+\"[^>]*>", html_of(mail))
    found = [re.search(r'href="([^"]+)"', tag) for tag in tags]
    return {int(score): match[1] for score, match in zip(anchors, found, strict=True) if match}


def unsubscribe_link(mail: EmailMessage) -> str:
    return str(mail["List-Unsubscribe"]).strip("<> ")


@contextmanager
def town(instance: Path, database_url: str, redis_url: str | None = None, scale: str = "stars5") -> Iterator[Town]:
    place = Town(instance, database_url, redis_url, scale)
    try:
        yield place
    finally:
        place.close()
