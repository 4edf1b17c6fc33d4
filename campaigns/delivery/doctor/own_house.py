"""Our own house from outside: its address, its key, its clock, and the door that unsubscribes with one click."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from urllib.parse import urlsplit

from campaigns.delivery.doctor.line import Line, State
from campaigns.settings import LOCAL_HOSTS

STRONG, WEAK = 128, 64  # bits
SLOW, WRONG = timedelta(minutes=1), timedelta(minutes=5)  # shops' signatures are good for five minutes
MAKE_KEY = (
    "python -c 'import secrets; print(secrets.token_urlsafe(48))' makes one; the old goes to SECRET_KEY_FALLBACKS."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """What our own door answered to a POST from outside, with a token that opens nothing."""

    trouble: str = ""  # why there is no answer
    is_unreachable: bool = False
    status: int = 0
    sets_cookie: bool = False
    date: datetime | None = None


def judge_address(base_url: str) -> Line:
    parts = urlsplit(base_url)
    if parts.hostname in LOCAL_HOSTS:
        what = f"BASE_URL is {base_url}, which nobody but this machine can open."
        return Line("address", State.WARN, what, "Set BASE_URL to the https address that customers reach.")
    if parts.scheme != "https":
        do = "Serve it by https: one-click unsubscribe wants it (RFC 8058), and so do people."
        return Line("address", State.FAIL, f"BASE_URL is {base_url}, which is not https.", do)
    return Line("address", State.OK, f"BASE_URL is {base_url}.")


def bits(secret: str) -> float:
    """Return how much chance a secret holds at most, judged by how evenly it uses its characters."""
    counts = Counter(secret).values()
    return -sum(count * log2(count / len(secret)) for count in counts)


def judge_secret(secret: str) -> Line:
    found = bits(secret)
    if found < WEAK:
        return Line("secret", State.FAIL, "SECRET_KEY can be guessed, and every link forged with it.", MAKE_KEY)
    if found < STRONG:
        return Line("secret", State.WARN, "SECRET_KEY is less random than it should be.", MAKE_KEY)
    return Line("secret", State.OK, "SECRET_KEY is long and random.")


def judge_one_click(knock: Knock) -> Line:
    """Say whether a POST reaches the door that unsubscribes, and comes back as RFC 8058 wants it."""
    if knock.is_unreachable:
        do = "Run the doctor where BASE_URL can be reached."
        return Line("one-click", State.UNKNOWN, f"BASE_URL could not be reached. {knock.trouble}", do)
    if knock.trouble:
        return Line("one-click", State.FAIL, f"BASE_URL cannot be used. {knock.trouble}", "Mend its certificate.")
    if 300 <= knock.status < 400:
        what = f"A POST to /u/… is redirected ({knock.status}); mail programs do not follow."
        do = "Let BASE_URL be the address that answers itself: its https, its www. RFC 8058 forbids to redirect."
        return Line("one-click", State.FAIL, what, do)
    if knock.sets_cookie:
        do = "Take the cookie out of the proxy: the request carries none, and some programs give up."
        return Line("one-click", State.FAIL, "The answer to a POST to /u/… sets a cookie.", do)
    if knock.status == 404:
        return Line("one-click", State.OK, "A POST to /u/… reaches the door, which knows its own tokens.")
    if knock.status == 200:
        what = "A POST to /u/… with nobody's token is answered 200, which Askwell does not do."
        return Line("one-click", State.WARN, what, "See whether BASE_URL leads to Askwell.")
    what = f"A POST to /u/… is answered {knock.status} by something on the way."
    return Line("one-click", State.FAIL, what, "Let the proxy and its firewall pass POST /u/… without a question.")


def judge_clock(now: datetime, knock: Knock, offset: timedelta) -> Line:
    """Compare our clock with that of the server customers reach."""
    if offset:
        return Line("clock", State.WARN, "CLOCK_OFFSET is set: every date is wrong by intent.", "Unset CLOCK_OFFSET.")
    if knock.date is None:
        return Line("clock", State.UNKNOWN, "No server said what time it is.")
    apart = abs(now - knock.date)
    do = "Let both machines set their clocks by NTP."
    if apart > WRONG:
        what = (
            f"This clock and that of BASE_URL are {apart.total_seconds():.0f} seconds apart; webhooks will be refused."
        )
        return Line("clock", State.FAIL, what, do)
    if apart > SLOW:
        what = f"This clock and that of BASE_URL are {apart.total_seconds():.0f} seconds apart."
        return Line("clock", State.WARN, what, do)
    return Line("clock", State.OK, "This clock and that of BASE_URL agree.")
