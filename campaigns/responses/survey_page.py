"""Whoever follows a link finds the page that fits: the question, their thanks, or a closed door with a kind word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response, url_for

from campaigns.catalog.condition import Answer
from campaigns.catalog.scale import ScaleName
from campaigns.catalog.survey import LONGEST_TEXT
from campaigns.composition.words import RatingWords, rating_words
from campaigns.door import house
from campaigns.languages import speak
from campaigns.responses.asked import Asked
from campaigns.responses.hit import LinkName
from campaigns.responses.letterhead import page
from campaigns.responses.sheet import lay_out
from campaigns.responses.trust import Folded, Level
from campaigns.tokens import Purpose


@dataclass(frozen=True, slots=True)
class Paper:
    """What a form is written on: the letter it continues, its link, and when it is shown."""

    asked: Asked
    token: str
    now: datetime

    @property
    def nonce(self) -> str:
        """Prove to ourselves later that we showed this page, and when."""
        shown_at = int(self.now.timestamp() * 1000)
        return house().tokens.sign(Purpose.PAGE, [self.asked.message_id, shown_at])


def page_for(paper: Paper, link: LinkName, clicked: int | None, so_far: Folded | None) -> Response:
    """Choose the page for a look at a link, given what was answered so far."""
    if not paper.asked.is_open(paper.now):
        return closed_page(paper.asked, so_far, HTTPStatus.OK)
    if so_far is not None and so_far.level is Level.CONFIRMED:
        if link is LinkName.SURVEY:
            return thanks_page(paper, so_far)
        return form_page(paper, clicked, so_far.answers, given=so_far.score)
    if clicked is None and so_far is not None and so_far.level is Level.PROVISIONAL:
        # The page told this by itself, perhaps to a scanner: it is shown as chosen, never as done.
        clicked = so_far.score
    return form_page(paper, clicked, {}, tells=link is LinkName.RATE)


def form_page(
    paper: Paper,
    score: int | None,
    answers: Mapping[str, Answer],
    tells: bool = False,
    problem: str = "",
    given: int | None = None,
) -> Response:
    """Show the survey to fill in. `tells`: its script may say the clicked score before the button is pressed."""
    status = HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
    tell = url_for("responses.rate", token=paper.token, score=score) if tells and score is not None else ""
    return _sheet_page(paper, "survey.html", score, answers, status=status, tell=tell, problem=problem, given=given)


def thanks_page(paper: Paper, so_far: Folded) -> Response:
    return _sheet_page(paper, "thanks.html", so_far.score, so_far.answers)


def closed_page(asked: Asked, so_far: Folded | None, status: int) -> Response:
    score = so_far.score if so_far is not None and so_far.level is Level.CONFIRMED else None
    return page("closed.html", asked, status, score=score, words=_words(asked), scale=asked.survey.scale)


def _sheet_page(
    paper: Paper,
    template: str,
    score: int | None,
    answers: Mapping[str, Answer],
    status: int = HTTPStatus.OK,
    **values: object,
) -> Response:
    asked = paper.asked
    language = speak(asked.locale)

    def words_of(scale: ScaleName) -> RatingWords:
        return rating_words(language, scale, asked.merchant_name)

    values |= {
        "sheet": lay_out(asked.survey, language.tag, score, answers),
        "words": _words(asked),
        "words_of": words_of,
        "nonce": paper.nonce,
        "send_to": url_for("responses.answer", token=paper.token),
        "until": language.date(asked.closes_at, asked.timezone) if asked.closes_at else "",
        "longest_text": LONGEST_TEXT,
    }
    return page(template, asked, status, **values)


def _words(asked: Asked) -> RatingWords:
    return rating_words(speak(asked.locale), asked.survey.scale.name, asked.merchant_name)
