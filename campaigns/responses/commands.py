"""What the law lets a person ask of a merchant, on the terminal: a copy of everything, and to be forgotten."""

import json
from pathlib import Path

import click
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.address import normalise
from campaigns.audience.contact import Contact, find_contact, lock_contact
from campaigns.door import house
from campaigns.errors import AskwellError, NotFound
from campaigns.responses.copy import everything_on
from campaigns.responses.person import forget
from campaigns.terminal import json_option, kindly, merchant_option, show

NOBODY = "This merchant knows nobody by that address."


@click.command("erase", epilog="Example:  flask --app wsgi erase ana@example.com --merchant 1")
@click.argument("email")
@merchant_option
@json_option
@kindly
def erase(email: str, merchant_id: int, as_json: bool) -> None:
    """Forget a person at a merchant: name, address and all they wrote. They are never written to again."""
    with house().database.transaction() as session:
        contact = lock_contact(session, _find(session, merchant_id, email).id)
        was_known = contact.email is not None
        forget(session, contact, clock.now())
    said = f"Contact {contact.id} is forgotten." if was_known else f"Contact {contact.id} was forgotten already."
    show({"contact": contact.id, "erased": True}, as_json, said, "No letter will go there again.")


@click.command("export", epilog="Example:  flask --app wsgi export ana@example.com --merchant 1 --out ana.json")
@click.argument("email")
@merchant_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write to.")
@json_option
@kindly
def export(email: str, merchant_id: int, out: Path | None, as_json: bool) -> None:
    """Print all that is kept on a person as JSON, without the address; with --out write it to a file, whole."""
    with house().database.reading() as session:
        kept = everything_on(session, _find(session, merchant_id, email))
    number = kept["contact"]["id"]
    if out is None:
        kept["contact"]["email"] = "as asked for" if kept["contact"]["email"] else None
        click.echo(_written(kept))
        return
    try:
        out.write_text(_written(kept) + "\n", encoding="utf-8")
    except OSError as error:
        raise AskwellError(f"{out} could not be written: {error.strerror}.") from None
    show({"contact": number, "file": str(out)}, as_json, f"All that is kept on contact {number} is in {out}.")


def _find(session: Session, merchant_id: int, email: str) -> Contact:
    contact = find_contact(session, merchant_id, normalise(email))
    if contact is None:
        raise NotFound(NOBODY)
    return contact


def _written(kept: object) -> str:
    return json.dumps(kept, default=str, ensure_ascii=False, indent=2)
