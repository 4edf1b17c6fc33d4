"""The staff's pages: response rates with their n and interval, and what became of every order."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.catalog.campaign import CampaignState, get_campaign, set_state
from campaigns.door import house
from campaigns.links import DASHBOARD
from campaigns.merchants.access import Person, needs
from campaigns.merchants.staff import Permission
from campaigns.reports import words
from campaigns.reports.counting import Scope
from campaigns.reports.dashboard import gather
from campaigns.reports.orders import latest_orders

blueprint = Blueprint("reports", __name__, template_folder="templates")
for filter_ in (
    words.percent,
    words.points,
    words.number,
    words.count,
    words.day,
    words.moment,
):
    blueprint.add_app_template_filter(filter_)
blueprint.add_app_template_global(words.between)
blueprint.add_app_template_global(words.given)


@blueprint.get(DASHBOARD)
@needs(Permission.SEE_FIGURES)
def dashboard(person: Person) -> ResponseReturnValue:
    scope = Scope(merchant_id=person.merchant_id, now=clock.now())
    with house().database.reading() as session:
        board = gather(session, scope, with_comments=person.may_read_answers)
    return render_template("reports/dashboard.html", person=person, board=board, links=house().links)


@blueprint.get("/purchases")
@needs(Permission.READ_ANSWERS)
def purchases(person: Person) -> ResponseReturnValue:
    with house().database.reading() as session:
        orders = latest_orders(session, person.merchant_id, person.timezone)
    return render_template("reports/purchases.html", person=person, orders=orders, links=house().links)


@blueprint.post("/campaigns/<int(max=9223372036854775807):campaign_id>/pause")
@needs(Permission.RUN_CAMPAIGNS)
def pause(person: Person, campaign_id: int) -> ResponseReturnValue:
    return _turn(person, campaign_id, CampaignState.PAUSED)


@blueprint.post("/campaigns/<int(max=9223372036854775807):campaign_id>/resume")
@needs(Permission.RUN_CAMPAIGNS)
def resume(person: Person, campaign_id: int) -> ResponseReturnValue:
    return _turn(person, campaign_id, CampaignState.ACTIVE)


def _turn(person: Person, campaign_id: int, state: CampaignState) -> ResponseReturnValue:
    with house().database.transaction() as session:
        set_state(session, get_campaign(session, person.merchant_id, campaign_id), state)
    return redirect(DASHBOARD, 303)
