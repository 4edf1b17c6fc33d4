"""What is offered as thanks is read as written; an offer that hangs on the score is refused with the rule it breaks."""

from datetime import date
from typing import Any

import pytest

from campaigns.catalog.campaign_file import parse_campaign, read_definition
from campaigns.catalog.thanks import Deliver, Incentive, Offer, Review, ReviewSite
from campaigns.errors import InvalidCampaign

FILE = """
name = "After delivery"

[thanks.incentive]
pool = "autumn"
deliver = "mail"
until = 2026-12-31
text.en = "10 % off your next order"
conditions.de = "Ab 30 €"

[[thanks.review]]
site = "google"
url = "https://g.page/r/CabcEBM/review"

[[thanks.review]]
site = "own"
url = "https://harbour.example/reviews"
"""
CODE = {"code": "THANKS10", "text": {"en": "10 % off"}}
GOOGLE = {"site": "google", "url": "https://g.page/r/CabcEBM/review"}


def offer(**thanks: Any) -> Offer:
    return read_definition({"name": "Short", "thanks": thanks}).thanks


def test_a_whole_offer_is_read_and_a_stored_version_reads_the_same() -> None:
    found = parse_campaign(FILE)

    assert found.thanks == Offer(
        incentive=Incentive(
            pool="autumn",
            code="",
            text={"en": "10 % off your next order"},
            conditions={"de": "Ab 30 €"},
            until=date(2026, 12, 31),
            deliver=Deliver.MAIL,
        ),
        reviews=(
            Review(site=ReviewSite.GOOGLE, url="https://g.page/r/CabcEBM/review"),
            Review(site=ReviewSite.OWN, url="https://harbour.example/reviews"),
        ),
    )
    assert read_definition(found.source).thanks == found.thanks


def test_nothing_is_offered_by_itself() -> None:
    assert parse_campaign('name = "Short"').thanks == Offer()


@pytest.mark.parametrize(
    "gate", ["when", "if", "min_score", "score", "scores", "stars", "only_promoters", "WHEN", "rating"]
)
def test_no_incentive_hangs_on_the_score(gate: str) -> None:
    with pytest.raises(InvalidCampaign, match=r"16 CFR 465\.4.*UCPD Annex I 23b and 23c"):
        offer(incentive={**CODE, gate: "score >= 4"})


@pytest.mark.parametrize("name", ["pool", "code"])
def test_no_score_has_a_code_of_its_own(name: str) -> None:
    with pytest.raises(InvalidCampaign, match=r"not one for everybody.*16 CFR 465\.4"):
        offer(incentive={"text": {"en": "10 % off"}, name: {"5": "FIVE"}})


@pytest.mark.parametrize("gate", ["when", "min_score", "nps", "sentiment"])
def test_no_review_link_hangs_on_the_score(gate: str) -> None:
    with pytest.raises(InvalidCampaign, match=r"16 CFR 465\.7.*Google, Trustpilot"):
        offer(review=[{**GOOGLE, gate: "score >= 4"}])


def test_the_whole_table_has_no_gate_either() -> None:
    with pytest.raises(InvalidCampaign, match=r"thanks, when makes an offer depend on the answer"):
        offer(when="score >= 4", incentive=CODE)


@pytest.mark.parametrize(
    ("site", "url"),
    [
        ("google", "https://g.page/r/CabcEBM/review"),
        ("google", "https://search.google.com/local/writereview?placeid=ChIJ"),
        ("google", "https://maps.app.goo.gl/abc"),
        ("google", "https://www.google.co.uk/maps/place/Harbour"),
        ("trustpilot", "https://de.trustpilot.com/evaluate/harbour.example"),
        ("yelp", "https://www.yelp.com/biz/harbour-mugs"),
        ("tripadvisor", "https://www.tripadvisor.co.uk/UserReviewEdit-g1"),
        ("own", "https://harbour.example/reviews?from=askwell"),
    ],
)
def test_a_review_link_may_lead_to_its_site(site: str, url: str) -> None:
    assert offer(review=[{"site": site, "url": url}]).reviews[0].url == url


@pytest.mark.parametrize(
    ("site", "url"),
    [
        ("google", "http://g.page/r/1"),
        ("google", "https://g.page.evil.example/r/1"),
        ("google", "https://evil.example/g.page"),
        ("google", "https://google.com.evil.example/maps"),
        ("google", "https://www.google.com/url?q=https://evil.example"),
        ("google", "https://g.page@evil.example/"),
        ("google", "https://g.page:444/"),
        ("trustpilot", "https://trustpilot.com.evil.example/"),
        ("trustpilot", "https://nottrustpilot.com/"),
        ("yelp", "https://yelp.evil.example/"),
        ("tripadvisor", "https://www.tripadvisor.example/"),
        ("own", "javascript:alert(1)"),
        ("own", "https://harbour.example/<b>"),
        ("own", "https://localhost/"),
        ("own", ["https://harbour.example/"]),
        ("facebook", "https://facebook.com/"),
    ],
)
def test_a_review_link_leads_nowhere_else(site: str, url: object) -> None:
    with pytest.raises(InvalidCampaign, match=r"thanks\.review 1"):
        offer(review=[{"site": site, "url": url}])


@pytest.mark.parametrize(
    ("incentive", "said"),
    [
        ({"text": {"en": "Gift"}}, "neither"),
        ({**CODE, "pool": "autumn"}, "both a pool and a code"),
        ({**CODE, "code": "two\nlines"}, "is no code"),
        ({"pool": "Äutumn!", "text": {"en": "Gift"}}, "small letters"),
        ({"code": "X"}, "thanks.incentive, text"),
        ({**CODE, "until": "tomorrow"}, "a day like 2026-12-31"),
        ({**CODE, "until": 5}, "a day like 2026-12-31"),
        ({**CODE, "deliver": "letter"}, "one of page, mail"),
        ({**CODE, "colour": "red"}, "the keys are"),
        ("THANKS10", "it is a table"),
    ],
)
def test_a_mistake_is_named(incentive: object, said: str) -> None:
    with pytest.raises(InvalidCampaign, match=said):
        offer(incentive=incentive)


@pytest.mark.parametrize("reviews", [[GOOGLE, GOOGLE], "google", [GOOGLE] * 5, ["google"]])
def test_a_list_of_sites_is_short_and_names_each_once(reviews: object) -> None:
    with pytest.raises(InvalidCampaign, match=r"thanks\.review"):
        offer(review=reviews)
