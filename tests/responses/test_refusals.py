"""Links, forms and requests that are not answers: nothing is recorded, and nobody is scolded."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from campaigns import clock
from campaigns.app import create_app
from campaigns.database import Database
from campaigns.house import House
from campaigns.responses.hit import Hit
from campaigns.tokens import Purpose, Tokens
from tests.responses.conftest import Ana, Letter, Records

CONFIRMED = {"score": "4", "comment": "Lovely mug"}


@pytest.mark.parametrize("path", ["/r/{}/4", "/s/{}", "/u/{}"])
def test_tampered_foreign_and_unknown_tokens_lead_nowhere(
    client: FlaskClient, house: House, letter: Letter, records: Records, path: str
) -> None:
    foreign = Tokens(("f" * 40,))
    tokens = [
        letter.token[:-3] + "AAA",
        "." + letter.token,
        "%00",
        "؟",
        "x" * 5000,
        foreign.sign(Purpose.ANSWER, letter.message_id),
        foreign.sign(Purpose.UNSUBSCRIBE, letter.message_id),
        house.tokens.sign(Purpose.SIGN_IN, letter.message_id),
        house.tokens.sign(Purpose.ANSWER, letter.message_id + 999),
        house.tokens.sign(Purpose.UNSUBSCRIBE, letter.message_id + 999),
        letter.token if path.startswith("/u") else letter.out[3:],
    ]

    for token in tokens:
        for answer in (client.get(path.format(token)), client.post(path.format(token), data={"confirm": "yes"})):
            assert answer.status_code == 404, token
            assert "This link leads nowhere." in answer.text
    assert records.all(Hit) == []
    assert records.suppressions == []


def test_a_link_that_leads_nowhere_says_so_in_the_visitors_language(client: FlaskClient) -> None:
    german = client.get("/r/nonsense/4", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).text
    arabic = client.get("/s/nonsense", headers={"Accept-Language": "ar"}).text

    assert '<html lang="de" dir="ltr">' in german
    assert "Dieser Link führt ins Leere." in german
    assert '<html lang="ar" dir="rtl">' in arabic


@pytest.mark.parametrize("score", ["0", "6", "-1", "1.0", "04", "٤", "four", "4%0A", "99999999999999999999"])
def test_a_score_outside_the_scale_leads_nowhere(
    client: FlaskClient, letter: Letter, ana: Ana, records: Records, score: str
) -> None:
    assert client.get(letter.rate(score)).status_code == 404
    assert records.all(Hit) == []
    assert ana.send(letter.survey, {"score": score.replace("%0A", "\n")}).status_code == 404
    assert records.answers == []


def test_a_rotated_key_still_opens_old_links(house: House, letter: Letter) -> None:
    keys = ("n" * 40, *house.settings.secret_keys)
    rotated = replace(house, tokens=Tokens(keys), settings=replace(house.settings, secret_keys=keys))

    assert create_app(rotated).test_client().get(letter.rate(4)).status_code == 200


def test_a_form_we_never_showed_is_not_an_answer_but_keeps_what_was_typed(
    house: House, letter: Letter, ana: Ana, records: Records
) -> None:
    other = house.tokens.sign(Purpose.PAGE, [letter.message_id + 1, int(clock.now().timestamp() * 1000)])
    for nonce in ({}, {"nonce": ""}, {"nonce": letter.token}, {"nonce": other}):
        page = ana.post(letter.rate(4), {**nonce, "score": "2", "why": "late", "comment": "Where is it?"})

        assert page.status_code == 400
        assert "Nothing you wrote is lost" in page.text
        assert "Where is it?</textarea>" in page.text
        assert re.search(r'value="late" checked', page.text)
        assert re.findall(r'id="score-(\d)"[^>]* checked', page.text) == ["2"]
    assert records.answers == []


def test_a_page_left_open_for_days_loses_nothing(
    letter: Letter, ana: Ana, records: Records, wait: Callable[..., None]
) -> None:
    nonce = ana.nonce(letter.rate(4))
    wait(hours=25)

    page = ana.post(letter.survey, {"nonce": nonce, "score": "4", "comment": "Still lovely"})
    fresh = re.search(r'name="nonce" value="([^"]+)"', page.text)

    assert "Still lovely</textarea>" in page.text
    assert records.answers == []
    assert fresh
    wait(seconds=2)
    assert ana.post(letter.survey, {"nonce": fresh[1], "score": "4"}).status_code == 303


def test_a_form_without_a_choice_asks_for_one(letter: Letter, ana: Ana, records: Records) -> None:
    page = ana.send(letter.survey, {"comment": "I forgot"})

    assert page.status_code == 400
    assert "Please choose one of the answers" in page.text
    assert "I forgot</textarea>" in page.text
    assert records.answers == []


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_a_form_from_another_site_is_not_counted(
    letter: Letter, ana: Ana, records: Records, headers: dict[str, str]
) -> None:
    answer = ana.send(letter.rate(4), CONFIRMED, **headers)

    assert answer.status_code == 403
    assert "Please start from your email." in answer.text
    assert records.answers == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_from_our_own_page_is_counted(letter: Letter, ana: Ana, headers: dict[str, str]) -> None:
    assert ana.send(letter.rate(4), CONFIRMED, **headers).status_code == 303


def test_more_than_a_megabyte_is_refused_kindly(letter: Letter, ana: Ana, records: Records) -> None:
    answer = ana.post(letter.survey, {"score": "4", "comment": "x" * 1_100_000})

    assert answer.status_code == 413
    assert "too much at once" in answer.text
    assert records.answers == []


def test_a_dead_database_fails_kindly(house: House, letter: Letter) -> None:
    app = create_app(replace(house, database=Database("sqlite:////nowhere/at/all.sqlite3")))

    answer = app.test_client().get(letter.rate(4))

    assert answer.status_code == 500
    assert "your link stays good" in answer.text


def test_other_methods_are_answered_without_effect(client: FlaskClient, letter: Letter, records: Records) -> None:
    for path in (letter.rate(4), letter.survey, letter.out):
        assert client.options(path).status_code == 204
        assert client.put(path).status_code == 405
        assert client.delete(path).status_code == 405
    assert records.all(Hit) == []
