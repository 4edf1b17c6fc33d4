"""Answers held back, for everybody on the staff to see; who runs campaigns says of each whether a person gave it."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.door import house
from campaigns.links import HELD
from campaigns.merchants.access import Person, needs
from campaigns.merchants.staff import Permission
from campaigns.reports.held import MOST, decisions, held_answers
from campaigns.responses.overruling import overrule
from campaigns.responses.ruling import Ruling, Verdict

blueprint = Blueprint("held", __name__, template_folder="templates")


@blueprint.get(HELD)
@needs(Permission.SEE_FIGURES)
def held(person: Person) -> ResponseReturnValue:
    with house().database.reading() as session:
        found = held_answers(session, person.merchant_id)
        settled = decisions(session, person.merchant_id)
    return render_template(
        "reports/held.html", person=person, answers=found, decisions=settled, is_cut=len(found) == MOST
    )


@blueprint.post(f"{HELD}/<int(max=9223372036854775807):hit_id>/<any(reinstated, rejected):verdict>")
@needs(Permission.RUN_CAMPAIGNS)
def settle(person: Person, hit_id: int, verdict: str) -> ResponseReturnValue:
    """Keep what somebody says of an answer, with their name."""
    now = clock.now()
    ruling = Ruling(
        merchant_id=person.merchant_id, hit_id=hit_id, verdict=Verdict(verdict).value, staff_id=person.staff_id, at=now
    )
    with house().database.transaction() as session:
        overrule(session, ruling, now)
    house().database.be_honoured()
    return redirect(HELD, 303)
