"""People answer, unsubscribe and cancel, and marketers pause, while letters are leaving."""

import json
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import delete

from campaigns import clock
from campaigns.catalog.campaign import campaigns_of
from campaigns.delivery.halt import EVERYBODY, Halt
from campaigns.intake.signature import sign_standard
from tests.drill.mischief import Mischief
from tests.drill.seed import address
from tests.drill.site import Site
from tests.journeys.town import rating_links, unsubscribe_link
from tests.shop import order

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": BROWSER}
PEOPLE_AT_ONCE = 4
A_BATCH = 10.0  # seconds that reminders take to leave
Act = Callable[[Site, str, EmailMessage], tuple[int, int]]  # returns what a door said, and what it should say
REASONS = frozenset({"answered", "unsubscribed", "cancelled"})


def answers(site: Site, letters: int, times: int) -> None:
    """People answer, unsubscribe and cancel at the real doors while their reminders leave."""
    folder = site.logs / "letters"
    folder.mkdir()
    site.auditor.keep_letters(folder)
    site.seed(letters)
    site.start_senders()
    while site.unfinished() and site.keep_leaving():
        time.sleep(0.1)
    site.auditor.keep_letters(None)
    site.retire(*site.senders)
    site.kind, site.events.reasons = "reminder", REASONS
    site.events.expected = site.unfinished()
    site.later += timedelta(days=5, hours=1)
    site.start("web", later=site.offset)
    site.auditor.treat(Mischief(pace=letters / A_BATCH))
    site.start_senders()
    site.keep_leaving()
    _all_at_once(site, folder, letters)
    site.keep_leaving()


def _all_at_once(site: Site, folder: Path, letters: int) -> None:
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()]
    people = {re.findall(r"<([^>]+)>|$", str(mail["To"]))[0]: mail for mail in mails}
    chosen = site.dice.sample(sorted(people), k=min(len(people), letters * 6 // 10))
    acts: tuple[Act, ...] = (press, opt_out, cancel)
    todo = [(to, acts[number % len(acts)]) for number, to in enumerate(chosen)]
    lock, deadline = threading.Lock(), time.monotonic() + A_BATCH
    pause = A_BATCH * PEOPLE_AT_ONCE / max(1, len(todo))

    def live() -> None:
        while todo and time.monotonic() < deadline:
            with lock:
                to, act = todo.pop() if todo else ("", press)
            if to:
                _act(site, act, to, people[to])
            time.sleep(pause / 2)

    threads = [threading.Thread(target=live) for _ in range(PEOPLE_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reminded = {each.to for each in site.auditor.read().taken if each.kind == "reminder"}
    both = len(reminded & set(site.events.silenced))
    site.events.notes.append(
        f"{len(site.events.silenced)} answered, unsubscribed or cancelled; {both} after their reminder"
    )


def _act(site: Site, act: Act, to: str, mail: EmailMessage) -> None:
    try:
        status, wanted = act(site, to, mail)
    except (OSError, HTTPException, AssertionError) as error:
        site.events.notes.append(f"a door failed: {act.__name__}, {type(error).__name__}")
        return
    if status == wanted:
        site.events.silenced[to] = time.time()
    else:
        site.events.notes.append(f"a door failed: {act.__name__} was answered {status}")


def press(site: Site, to: str, mail: EmailMessage) -> tuple[int, int]:
    """Open the link of a star and press the button, as a browser does."""
    path = urlsplit(rating_links(mail)[5]).path
    _, page = site.request("GET", path, headers=FORM)
    nonce = re.search(rb'name="nonce"[^>]*value="([^"]+)"', page)
    assert nonce, "the page of a rating has no form"
    form = {"nonce": nonce[1].decode(), "score": "5"}
    return site.request("POST", path, urlencode(form).encode(), FORM)[0], 303


def opt_out(site: Site, to: str, mail: EmailMessage) -> tuple[int, int]:
    """Unsubscribe with one click (RFC 8058)."""
    path = urlsplit(unsubscribe_link(mail)).path
    return site.request("POST", path, b"List-Unsubscribe=One-Click", FORM)[0], 200


def cancel(site: Site, to: str, mail: EmailMessage) -> tuple[int, int]:
    """Let the shop cancel the order, with a signed webhook."""
    number = to.removeprefix("drill").partition("@")[0]
    assert address(int(number)) == to
    body = json.dumps(order("order.cancelled", order_id=number, email=to)).encode()
    signed = sign_standard(site.secret, f"msg_{number}", clock.now() + site.later, body)
    headers = {"content-type": "application/json", **signed}
    return site.request("POST", f"/webhooks/{site.key}", body, headers)[0], 202


def pauses(site: Site, letters: int, times: int) -> None:
    """A campaign, a merchant and then everything is paused in the middle of a batch."""
    site.auditor.treat(Mischief(pace=letters / 16))
    site.seed(letters)
    site.start_senders()
    ways: dict[str, Callable[[Site, bool], None]] = {
        "a campaign": _pause_campaign,
        "a merchant": _halt_merchant,
        "everything": _halt_everybody,
    }
    for what, pause in ways.items():
        if not site.keep_leaving():
            site.events.notes.append("the letters were gone before the last pause")
            break
        pause(site, True)
        since = time.time()
        time.sleep(3.5)
        site.events.pauses.append((what, since, time.time()))
        pause(site, False)


def _pause_campaign(site: Site, is_on: bool) -> None:
    with site.house.database.transaction() as session:
        for campaign in campaigns_of(session, site.merchant):
            campaign.state = "paused" if is_on else "active"


def _halt_merchant(site: Site, is_on: bool) -> None:
    _halt(site, site.merchant, is_on)


def _halt_everybody(site: Site, is_on: bool) -> None:
    _halt(site, EVERYBODY, is_on)


def _halt(site: Site, merchant_id: int, is_on: bool) -> None:
    with site.house.database.transaction() as session:
        if is_on:
            session.add(Halt(merchant_id=merchant_id, reason="drill", since=clock.now()))
        else:
            session.execute(delete(Halt).where(Halt.merchant_id == merchant_id))
