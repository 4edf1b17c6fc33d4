"""Whoever follows a link finds the page that fits: the question, their thanks, or a closed door with a kind word."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response, url_for

from campaigns.catalog.condition import Answer
from campaigns.catalog.scale import ScaleName
from campaigns.catalog.survey import LONGEST_TEXT
from campaigns.composition.words import RatingWords, rating_words
from campaigns.door import house, remembered
from campaigns.languages import speak
from campaigns.responses.asked import Asked
from campaigns.responses.blanks import Blanks
from campaigns.responses.hit import LinkName
from campaigns.responses.letterhead import answer, page, words
from campaigns.responses.sheet import UNFINISHED, is_finished, lay_out
from campaigns.responses.thanks import Thanks
from campaigns.responses.thanks_pages import thanks_shown
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
        return closed_page(paper, so_far, HTTPStatus.OK)
    if so_far is not None and so_far.level is Level.CONFIRMED:
        if link is LinkName.SURVEY and UNFINISHED not in so_far.answers:
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
    values = {"tells": tells and score is not None, "problem": problem, "given": given}
    is_new = not is_finished(answers)
    sheet = _sheet_page(paper, "survey.html", score, answers, keeps=is_new, is_early=is_new, **values)
    return answer(sheet, status)


def thanks_page(paper: Paper, so_far: Folded) -> Response:
    thanks = thanks_shown(paper.asked, so_far, paper.now)
    return answer(_sheet_page(paper, "thanks.html", so_far.score, so_far.answers, thanks=thanks), HTTPStatus.OK)


def closed_page(paper: Paper, so_far: Folded | None, status: int) -> Response:
    asked = paper.asked
    score = so_far.score if so_far is not None and so_far.level is Level.CONFIRMED else None
    facts = {"token": paper.token, "score": score, "words": rating_words_of(asked), "scale": asked.survey.scale}
    return page("closed.html", asked, status, **facts)


def _sheet_page(
    paper: Paper, template: str, score: int | None, answers: Mapping[str, Answer], **values: Hashable
) -> str:
    asked = paper.asked
    until = speak(asked.locale).date(asked.closes_at, asked.timezone) if asked.closes_at else ""

    def write(token: str, nonce: str) -> str:
        facts = {"token": token, "nonce": nonce, "until": until, **values}
        return _write(asked, template, score, answers, facts)

    thanks = values.get("thanks")
    if answers or (isinstance(thanks, Thanks) and thanks.is_personal):  # what is somebody's own is never remembered
        return write(paper.token, paper.nonce)
    letterhead = (asked.version_id, asked.merchant_id, asked.merchant_name, asked.look, asked.locale)
    key = (template, letterhead, until, score, *sorted(values.items()))
    return remembered(Blanks).fill(key, write, paper.token, paper.nonce)


def _write(
    asked: Asked, template: str, score: int | None, answers: Mapping[str, Answer], facts: dict[str, Hashable]
) -> str:
    language = speak(asked.locale)
    return words(
        template,
        asked,
        sheet=lay_out(asked.survey, language.tag, score, answers),
        words=rating_words_of(asked),
        words_of=lambda scale: rating_words_of(asked, scale),
        send_to=url_for("responses.answer", token=facts["token"]),
        tell=url_for("responses.rate", token=facts["token"], score=score) if facts.get("tells") else "",
        longest_text=LONGEST_TEXT,
        **facts,
    )


def rating_words_of(asked: Asked, scale: ScaleName | None = None) -> RatingWords:
    """Return the words of a scale in the language of a letter; of the letter's own scale where none is named."""
    return rating_words(speak(asked.locale), scale or asked.survey.scale.name, asked.merchant_name)
