"""SPF is judged as RFC 7208 says: one record, few lookups, an end, and our server in it."""

import pytest

from campaigns.delivery.doctor.line import State
from campaigns.delivery.doctor.spf import Book, Verdict, judge, lookups, terms, verdict

SHOP = "shop.example"


def book(record: str | None, **more: str) -> Book:
    texts = {SHOP: None if record is None else (record,), **{f"{name}.example": (text,) for name, text in more.items()}}
    return Book(
        texts=texts,
        hosts={SHOP: ("192.0.2.10",), "mail.example": ("192.0.2.20", "2001:db8::20")},
        mail_hosts={SHOP: ("192.0.2.30",)},
    )


@pytest.mark.parametrize(
    ("record", "address", "said"),
    [
        ("v=spf1 ip4:192.0.2.7 -all", "192.0.2.7", Verdict.PASS),
        ("v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.99", Verdict.PASS),
        ("v=spf1 ip4:192.0.2.7 -all", "192.0.2.8", Verdict.FAIL),
        ("v=spf1 ip4:192.0.2.7 ~all", "192.0.2.8", Verdict.SOFT),
        ("v=spf1 ip4:192.0.2.7", "192.0.2.8", Verdict.NEUTRAL),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::7", Verdict.PASS),
        ("v=spf1 ip4:nonsense -all", "192.0.2.8", Verdict.FAIL),
        ("v=spf1 a -all", "192.0.2.10", Verdict.PASS),
        ("v=spf1 a/24 -all", "192.0.2.99", Verdict.PASS),
        ("v=spf1 a:mail.example -all", "2001:db8::20", Verdict.PASS),
        ("v=spf1 mx -all", "192.0.2.30", Verdict.PASS),
        ("v=spf1 -ip4:192.0.2.7 +all", "192.0.2.7", Verdict.FAIL),
        ("v=spf1 include:relay.example -all", "198.51.100.1", Verdict.PASS),
        ("v=spf1 include:relay.example -all", "192.0.2.7", Verdict.FAIL),
        ("v=spf1 redirect=relay.example", "198.51.100.1", Verdict.PASS),
        ("v=spf1 include:nowhere.example -all", "192.0.2.7", Verdict.UNKNOWN),
        ("v=spf1 a:nowhere.example -all", "192.0.2.7", Verdict.UNKNOWN),
        ("v=spf1 exists:%{i}.shop.example -all", "192.0.2.7", Verdict.UNKNOWN),
        ("v=spf1 include:shop.example -all", "192.0.2.7", Verdict.UNKNOWN),
    ],
)
def test_a_record_says_who_may_send(record: str, address: str, said: Verdict) -> None:
    assert verdict(SHOP, address, book(record, relay="v=spf1 ip4:198.51.100.0/24 -all")) is said


@pytest.mark.parametrize(
    ("record", "state", "what"),
    [
        ("v=spf1 ip4:192.0.2.7 -all", State.OK, "one SPF record, of 0 lookups"),
        ("v=spf1 redirect=relay.example", State.OK, "of 1 lookups"),
        ("v=spf1 +all", State.FAIL, "lets everybody send"),
        ("v=spf1 all", State.FAIL, "lets everybody send"),
        ("v=spf1 ip4:192.0.2.7 ?all", State.WARN, "forbids nobody"),
        ("v=spf1 ip4:192.0.2.7", State.WARN, "forbids nobody"),
        (
            "v=spf1 a mx include:a.example include:b.example a:c a:d a:e a:f a:g a:h a:i -all",
            State.FAIL,
            "takes more than 10 lookups",
        ),
        ("v=spf10 -all", State.FAIL, "has no SPF record"),
        (None, State.UNKNOWN, "Nobody could be asked"),
    ],
)
def test_a_record_is_sound_or_it_is_said_what_to_do(record: str | None, state: State, what: str) -> None:
    [line] = judge(SHOP, (), book(record))

    assert line.state is state
    assert what in line.what
    assert bool(line.do) is (state in {State.WARN, State.FAIL})


def test_two_records_count_as_none() -> None:
    [line] = judge(SHOP, ("192.0.2.7",), Book(texts={SHOP: ("v=spf1 +all", "v=spf1 -all")}))

    assert (line.state, line.what) == (State.FAIL, "shop.example has 2 SPF records, which counts as none.")


def test_each_address_is_looked_for() -> None:
    lines = judge(SHOP, ("192.0.2.7", "2001:db8::8"), book("v=spf1 ip4:192.0.2.7 ~all"))

    assert [line.state for line in lines] == [State.OK, State.OK, State.WARN]
    assert "ip6:2001:db8::8" in lines[2].do


def test_lookups_are_counted_through_includes() -> None:
    nested = book(
        "v=spf1 include:relay.example mx -all", relay="v=spf1 a include:deep.example -all", deep="v=spf1 a -all"
    )

    assert lookups(SHOP, nested) == 5


def test_a_record_that_includes_itself_is_broken_and_judged_at_once() -> None:
    [line] = judge(SHOP, ("192.0.2.7",), book(f"v=spf1 {'include:shop.example ' * 9}-all"))

    assert (line.state, "counts as broken" in line.what) == (State.FAIL, True)


def test_what_is_no_term_is_left_out() -> None:
    assert [term.name for term in terms("v=spf1 nonsense exp=why.example IP4:192.0.2.7 -ALL")] == ["ip4", "all"]
