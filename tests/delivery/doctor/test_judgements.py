"""Keys, servers and our own house: each state there is, and what to do in each that is not well."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.delivery.doctor.dmarc import Policy
from campaigns.delivery.doctor.line import Line, State
from campaigns.delivery.doctor.own_house import (
    Knock,
    judge_address,
    judge_clock,
    judge_one_click,
    judge_secret,
)
from campaigns.delivery.doctor.servers import (
    RelaySeen,
    Sender,
    is_public,
    judge_mail_hosts,
    judge_relay,
    judge_senders,
)
from campaigns.delivery.doctor.signing import OurKey, judge_alignment, judge_key, judge_keys

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OK, WARN, FAIL, UNKNOWN = State.OK, State.WARN, State.FAIL, State.UNKNOWN
NAME = "askwell1._domainkey.shop.example"
KEY = OurKey(1, "shop.example", "shop.example", NAME, "v=DKIM1; k=rsa; p=MIIB", ("v=DKIM1; k=rsa; p=MI IB",))
RELAY = RelaySeen(name="Relay 3", is_near=False, is_encrypted=True, certificate_until=NOW + timedelta(days=60))


def check(line: Line, state: State, what: str) -> None:
    assert (line.state, what in line.what) == (state, True), line
    assert state is UNKNOWN or bool(line.do) is (state is not OK), line


@pytest.mark.parametrize(
    ("published", "state", "what"),
    [
        (KEY.published, OK, "Key 1 is published"),
        (("k=rsa; p=MIIB",), OK, "Key 1 is published"),
        (("v=DKIM1; p=OTHER",), FAIL, "another than the one that signs"),
        (("v=DKIM1; p=",), FAIL, "revokes its key"),
        (("hello",), FAIL, "holds no key"),
        (("v=DKIM1; t=y:s; p=MIIB",), WARN, "t=y"),
        (("v=DKIM1; p=MIIB", "v=DKIM1; p=OLD"), FAIL, "2 records"),
        ((), FAIL, "nothing is published"),
        (None, UNKNOWN, "Nobody could be asked"),
    ],
)
def test_a_published_key_is_ours(published: tuple[str, ...] | None, state: State, what: str) -> None:
    check(judge_key(replace(KEY, published=published)), state, what)


def test_without_a_key_somebody_else_signs_or_nobody() -> None:
    assert judge_keys(7, (KEY,), relay_signs=False) == [judge_key(KEY)]
    check(judge_keys(7, (), relay_signs=False)[0], FAIL, "No key signs")
    check(judge_keys(7, (), relay_signs=True)[0], UNKNOWN, "The relay signs letters itself")
    assert "dkim create --merchant 7" in judge_keys(7, (), relay_signs=False)[0].do


@pytest.mark.parametrize(
    ("envelope", "keys", "tags", "state", "what"),
    [
        ("shop.example", (KEY,), {}, OK, "DKIM and SPF speak for mail.shop.example"),
        ("bounce.shop.example", (KEY,), {}, OK, "DKIM and SPF speak"),
        ("esp.example", (KEY,), {}, WARN, "DKIM speaks for"),
        ("shop.example", (), {}, WARN, "SPF speaks for"),
        ("shop.example", (KEY,), {"adkim": "s", "aspf": "s"}, FAIL, "Neither SPF (shop.example) nor"),
        ("mail.shop.example", (KEY,), {"adkim": "s", "aspf": "s"}, WARN, "SPF speaks for"),
        ("esp.example", (), {}, FAIL, "Neither SPF (esp.example) nor"),
    ],
)
def test_what_vouches_for_a_letter_speaks_for_its_from(
    envelope: str, keys: tuple[OurKey, ...], tags: dict[str, str], state: State, what: str
) -> None:
    policy = Policy(found_at="shop.example", organization="shop.example", wish="none", tags=tags)
    organization = ".".join(envelope.split(".")[-2:])

    [line] = judge_alignment("mail.shop.example", (envelope, organization), keys, policy)

    check(line, state, what)


def test_without_a_policy_nothing_has_to_align() -> None:
    assert judge_alignment("shop.example", ("esp.example", "esp.example"), (), None) == []


@pytest.mark.parametrize(
    ("seen", "state", "what"),
    [
        (RELAY, OK, "encrypts"),
        (replace(RELAY, certificate_until=NOW + timedelta(days=13)), WARN, "runs out on 2026-12-04"),
        (replace(RELAY, is_encrypted=False), FAIL, "takes letters unencrypted"),
        (replace(RELAY, is_encrypted=False, is_near=True), OK, "is on this machine"),
        (replace(RELAY, trouble="Its certificate is not to be trusted."), FAIL, "not to be trusted"),
        (replace(RELAY, trouble="TimeoutError.", is_unreachable=True), UNKNOWN, "could not be reached"),
        (replace(RELAY, is_mailbox=True), WARN, "nothing leaves this machine"),
    ],
)
def test_a_relay_encrypts(seen: RelaySeen, state: State, what: str) -> None:
    check(judge_relay(seen, NOW), state, what)


@pytest.mark.parametrize(
    ("sender", "state", "what"),
    [
        (Sender("192.0.2.7", True, ("mx.shop.example",), ("192.0.2.7",)), OK, "is mx.shop.example, and back"),
        (Sender("192.0.2.7", True, (), None), FAIL, "has no name"),
        (Sender("192.0.2.7", False, (), None), WARN, "has no name"),
        (Sender("192.0.2.7", True, ("mx.shop.example",), ("192.0.2.8",)), FAIL, "does not lead back"),
        (Sender("192.0.2.7", False, ("mx.shop.example",), ()), WARN, "does not lead back"),
        (Sender("192.0.2.7", True, None, None), UNKNOWN, "Nobody could be asked"),
        (Sender("192.0.2.7", True, ("mx.shop.example",), None), UNKNOWN, "Nobody could be asked"),
    ],
)
def test_an_address_has_a_name_that_leads_back(sender: Sender, state: State, what: str) -> None:
    check(judge_senders((sender,))[0], state, what)


def test_an_address_nobody_knows_is_no_failure() -> None:
    check(judge_senders(())[0], UNKNOWN, "is not known here")
    assert [is_public(each) for each in ("8.8.8.8", "10.0.0.1", "127.0.0.1", "::1", "mx.example")] == [True] + [
        False
    ] * 4


@pytest.mark.parametrize(
    ("hosts", "addresses", "state", "what"),
    [
        (("mx.shop.example",), (), OK, "taken by mx.shop.example"),
        ((), ("192.0.2.7",), WARN, "has no MX record"),
        ((), (), FAIL, "Nobody takes mail"),
        (("",), (), FAIL, "takes no mail"),
        (None, None, UNKNOWN, "Nobody could be asked"),
    ],
)
def test_bounces_find_their_way_back(
    hosts: tuple[str, ...] | None, addresses: tuple[str, ...] | None, state: State, what: str
) -> None:
    check(judge_mail_hosts("shop.example", hosts, addresses), state, what)


@pytest.mark.parametrize(
    ("url", "state"),
    [("https://ask.example", OK), ("http://ask.example", FAIL), ("http://localhost:8000", WARN)],
)
def test_customers_reach_us_by_https(url: str, state: State) -> None:
    check(judge_address(url), state, url)


@pytest.mark.parametrize(
    ("secret", "state"),
    [
        ("k" * 40, FAIL),
        ("changemechangemechangemechangeme", WARN),
        ("abababababababababababababababab", FAIL),
        ("Zk3Vq9xR_pL2mTn8sWc5yBf7hJd4gA6e1uX0oKiQzYv-NwHr", OK),
    ],
)
def test_a_secret_is_random(secret: str, state: State) -> None:
    line = judge_secret(secret)

    check(line, state, "SECRET_KEY")
    assert secret not in f"{line.what}{line.do}"


@pytest.mark.parametrize(
    ("knock", "state", "what"),
    [
        (Knock(status=404), OK, "reaches the door"),
        (Knock(status=301), FAIL, "is redirected (301)"),
        (Knock(status=308), FAIL, "is redirected (308)"),
        (Knock(status=404, sets_cookie=True), FAIL, "sets a cookie"),
        (Knock(status=200), WARN, "nobody's token is answered 200"),
        (Knock(status=403), FAIL, "answered 403"),
        (Knock(status=405), FAIL, "answered 405"),
        (Knock(status=502), FAIL, "answered 502"),
        (Knock(trouble="Its certificate is not to be trusted."), FAIL, "not to be trusted"),
        (Knock(trouble="TimeoutError.", is_unreachable=True), UNKNOWN, "could not be reached"),
    ],
)
def test_one_click_reaches_the_door(knock: Knock, state: State, what: str) -> None:
    check(judge_one_click(knock), state, what)


@pytest.mark.parametrize(
    ("date", "offset", "state"),
    [
        (NOW + timedelta(seconds=59), timedelta(), OK),
        (NOW - timedelta(seconds=61), timedelta(), WARN),
        (NOW + timedelta(seconds=301), timedelta(), FAIL),
        (None, timedelta(), UNKNOWN),
        (NOW, timedelta(days=6), WARN),
    ],
)
def test_clocks_agree(date: datetime | None, offset: timedelta, state: State) -> None:
    check(judge_clock(NOW, Knock(status=404, date=date), offset), state, "")
