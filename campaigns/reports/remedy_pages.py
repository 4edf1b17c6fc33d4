"""Whoever reads answers can say what was done about one; the customer finds it on their own page."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.door import house
from campaigns.links import DASHBOARD
from campaigns.merchants.access import Person, needs
from campaigns.merchants.staff import Permission
from campaigns.responses.remedy import Remedy, say_what_was_done

blueprint = Blueprint("remedies", __name__)


@blueprint.post("/answers/<int(max=9223372036854775807):enrollment_id>/done")
@needs(Permission.READ_ANSWERS)
def say(person: Person, enrollment_id: int) -> ResponseReturnValue:
    remedy = Remedy(
        merchant_id=person.merchant_id,
        enrollment_id=enrollment_id,
        words=request.form.get("words", ""),
        staff_id=person.staff_id,
        at=clock.now(),
    )
    with house().database.transaction() as session:
        say_what_was_done(session, remedy)
    return redirect(DASHBOARD, 303)
