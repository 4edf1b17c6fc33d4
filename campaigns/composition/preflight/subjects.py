"""A subject is one short line in every language, names only what there is, and reads well without a name too."""

import re
import unicodedata
from collections.abc import Iterator

from jinja2 import Environment, TemplateError, nodes

from campaigns.catalog.subject import check_subject
from campaigns.catalog.survey import Question, Texts
from campaigns.composition.preflight.finding import Finding, Flight, Severity
from campaigns.composition.preflight.lines import lines
from campaigns.composition.subject import LONGEST
from campaigns.tags import choose

SHOWN = 60  # characters that most inboxes show
HANGING = re.compile(r"[,;:–-]\s*[?!.;:,–-]|[,;:–-]\s*$|^\s*[,;:.!?–-]|\(\s*\)|[“„«]\s*[”“»]")
GAPS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|%\(\w+\)s")
_grammar = Environment(autoescape=True)


def check_subjects(flight: Flight) -> Iterator[Finding]:
    """Subjects and preheaders are one line, not cut off, and name what there is; those of variants too."""
    for line in lines(flight.definition):
        if "\n" in line.text or "\r" in line.text:
            what = f"The {line.part} has a line break, which would end the header it stands in."
            yield Finding("subject", Severity.ERROR, line.where, what, "Write it on one line.")
        try:
            check_subject(line.text)
            fixed = sum(len(node.data) for node in _grammar.parse(line.text).find_all(nodes.TemplateData))
        except (ValueError, TemplateError) as error:
            fix = "Name contact.first_name, contact.last_name, merchant.name or order.id, or write plain words."
            yield Finding("merge field", Severity.ERROR, line.where, f"The {line.part} {error}.", fix)
            continue
        if fixed > LONGEST:
            what = f"The {line.part} has {fixed} characters before any name, and is cut off after {LONGEST}."
            yield Finding("subject", Severity.ERROR, line.where, what, f"Say it in at most {SHOWN} characters.")


def check_written_subjects(flight: Flight) -> Iterator[Finding]:
    """What arrives is short enough to be read in an inbox, and whole where there is no name."""
    whole = {(each.kind, each.tag, each.variant): each.letter.subject for each in flight.proofs if not each.occasion}
    for proof in flight.proofs:
        subject = proof.letter.subject
        if visible(subject) > SHOWN and not proof.occasion:
            what = f"“{subject}” has {visible(subject)} characters; inboxes show about {SHOWN}."
            yield Finding(
                "subject", Severity.WARNING, proof.where, what, "Say the most important thing first, or less."
            )
        if GAPS.search(subject):
            what = f"“{subject}” still has a placeholder in it."
            yield Finding("merge field", Severity.ERROR, proof.where, what, "Name a field that there is.")
        if HANGING.search(subject) and not HANGING.search(whole.get((proof.kind, proof.tag, proof.variant), "")):
            what = f"“{subject}” has a hole where a name should be."
            fix = "Say what to write instead: {{ contact.first_name or 'there' }}."
            yield Finding("merge field", Severity.WARNING, proof.where, what, fix)


def check_bodies(flight: Flight) -> Iterator[Finding]:
    """No placeholder reaches a customer."""
    for proof in flight.proofs:
        if gap := GAPS.search(proof.page.seen) or GAPS.search(proof.letter.text):
            what = f"{gap.group()[:60]!r} stands in the letter as it is written here."
            yield Finding("merge field", Severity.ERROR, proof.where, what, "Name a field that the template is given.")


def check_languages(flight: Flight) -> Iterator[Finding]:
    """What is asked is said in the languages letters are written in; few shops need all of them."""
    subjects = flight.definition.subject
    for tag in subjects:
        if choose(tag) != tag:
            what = f"subject.{tag} is kept, but letters are not written in it yet."
            yield Finding("language", Severity.WARNING, f"subject.{tag}", what, "Take it out, or add the language.")
    missing = [tag for tag in flight.languages if tag not in subjects]
    if subjects and missing:
        what = f"There is no subject in {', '.join(missing)}; letters in it have Askwell's own."
        yield Finding("language", Severity.NOTE, "subject", what, f"Add subject.{missing[0]}, if you write to them.")
    for question in flight.definition.survey.questions:
        untold = [tag for tag in flight.languages if any(tag not in each for each in _texts(question))]
        if untold:
            fallback = "en" if "en" in question.text else next(iter(question.text))
            what = f"Words are missing in {', '.join(untold)}; whoever reads it is asked in {fallback}."
            fix = f"Add text.{untold[0]} to the question and its options."
            yield Finding("language", Severity.NOTE, f"question {question.key}", what, fix)


def _texts(question: Question) -> list[Texts]:
    return [question.text, *(option.text for option in question.options)]


def visible(text: str) -> int:
    """Return how many characters a reader counts: marks above a letter and turns of direction are none."""
    return sum(unicodedata.category(character) not in {"Mn", "Me", "Cf"} for character in text)
