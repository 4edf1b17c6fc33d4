"""What becomes of a form that was sent: kept as an answer, or answered with the page that says what is missing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaigns.catalog.condition import Answer
from campaigns.errors import InvalidToken
from campaigns.responses.asked import Asked
from campaigns.responses.hit import LinkName
from campaigns.responses.sheet import Sent, unfinished
from campaigns.responses.trust import Folded, Visit

LONGEST_OPEN = timedelta(hours=24)  # a page left open longer asks for one more press


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request on one link of a letter: who made it, when, and the score the link names."""

    message_id: int
    link: LinkName
    clicked: str = ""
    visit: Visit
    client: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A page as it was sent: by which request, and with what in it."""

    step: Step
    is_foreign: bool  # it came by way of another site
    score: str | None  # None where the form names none: then the link's counts
    sent: Sent
    is_partial: bool = False  # the page keeps what is filled in so far; nobody has pressed the button


@dataclass(frozen=True, slots=True)
class Seen:
    """What is behind a link."""

    asked: Asked
    score: int | None  # that the link or the form names
    so_far: Folded | None = None  # what was answered before; the folded response may lag behind


class Verdict(StrEnum):
    KEPT = "kept"
    ELSEWHERE = "elsewhere"
    CLOSED = "closed"
    UNCHOSEN = "unchosen"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    seen: Seen


def see(asked: Asked | None, *scores: str | None) -> Seen | None:
    """Return what is behind a link with the last score that is named; None where it leads nowhere."""
    if asked is None:
        return None
    try:
        named = [asked.score(score) for score in scores if score is not None]
    except InvalidToken:
        return None
    return Seen(asked, named[-1] if named else None)


def judge(asked: Asked | None, form: Form) -> Judged | None:
    """Say what becomes of a form; None where its link leads nowhere."""
    seen = see(asked, form.step.clicked, form.score)
    return None if seen is None else Judged(_verdict(seen, form), seen)


def answers_in(seen: Seen, form: Form) -> dict[str, Answer] | None:
    """Return the answers that a kept form brings; None where the page told its score by itself."""
    if seen.score is None or (form.step.visit.claim is not None and not form.is_partial):
        return None
    answers = seen.asked.survey.read(seen.score, form.sent)
    return unfinished(answers) if form.is_partial else answers


def _verdict(seen: Seen, form: Form) -> Verdict:
    age = form.step.visit.page_age
    if form.is_foreign:
        return Verdict.ELSEWHERE
    if not seen.asked.is_open(form.step.at):
        return Verdict.CLOSED
    if seen.score is None:
        return Verdict.UNCHOSEN
    return Verdict.STALE if age is None or age > LONGEST_OPEN else Verdict.KEPT
