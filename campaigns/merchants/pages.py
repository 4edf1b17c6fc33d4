"""Staff sign in with a link from their mail: looking at it uses nothing up, one press signs in."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.door import house
from campaigns.links import DASHBOARD, LOGIN, SIGN_IN
from campaigns.merchants.access import sign_in, sign_out, signed_in
from campaigns.merchants.sign_in import is_open, request_sign_in, use_sign_in
from campaigns.merchants.staff import staff_with_email
from campaigns.queues import QueueName
from campaigns.tokens import Purpose

LONGEST_ADDRESS = 320

blueprint = Blueprint("merchants", __name__, template_folder="templates")


@blueprint.get(LOGIN)
def login() -> ResponseReturnValue:
    if signed_in() is not None:
        return redirect(DASHBOARD, 303)
    return render_template("merchants/login.html")


@blueprint.post(LOGIN)
def order_link() -> ResponseReturnValue:
    """Order a link, and answer the same whether or not anybody here has that address."""
    email = request.form.get("email", "").strip().lower()
    if "@" not in email or len(email) > LONGEST_ADDRESS or not email.isprintable():
        return render_template("merchants/login.html", email=email[:LONGEST_ADDRESS], is_unreadable=True), 400
    now = clock.now()
    with house().database.transaction() as session:
        for staff in staff_with_email(session, email):
            request_sign_in(session, staff, now)
    house().bell.ring(QueueName.DELIVERY)
    return render_template("merchants/link_ordered.html", is_development=house().settings.is_development)


@blueprint.get(SIGN_IN)
def show_link(token: str) -> ResponseReturnValue:
    sign_in_id = house().tokens.read_id(Purpose.SIGN_IN, token)
    with house().database.reading() as session:
        if not is_open(session, sign_in_id, clock.now()):
            return render_template("merchants/link_spent.html"), 410
    return render_template("merchants/link.html", token=token)


@blueprint.post(SIGN_IN)
def follow_link(token: str) -> ResponseReturnValue:
    sign_in_id = house().tokens.read_id(Purpose.SIGN_IN, token)
    with house().database.transaction() as session:
        staff = use_sign_in(session, sign_in_id, clock.now())
    if staff is None:
        return render_template("merchants/link_spent.html"), 410
    sign_in(staff)
    return redirect(DASHBOARD, 303)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    sign_out()
    return redirect(LOGIN, 303)
