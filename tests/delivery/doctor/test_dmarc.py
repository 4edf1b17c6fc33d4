"""Policies and organizational domains are found as RFC 9989 finds them: up the tree, without a list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.doctor.dmarc import judge, names_to_ask, organization_of, policy_of, tags_of
from campaigns.delivery.doctor.line import State

FROM = "mail.eu.shop.example"
SP = "v=DMARC1; p=reject; sp=quarantine"


def answers(**texts: str) -> dict[str, tuple[str, ...] | None]:
    """Return the texts of the names above FROM; _ stands for a dot."""
    said = {name.replace("_", "."): (text,) for name, text in texts.items()}
    return {name: said.get(name, ()) for name in names_to_ask(FROM)}


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("shop.example", ["shop.example", "example"]),
        (
            "a.b.c.d.e.f.g.h.i.j",
            ["a.b.c.d.e.f.g.h.i.j", "d.e.f.g.h.i.j", "e.f.g.h.i.j", "f.g.h.i.j", "g.h.i.j", "h.i.j", "i.j", "j"],
        ),
        (
            "a.b.c.d.e.f.g.h",
            ["a.b.c.d.e.f.g.h", "b.c.d.e.f.g.h", "c.d.e.f.g.h", "d.e.f.g.h", "e.f.g.h", "f.g.h", "g.h", "h"],
        ),
    ],
)
def test_the_walk_asks_at_most_eight_names(domain: str, names: list[str]) -> None:
    assert names_to_ask(domain) == names


@pytest.mark.parametrize(
    ("texts", "organization"),
    [
        ({}, FROM),
        ({"shop_example": "v=DMARC1"}, "shop.example"),
        ({"shop_example": "v=DMARC1", "eu_shop_example": "v=DMARC1"}, "shop.example"),
        ({"shop_example": "v=DMARC1", "eu_shop_example": "v=DMARC1; psd=n"}, "eu.shop.example"),
        ({"example": "v=DMARC1; psd=y"}, "shop.example"),
        ({"example": "v=DMARC1; psd=y", "eu_shop_example": "v=DMARC1; p=none"}, "shop.example"),
        ({"shop_example": "v=DMARC1; psd=y", "example": "v=DMARC1"}, "eu.shop.example"),
        ({FROM.replace(".", "_"): "v=DMARC1; psd=y", "shop_example": "v=DMARC1"}, "shop.example"),
        ({"shop_example": "v=spf1 -all"}, FROM),
    ],
)
def test_the_organization_is_found_up_the_tree(texts: dict[str, str], organization: str) -> None:
    assert organization_of(FROM, answers(**texts)) == organization


@pytest.mark.parametrize(
    ("texts", "found_at", "wish"),
    [
        ({FROM.replace(".", "_"): "v=DMARC1; p=reject", "shop_example": SP}, FROM, "reject"),
        ({"shop_example": SP}, "shop.example", "quarantine"),
        ({"shop_example": "v=DMARC1; p=reject"}, "shop.example", "reject"),
        ({"shop_example": "v=DMARC1; p=reject; t=y"}, "shop.example", "quarantine"),
        ({"shop_example": "v=DMARC1; p=quarantine; t=y"}, "shop.example", "none"),
        ({"shop_example": "v=DMARC1; rua=mailto:a@shop.example"}, "shop.example", "none"),
        ({"shop_example": "v=DMARC1; p=nonsense"}, "shop.example", "none"),
        ({"example": "v=DMARC1; p=reject; psd=y"}, "example", "reject"),
        ({"shop_example": "v=DMARC1; p=reject; pct=10; rf=afrf"}, "shop.example", "reject"),
    ],
)
def test_the_nearest_policy_counts(texts: dict[str, str], found_at: str, wish: str) -> None:
    policy = policy_of(FROM, answers(**texts))

    assert policy is not None
    assert (policy.found_at, policy.wish) == (found_at, wish)


@pytest.mark.parametrize(
    ("texts", "tags"),
    [
        (("v=DMARC1; p=none",), {"v": "DMARC1", "p": "none"}),
        (("V=DMARC1;P=none;",), {"v": "DMARC1", "p": "none"}),
        (("p=none; v=DMARC1",), None),
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), None),
        (("something else", "v=DMARC1"), {"v": "DMARC1"}),
        ((), None),
    ],
)
def test_one_record_is_one_and_two_are_none(texts: tuple[str, ...], tags: dict[str, str] | None) -> None:
    assert tags_of(texts) == tags


def test_a_policy_is_told_with_what_receivers_no_longer_read() -> None:
    lines = judge(FROM, answers(shop_example="v=DMARC1; p=none; pct=50; ri=86400"))

    assert [(line.state, line.what) for line in lines] == [
        (State.OK, "The policy for mail.eu.shop.example stands at _dmarc.shop.example: none."),
        (State.WARN, "The DMARC record holds pct, ri, which RFC 9989 removed and receivers ignore."),
    ]
    assert "p=quarantine" in lines[0].do


def test_no_policy_several_and_an_unanswered_question_are_told_apart() -> None:
    several = {**answers(), FROM: ("v=DMARC1; p=none", "v=DMARC1; p=reject")}

    assert [line.state for line in judge(FROM, answers())] == [State.FAIL]
    assert "several DMARC records" in judge(FROM, several)[0].what
    assert [line.state for line in judge(FROM, {**answers(), "example": None})] == [State.UNKNOWN]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=12), st.data())
def test_an_organization_is_always_the_domain_or_above_it(labels: list[str], data: st.DataObject) -> None:
    domain = ".".join(labels)
    records = st.sampled_from([(), ("v=DMARC1",), ("v=DMARC1; psd=y",), ("v=DMARC1; psd=n",)])
    said = {name: data.draw(records) for name in names_to_ask(domain)}

    organization = organization_of(domain, said)

    assert f".{domain}".endswith(f".{organization}")
    assert len(names_to_ask(domain)) <= 8
    assert len(set(names_to_ask(domain))) == len(names_to_ask(domain))
