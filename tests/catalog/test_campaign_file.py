"""A mistake in a campaign file is named: the file, the key, what was found, what is allowed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from campaigns.catalog.campaign_file import parse_campaign, read_definition
from campaigns.catalog.definition import Trigger
from campaigns.catalog.scale import ScaleName
from campaigns.enrollment.schedule import into_hours
from campaigns.errors import InvalidCampaign
from tests.factories import CAMPAIGN

FILE = """
name = "After delivery"
trigger = "order.fulfilled"
delay = "P3D"
hours = { from = "09:00", to = "21:00" }
reminder_after = "P5D"
closes_after = "P21D"
cooldown = "P30D"
scale = "nps11"
template = "classic"
holdout = 0.05

[subject]
en = "How was your order, {{ contact.first_name or 'there' }}?"

[[question]]
key = "why"
kind = "choice"
when = "score <= 3"
text.en = "What went wrong?"
options = [{ key = "late", text.en = "It came late" }, { key = "broken", text.en = "It was damaged" }]

[[question]]
key = "comment"
kind = "text"
text.en = "Anything you would like to tell us?"
"""

VARIANT: dict[str, Any] = {"name": "b", "share": 0.5, "subject": {"en": "Well?"}}


def test_a_whole_file_is_read() -> None:
    found = parse_campaign(FILE)

    assert (found.name, found.trigger, found.survey.scale.name) == (
        "After delivery",
        Trigger.FULFILLED,
        ScaleName.NPS11,
    )
    assert (found.delay, found.reminder_after, found.closes_after) == tuple(timedelta(days=n) for n in (3, 5, 21))
    assert (found.hours.start, found.hours.until, found.holdout) == (time(9), time(21), 0.05)
    assert [question.key for question in found.survey.questions] == ["why", "comment"]


def test_a_name_is_enough() -> None:
    found = parse_campaign('name = "Short"')

    assert found.reminder_after is None
    assert found.cooldown == timedelta(days=30)


def test_a_whole_day_has_its_last_minute_too() -> None:
    hours = read_definition({**CAMPAIGN, "hours": {"from": "00:00", "to": "24:00"}}).hours

    moment = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
    assert into_hours(moment, hours, "UTC") == moment


def test_variants_and_a_preheader_are_read_and_kept_with_the_version() -> None:
    words = """
[preheader]
en = "One click, {{ contact.first_name or 'really' }}"

[[variant]]
name = "b"
share = 0.5
[variant.subject]
en = "Well?"

[[variant]]
name = "c"
share = 0.25
[variant.preheader]
en = "It takes a second"
"""

    found = parse_campaign(FILE + words)

    assert [(each.name, each.share) for each in found.variants] == [("b", 0.5), ("c", 0.25)]
    assert (found.variants[0].subject, found.variants[0].preheader) == ({"en": "Well?"}, {})
    assert found.variants[1].preheader == {"en": "It takes a second"}
    assert found.preheader["en"].startswith("One click")
    assert read_definition(found.source) == found


def test_a_stored_version_reads_like_its_file() -> None:
    assert read_definition(parse_campaign(FILE).source) == parse_campaign(FILE)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": ""}, "name is ''; it is one line"),
        ({"trigger": "order.lost"}, "trigger is 'order.lost'; it is one of order.placed, order.paid"),
        ({"delay": "3 days"}, "delay is not an ISO 8601 duration: '3 days'"),
        ({"delay": "P1M"}, "months and years have no fixed length"),
        ({"delay": 3}, "delay is not an ISO 8601 duration"),
        ({"delay": "-P1D"}, "a duration cannot be negative"),
        ({"delay": "P4000D"}, "nothing waits longer than a year"),
        ({"hours": {"from": "9", "to": "21:00"}}, "hours.from is '9'"),
        ({"hours": {"from": "21:00", "to": "09:00"}}, "hours ends before it begins"),
        ({"hours": {"from": "24:00", "to": "24:00"}}, "hours.from is '24:00'"),
        ({"reminder_after": "P30D"}, "reminder_after is not before closes_after"),
        ({"scale": "stars6"}, "scale is 'stars6'; it is one of stars5, csat5, nps11, ces7, thumbs"),
        ({"template": "fancy"}, "template is 'fancy'; it is one of classic, compact, plain-personal, product-card"),
        ({"holdout": 2}, "holdout is 2; it is a share from 0 to 0.5"),
        ({"holdout": True}, "holdout is True"),
        ({"subject": "Hello"}, "subject is 'Hello'; it is given by language"),
        ({"subject": {"klingonese-x": "Hi"}}, "subject.klingonese-x is no language"),
        ({"subject": {"en": "Hi {{ name"}}, "subject.en is not a template"),
        ({"subject": {"en": "Hi\nthere"}}, "one line of at most 500"),
        ({"preheader": {"en": "{{ order.total }}"}}, "preheader.en names order.total, and may name"),
        ({"preheader": "Well?"}, "preheader is 'Well?'; it is given by language"),
        ({"variant": {"name": "b"}}, "variant is no list of variants; write up to 5 [[variant]] tables"),
        ({"variant": [VARIANT] * 6}, "write up to 5"),
        ({"variant": ["b"]}, "variant 1 is 'b'; it is a [[variant]] table"),
        ({"variant": [{**VARIANT, "weight": 1}]}, "variant 1, weight is not a key of a variant; the keys are name,"),
        ({"variant": [{"name": "b", "share": 0.5}]}, "variant 1 changes nothing; give it a [variant.subject]"),
        ({"variant": [{**VARIANT, "name": "B!"}]}, "variant 1, name is 'B!'; it is up to 20 small letters"),
        ({"variant": [{**VARIANT, "name": "a"}]}, "variant 1, name is 'a' a second time; a is the campaign's own"),
        ({"variant": [VARIANT, VARIANT]}, "variant 2, name is 'b' a second time; each has a name of its own"),
        ({"variant": [{**VARIANT, "share": 0}]}, "variant 1, share is 0; it is a share above 0 and up to 1"),
        ({"variant": [{**VARIANT, "share": True}]}, "variant 1, share is True"),
        ({"variant": [{**VARIANT, "share": 0.7}, {**VARIANT, "name": "c"}]}, "variant shares come to 1.2; together"),
        ({"variant": [{**VARIANT, "subject": {"en": "{{ x }}"}}]}, "variant 1, subject.en names 'x'"),
        (
            {"subject": {"en": "A", "de": "B"}, "variant": [VARIANT]},
            "variant 1, subject lacks de; [subject] is in de too, and a variant has all its languages",
        ),
        ({"remind": "P5D"}, "remind is not a key of a campaign; the keys are closes_after"),
        ({"question": "why"}, "question is no list of questions"),
        ({"question": [{"key": "score", "kind": "text", "text": {"en": "?"}}]}, "question 1, key is 'score'"),
        (
            {"question": [{"key": "a", "kind": "yesno", "text": {"en": "?"}}]},
            "question 1, kind is 'yesno'; it is one of choice",
        ),
        ({"question": [{"key": "a", "kind": "text"}]}, "question 1, text is None; it is given by language"),
        ({"question": [{"key": "a", "kind": "choice", "text": {"en": "?"}}]}, "question 1, options are missing"),
        ({"question": [{"key": "a", "kind": "text", "text": {"en": "?"}, "options": []}]}, "only choice and choices"),
        ({"question": [{"key": "a", "kind": "text", "text": {"en": "?"}, "when": "b == 1"}]}, "when asks for 'b'"),
        ({"question": [{"key": "a", "kind": "text", "text": {"en": "?"}, "when": "score ~ 1"}]}, "when cannot be read"),
        ({"question": [{"key": "a", "kind": "scale", "text": {"en": "?"}}]}, "scale is None"),
        ({"question": [{"key": "a", "kind": "text", "text": {"en": "?"}}] * 2}, "question 2, key is 'a' a second time"),
        (
            {"question": [{"key": "a", "knd": "text", "text": {"en": "?"}}]},
            "question 1, knd is not a key of a question",
        ),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidCampaign) as caught:
        read_definition({**CAMPAIGN, **change}, "shop.toml")

    assert str(caught.value).startswith("shop.toml: ")
    assert complaint in str(caught.value)


def test_broken_toml_is_named_with_its_line() -> None:
    with pytest.raises(InvalidCampaign, match=r"shop\.toml: this is not TOML: .*line 2"):
        parse_campaign('name = "x"\nscale = \n', "shop.toml")
