"""Scores are summed up by campaign and by the scale that was asked with."""

import pytest
from sqlalchemy.orm import Session

from campaigns.reports.counting import Scope
from campaigns.reports.scores import score_as_json, score_line, scores
from tests.factories import make_campaign
from tests.reports.rows import NOW, answer, ask, make_shop, remind


def test_a_campaign_nobody_answered_has_no_figures(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "1")

    (row,) = scores(session, Scope(merchant_id=shop.merchant.id, now=NOW))

    printed = score_as_json(row)
    assert score_line(row) == "After delivery: nobody answered yet"
    assert (printed["n"], printed["value"], printed["low"], printed["mean"]) == (0, None, None, None)
    assert printed["distribution"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}


def test_each_person_gives_one_score(session: Session) -> None:
    shop = make_shop(session)
    for order, score in enumerate((5, 5, 4, 2)):
        invitation = ask(session, shop, f"{order}")
        remind(session, invitation)
        answer(session, shop, invitation, score)
    answer(session, shop, ask(session, shop, "suspect"), 1, level="suspect")
    answer(session, shop, ask(session, shop, "withdrawn"), 1, status="withdrawn")

    (row,) = scores(session, Scope(merchant_id=shop.merchant.id, now=NOW))

    printed = score_as_json(row)
    said = "four or five stars 75.0% (between 30.1% and 95.4%), from 4 answers; 5:2 4:1 3:0 2:1 1:0"
    assert score_line(row) == f"After delivery: {said}"
    assert printed["distribution"] == {"1": 0, "2": 1, "3": 0, "4": 1, "5": 2}
    assert (printed["n"], printed["value"], printed["mean"]) == (4, 0.75, 4.0)
    assert printed["low"] == pytest.approx(0.300642, abs=1e-6)


def test_a_campaign_that_changed_its_scale_never_mixes_the_two(session: Session) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1"), 5)
    newer = make_campaign(session, shop.merchant, scale="nps11")
    answer(session, shop, ask(session, shop, "2", version=newer), 5)
    answer(session, shop, ask(session, shop, "3", version=newer), 10)

    newest, older = scores(session, Scope(merchant_id=shop.merchant.id, now=NOW))

    assert (newest.rating.scale.name, newest.rating.n) == ("nps11", 2)
    assert (older.rating.scale.name, older.rating.n) == ("stars5", 1)
    assert score_as_json(newest)["value"] == 0.0
    assert "+0 (between" in score_line(newest)


def test_no_merchant_sees_the_scores_of_another(session: Session) -> None:
    harbour, kiln = make_shop(session), make_shop(session, "Kiln & Co")
    answer(session, harbour, ask(session, harbour, "1"))

    (row,) = scores(session, Scope(merchant_id=kiln.merchant.id, now=NOW))

    assert row.rating.n == 0
    assert scores(session, Scope(merchant_id=kiln.merchant.id, now=NOW, campaign_id=harbour.version.campaign_id)) == []
