"""The stage of the personas: one real server, one real browser, a letter for each, and verdicts to read."""

import http.client
import re
import secrets
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from campaigns import clock
from campaigns.audience.suppression import Suppression
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.responses.response import find_response
from tests.factories import make_contact, make_enrollment, make_message, make_purchase
from tests.reports.rows import Shop

Acting = Generator[float, None, None]  # yields how many seconds it waits
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
FRESH = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{}.0.0.0 Safari/537.36"
STALE = FRESH.format(72)  # as Microsoft's sandbox was seen to call itself
SPOKEN = {"Accept-Language": "en", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
NONCE = re.compile(r'name="nonce" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is to become of a letter after the hold: at which level, and which score each way of counting counts."""

    level: str | None = None  # None: nobody answered
    balanced: int | None = None
    strict: int | None = None
    is_unsubscribed: bool = False
    reasons: frozenset[str] = frozenset()  # that are among those found
    costs_reminder: bool = (
        False  # a press is believed at the door; one that was a machine's ends the letters all the same
    )

    @property
    def is_stopped(self) -> bool:
        """Whether the reminder is given up: it is where anything counts, or nobody wants letters any more."""
        return self.balanced is not None or self.is_unsubscribed or self.costs_reminder


@dataclass(slots=True)
class Letter:
    enrollment_id: int
    token: str

    def rate(self, score: object) -> str:
        return f"/r/{self.token}/{score}"

    @property
    def survey(self) -> str:
        return f"/s/{self.token}"

    @property
    def out(self) -> str:
        return f"/u/{self.token}"

    @property
    def links(self) -> list[str]:
        return [*(self.rate(score) for score in range(1, 6)), self.survey, self.out]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks: a browser by its name, at an address, with the headers it sends."""

    name: str = IPHONE
    address: str = "93.184.216.34"
    headers: dict[str, str] = field(default_factory=lambda: dict(SPOKEN))


@dataclass(slots=True)
class Place:
    """What a persona is given."""

    port: int
    house: House
    shop: Shop
    browser: Browser
    letters: list[Letter] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def letter(self) -> Letter:
        """Send one more letter, an hour ago, to somebody at a domain of their own."""
        number, now = secrets.token_hex(6), clock.now()
        with self.house.database.transaction() as session:
            contact = make_contact(session, self.shop.merchant, f"somebody@{number}.example")
            purchase = make_purchase(session, self.shop.store, contact, order_id=number, is_undecided=False)
            enrollment = make_enrollment(session, purchase, self.shop.version, closes_at=now + timedelta(days=21))
            sent = {"state": "sent", "sent_at": now - timedelta(hours=1), "sent_on": now.date()}
            message = make_message(session, enrollment, **sent)
            make_message(session, enrollment, kind="reminder", due_at=now + timedelta(days=5))
        self.letters.append(Letter(enrollment.id, self.house.links.letter_token(message.id)))
        return self.letters[-1]

    def ask(self, method: str, path: str, who: Client, body: str = "") -> tuple[int, str]:
        """Ask the server for something and return its status and its page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"User-Agent": who.name, "X-Forwarded-For": who.address, **who.headers}
        connection.request(method, path, body or None, headers | (FORM if body else {}))
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    def look(self, path: str, who: Client, method: str = "GET") -> str:
        """Open a link; returns the nonce of its form, "" where it shows none."""
        found = NONCE.search(self.ask(method, path, who)[1])
        return found[1] if found else ""

    def send(self, path: str, who: Client, nonce: str, **fields: object) -> int:
        return self.ask("POST", path, who, urlencode({"nonce": nonce, **fields}))[0]

    def open(self, path: str, name: str = IPHONE, *, script: bool = True, before: str = "") -> Page:
        """Open a link in a browser nobody can tell from a person's; `before`: a script that runs first."""
        context = self.browser.new_context(
            user_agent=name, java_script_enabled=script, viewport={"width": 400, "height": 500}
        )
        if before:
            context.add_init_script(before)
        page = context.new_page()
        self.pages.append(page)
        page.goto(f"http://127.0.0.1:{self.port}{path}")
        return page

    def outcome(self, letter: Letter) -> Expected:
        """Return what became of a letter."""
        with self.house.database.reading() as session:
            enrollment = session.get_one(Enrollment, letter.enrollment_id)
            response = find_response(session, letter.enrollment_id)
            unsubscribed = session.scalars(select(Suppression)).first() is not None
        if response is None:
            assert enrollment.stopped_at is None, "nobody answered, and the reminder does not come"
            return Expected(is_unsubscribed=unsubscribed)
        is_confirmed = response.level == "confirmed"
        outcome = Expected(
            level=response.level,
            balanced=response.score if is_confirmed or response.matured_at else None,
            strict=response.score if is_confirmed else None,
            is_unsubscribed=unsubscribed,
            reasons=frozenset(str(reason["code"]) for reason in response.reasons),
        )
        is_stopped = enrollment.stop_reason == "answered"
        assert is_stopped or not outcome.is_stopped, "who answered is reminded"
        assert enrollment.stop_reason != "held", "the reminder waits for ever"
        return replace(outcome, costs_reminder=is_stopped and not outcome.is_stopped)
