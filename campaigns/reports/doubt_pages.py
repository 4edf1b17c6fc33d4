"""Letters and thank-you mails in doubt, for those who run campaigns: what is known of each, and two buttons."""

from itertools import groupby

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.delivery.doubt import MOST, doubts_of, resolve
from campaigns.door import house
from campaigns.enrollment.states import MessageState
from campaigns.links import DASHBOARD
from campaigns.merchants.access import Person, needs
from campaigns.merchants.staff import Permission
from campaigns.reports.thanks_in_doubt import thanks_in_doubt
from campaigns.responses.incentive import IncentiveState
from campaigns.responses.incentive import resolve as resolve_thanks

DOUBTS = "/doubts"

blueprint = Blueprint("doubts", __name__, template_folder="templates")


@blueprint.get(DOUBTS)
@needs(Permission.RUN_CAMPAIGNS)
def doubts(person: Person) -> ResponseReturnValue:
    return _page(person)


@blueprint.post(f"{DOUBTS}/<int(max=9223372036854775807):message_id>/<any(sent, failed):answer>")
@needs(Permission.RUN_CAMPAIGNS)
def settle(person: Person, message_id: int, answer: str) -> ResponseReturnValue:
    """Settle one; who comes second is told how it was settled before."""
    with house().database.transaction() as session:
        settled = resolve(session, person.merchant_id, message_id, MessageState(answer), clock.now())
        is_last = not doubts_of(session, person.merchant_id)
    house().database.be_honoured()
    if settled != answer:
        return _page(person, f"Letter {message_id} is not in doubt any more: it is {settled.replace('_', ' ')}."), 409
    return redirect(DASHBOARD if is_last else DOUBTS, 303)


@blueprint.post(f"{DOUBTS}/thanks/<int(max=9223372036854775807):incentive_id>/<any(sent, failed):answer>")
@needs(Permission.RUN_CAMPAIGNS)
def settle_thanks(person: Person, incentive_id: int, answer: str) -> ResponseReturnValue:
    """Say what became of one thank-you mail; its customer has the code either way."""
    with house().database.transaction() as session:
        settled = resolve_thanks(session, person.merchant_id, incentive_id, IncentiveState(answer), clock.now())
    if settled != answer:
        return _page(person, f"Thank-you {incentive_id} is not in doubt: it is {settled.replace('_', ' ')}."), 409
    return redirect(DOUBTS, 303)


def _page(person: Person, notice: str = "") -> str:
    with house().database.reading() as session:
        found, thanks = doubts_of(session, person.merchant_id), thanks_in_doubt(session, person.merchant_id)
    campaigns = [(name, list(each)) for (_, name), each in groupby(found, lambda it: (it.campaign_id, it.campaign))]
    return render_template(
        "reports/doubts.html",
        person=person,
        campaigns=campaigns,
        thanks=thanks,
        notice=notice,
        is_cut=MOST in (len(found), len(thanks)),
    )
