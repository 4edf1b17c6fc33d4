"""All commands of `flask --app wsgi`: each room brings its own, and this hangs them."""

from typing import Any

import click
from flask import Flask

from campaigns import heartbeat, schema
from campaigns.catalog.commands import campaign
from campaigns.catalog.question_commands import question
from campaigns.composition import commands as _previews  # noqa: F401  # adds to the group of campaigns
from campaigns.composition import preflight_commands as _preflight  # noqa: F401  # adds to the group of campaigns
from campaigns.composition.own_commands import template
from campaigns.delivery import check_commands as _checks  # noqa: F401  # adds to the group of relays
from campaigns.delivery import trial_commands as _trials  # noqa: F401  # adds to the group of campaigns
from campaigns.delivery.commands import pace, relay
from campaigns.delivery.doctor_commands import doctor
from campaigns.delivery.event_commands import events
from campaigns.delivery.inbound import classify_commands as _classifies  # noqa: F401  # adds to the group of inbound
from campaigns.delivery.inbound.commands import inbound
from campaigns.delivery.sending_commands import message, sending
from campaigns.delivery.suppression_commands import suppression
from campaigns.door import house
from campaigns.enrollment.commands import why
from campaigns.merchants import look_commands as _looks  # noqa: F401  # adds to the group of merchants
from campaigns.merchants.commands import merchant, staff, store
from campaigns.merchants.dkim_commands import dkim
from campaigns.reports.commands import report
from campaigns.reports.refold_commands import refold
from campaigns.reports.status_commands import status
from campaigns.responses.box_commands import box
from campaigns.responses.commands import erase, export
from campaigns.responses.incentive_commands import incentive
from campaigns.responses.simulation.commands import simulation
from campaigns.sample.commands import sample
from campaigns.terminal import Group, json_option, kindly, show

db = Group("db", help="The schema of the database.")


@db.say("db upgrade", "upgrade")
def upgrade(as_json: bool) -> None:
    """Bring the schema up to this version of Askwell."""
    schema.upgrade(house().database)
    revision = schema.current(house().database)
    show({"revision": revision}, as_json, f"The schema is at {revision}.")


@db.say("db downgrade 0001", "downgrade")
@click.argument("revision")
def downgrade(revision: str, as_json: bool) -> None:
    """Take the schema back to a revision; "base" takes everything away."""
    schema.downgrade(house().database, revision)
    show({"revision": schema.current(house().database)}, as_json, f"The schema is at {revision}.")


@click.command("tick", epilog="Example:  flask --app wsgi tick")
@json_option
@kindly
def tick(as_json: bool) -> None:
    """Let one heartbeat through the whole house, in this process, and exit."""
    done: dict[str, Any] = heartbeat.tick(house())
    show(done, as_json, *(f"{name.replace('_', ' ')}: {count}" for name, count in done.items()))


def add_commands(app: Flask) -> None:
    """Hang every command on the application."""
    for group in (
        db,
        merchant,
        store,
        staff,
        dkim,
        campaign,
        template,
        question,
        relay,
        pace,
        sending,
        message,
        report,
        sample,
    ):
        app.cli.add_command(group)
    for group in (incentive, box, inbound, events, suppression):
        app.cli.add_command(group)
    for command in (doctor, status, tick, why, erase, export, refold, simulation):
        app.cli.add_command(command)
