"""The survey behind the letter is short, neutral and still open when the reminder arrives."""

import re
from collections.abc import Iterator
from datetime import timedelta

from campaigns.catalog.definition import Definition
from campaigns.catalog.wording import look_over
from campaigns.composition.preflight.finding import Finding, Flight, Severity
from campaigns.composition.preflight.lines import lines

MOST = 5
LEFT_AT_LEAST = timedelta(days=1)
EXPRESSION = re.compile(r"\{\{.*?\}\}")


def check_length(flight: Flight) -> Iterator[Finding]:
    """After five questions people leave."""
    count = len(flight.definition.survey.questions)
    if count > MOST:
        what = f"There are {count} questions after the rating; with each one more people leave before the end."
        yield Finding("length", Severity.WARNING, "question", what, f"Keep the {MOST} you will act upon.")


def check_wording(flight: Flight) -> Iterator[Finding]:
    """No question leads, loads, denies twice or asks two things at once."""
    asked = [(each.where, each.tag, EXPRESSION.sub("…", each.text)) for each in lines(flight.definition)]
    for question in flight.definition.survey.questions:
        asked += [(f"question {question.key}, text.{tag}", tag, text) for tag, text in question.text.items()]
    for where, tag, text in asked:
        for remark in look_over(text, tag):
            what = f"“{remark.words}” makes the question {remark.flaw}."
            yield Finding("wording", Severity.WARNING, where, what, remark.mend)


def check_reminder(flight: Flight) -> Iterator[Finding]:
    """Whoever is reminded can still answer, also where the reminder waits for the morning."""
    definition = flight.definition
    if definition.reminder_after is None:
        return
    left = definition.closes_after - definition.reminder_after
    fix = "Remind earlier, or close later."
    if left <= timedelta():
        what = "The reminder falls after the survey has closed."
        yield Finding("reminder", Severity.ERROR, "reminder_after", what, fix)
    elif left - longest_wait(definition) < LEFT_AT_LEAST:
        what = "A reminder that waits for the recipient's morning leaves less than a day to answer."
        yield Finding("reminder", Severity.WARNING, "reminder_after", what, fix)


def longest_wait(definition: Definition) -> timedelta:
    """Return how long a letter that is due may wait for its hours."""
    start, until = (each.hour * 60 + each.minute for each in (definition.hours.start, definition.hours.until))
    return timedelta(minutes=24 * 60 - 1 - (until - start))
