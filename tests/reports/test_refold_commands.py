"""Changed rules are shown before they are kept, and what is kept is what was shown."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from campaigns import clock
from campaigns.app import create_app
from campaigns.cli import add_commands
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.merchants.staff import Role
from campaigns.responses.jobs import fold_answers, mature_answers
from campaigns.responses.response import Response
from campaigns.responses.ruling import Ruling
from tests.factories import make_staff
from tests.reports.rows import Shop, ask, make_shop
from tests.responses.conftest import add

LOOSE = 'version = "loose"\nburst_scores = 9\nburst_links = 9\n'
HARD = 'version = "hard"\n[weights]\ndc_net = 3\n'


@pytest.fixture
def app(house: House) -> Flask:
    app = create_app(house)
    add_commands(app)
    return app


@pytest.fixture
def shop(house: House) -> Shop:
    """Of three asked one answered, one was answered by a scanner, and one by one click from a listed network."""
    with house.database.transaction() as session:
        shop = make_shop(session)
        letters = [ask(session, shop, str(number)) for number in range(3)]
        hits = [add(session, letters[0], score=5)]
        hits += [add(session, letters[1], score=score, level="provisional") for score in (1, 2)]
        hits += [add(session, letters[2], score=4, level="provisional", reasons=["dc_net"])]
        for hit in hits:
            hit.at = clock.now() - timedelta(hours=2)
    fold_answers(house)
    mature_answers(house)
    return shop


def refold(app: Flask, shop: Shop, rules: Path | None, text: str = "", *more: str) -> dict[str, Any]:
    arguments = ["refold", "--merchant", str(shop.merchant.id), "--campaign", str(shop.version.campaign_id), "--json"]
    if rules is not None:
        rules.write_text(text)
        arguments += ["--rules", str(rules)]
    done = app.test_cli_runner().invoke(args=[*arguments, *more])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def levels(house: House) -> list[tuple[str, str]]:
    with house.database.reading() as session:
        return [(each.level, each.rules) for each in session.scalars(select(Response).order_by(Response.id))]


def test_history_under_the_same_rules_is_the_same(app: Flask, house: House, shop: Shop) -> None:
    found = refold(app, shop, None)

    assert (found["changes"], found["same"], found["kept"], found["rules"]) == ([], 3, False, "1")
    assert (found["before"]["responses"], found["before"]["eligible"]) == (2, 3)
    assert found["after"] == found["before"]


def test_a_difference_is_shown_and_nothing_is_kept(app: Flask, house: House, shop: Shop, tmp_path: Path) -> None:
    before = levels(house)

    loose = refold(app, shop, tmp_path / "rules.toml", LOOSE)
    hard = refold(app, shop, tmp_path / "rules.toml", HARD)

    assert loose["changes"] == [{"from": "suspect", "to": "provisional", "answers": 1}]
    assert (loose["before"]["responses"], loose["after"]["responses"]) == (2, 3)
    assert hard["changes"] == [{"from": "provisional", "to": "suspect", "answers": 1}]
    assert (hard["before"]["responses"], hard["after"]["responses"]) == (2, 1)
    assert levels(house) == before


def test_what_is_kept_is_what_was_shown_and_judges_what_comes(
    app: Flask, house: House, shop: Shop, tmp_path: Path
) -> None:
    kept = refold(app, shop, tmp_path / "rules.toml", LOOSE, "--keep")

    assert kept["kept"]
    assert levels(house) == [("confirmed", "loose"), ("provisional", "loose"), ("provisional", "loose")]
    again = refold(app, shop, None)
    assert (again["changes"], again["rules"], again["before"]) == ([], "loose", kept["after"])
    with house.database.reading() as session:
        assert {each.stop_reason for each in session.scalars(select(Enrollment))} == {"answered"}

    back = refold(app, shop, tmp_path / "rules.toml", "", "--keep")
    assert (back["rules"], back["after"]["responses"]) == ("1", 2)
    with house.database.reading() as session:
        assert {each.stop_reason for each in session.scalars(select(Enrollment))} == {"answered"}, (
            "nobody is asked again"
        )


def test_what_people_ruled_stays(app: Flask, house: House, shop: Shop, tmp_path: Path) -> None:
    with house.database.transaction() as session:
        response = session.scalars(select(Response).order_by(Response.id)).all()[1]
        staff = make_staff(session, shop.merchant, Role.OWNER)
        values = {"merchant_id": shop.merchant.id, "enrollment_id": response.enrollment_id, "hit_id": response.hit_id}
        session.add(Ruling(**values, verdict="rejected", staff_id=staff.id, at=clock.now()))

    found = refold(app, shop, tmp_path / "rules.toml", LOOSE, "--keep")

    assert found["changes"] == []
    assert levels(house)[1] == ("suspect", "loose")


@pytest.mark.parametrize(("text", "said"), [("hold = 0.0.1", "not TOML"), ("colour = 3", "colour is not a rule")])
def test_a_mistake_is_one_sentence(app: Flask, house: House, shop: Shop, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "rules.toml").write_text(text)
    arguments = ["refold", "--merchant", str(shop.merchant.id), "--campaign", str(shop.version.campaign_id)]

    done = app.test_cli_runner().invoke(args=[*arguments, "--rules", str(tmp_path / "rules.toml")])

    assert done.exit_code == 1
    assert said in done.output


def test_another_merchants_campaign_is_not_found(app: Flask, shop: Shop) -> None:
    arguments = ["refold", "--merchant", str(shop.merchant.id + 1), "--campaign", str(shop.version.campaign_id)]

    assert app.test_cli_runner().invoke(args=arguments).exit_code == 1


def test_a_person_is_told_in_words(app: Flask, shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(LOOSE)
    arguments = ["refold", "--merchant", str(shop.merchant.id), "--campaign", str(shop.version.campaign_id)]

    told = app.test_cli_runner().invoke(args=[*arguments, "--rules", str(tmp_path / "rules.toml")]).output

    assert "1 answers go from suspect to provisional." in told
    assert "Before: 66.7%, 2 of 3 asked answered." in told
    assert "Nothing was kept" in told
