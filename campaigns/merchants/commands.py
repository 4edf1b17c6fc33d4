"""The merchant's doors on the terminal: merchants, their stores and their staff."""

import re

import click

from campaigns import clock
from campaigns.address import normalise
from campaigns.clock import is_zone
from campaigns.door import house
from campaigns.errors import AskwellError
from campaigns.merchants.look import ACCENT, checked_colour
from campaigns.merchants.merchant import Merchant, add_merchant, get_merchant
from campaigns.merchants.sign_in import issue_sign_in
from campaigns.merchants.staff import Role, add_staff
from campaigns.merchants.store import StoreKind, add_store, get_store, new_secret, rotate_secret
from campaigns.terminal import Group, merchant_option, show

NO_REPLY = re.compile(r"(no|do-?not)[-_.]?reply@")

merchant = Group("merchant", help="Merchants: the tenants of this installation.")
store = Group("store", help="Stores: a shop's webhook address and its secret.")
staff = Group("staff", help="Staff: the people who sign in.")


@merchant.say(
    'merchant create "Harbour Mugs" --from hello@shop.example --postal-address "1 Quay Street, Galway"', "create"
)
@click.argument("name")
@click.option("--from", "from_address", required=True, help="The address letters come from.")
@click.option(
    "--postal-address",
    required=True,
    help="Where the merchant can be reached by post; the law wants it in every letter.",
)
@click.option("--reply-to", help="Where replies go; the same as --from without it.")
@click.option("--timezone", default="UTC", show_default=True)
@click.option("--locale", default="en", show_default=True, help="The language of customers whose own is not known.")
@click.option("--accent", default=ACCENT, show_default=True, help="The merchant's colour, as #rrggbb.")
def create_merchant(name: str, from_address: str, postal_address: str, as_json: bool, **options: str | None) -> None:
    """Make a merchant and print its number."""
    zone, accent = options["timezone"] or "UTC", checked_colour(options["accent"] or ACCENT, "--accent")
    if not is_zone(zone):
        raise AskwellError(f"--timezone is {zone!r}; it is a name like Europe/Madrid.")
    sender = sending_address(from_address, "--from")
    reply_to = sending_address(options["reply_to"], "--reply-to") if options["reply_to"] else sender
    if NO_REPLY.match(reply_to):
        raise AskwellError("Replies would reach nobody; give --reply-to an address that somebody reads.")
    row = Merchant(
        name=_words(name, "NAME"),
        from_address=sender,
        reply_to=reply_to,
        postal_address=_words(postal_address, "--postal-address"),
        timezone=zone,
        locale=options["locale"] or "en",
        accent=accent,
        created_at=clock.now(),
    )
    with house().database.transaction() as session:
        merchant_id = add_merchant(session, row).id
    show(
        {"merchant": merchant_id},
        as_json,
        f"Merchant {merchant_id} is here. Next: store create --merchant {merchant_id}",
    )


def sending_address(text: str, option: str) -> str:
    """Return an address every mail server takes; what stands before its @ must be plain letters."""
    address = normalise(text)
    if not address.rpartition("@")[0].isascii():
        raise AskwellError(f"{option} has letters before its @ that many mail servers refuse; give a plain address.")
    return address


def _words(text: str, what: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise AskwellError(f"{what} is blank; every letter shows it.")
    return words


@store.say("store create --merchant 1 --kind shopify --secret hush", "create")
@merchant_option
@click.option("--kind", type=click.Choice([kind.value for kind in StoreKind]), required=True)
@click.option("--secret", help="What the shop signs with; a new one is made for a standard store without it.")
def create_store(merchant_id: int, kind: str, secret: str | None, as_json: bool) -> None:
    """Make a store and print its webhook address and secret."""
    if kind == StoreKind.SHOPIFY and not secret:
        raise AskwellError("--secret is missing; Shopify shows it under Settings, Notifications, Webhooks.")
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        secret = secret or new_secret()
        row = add_store(session, house().vault, merchant_id, StoreKind(kind), secret, clock.now())
    url = house().links.webhook(row.key)
    data = {"store": row.id, "webhook_url": url, "secret": secret}
    show(data, as_json, f"Store {row.id} is here.", f"webhook URL  {url}", f"secret       {secret}")


@store.say("store rotate 1 --merchant 1", "rotate")
@click.argument("store_id", type=int)
@merchant_option
@click.option("--secret", help="The new secret; one is made without it.")
def rotate(store_id: int, merchant_id: int, secret: str | None, as_json: bool) -> None:
    """Give a store a new secret; the old one is accepted until the next rotation."""
    secret = secret or new_secret()
    with house().database.transaction() as session:
        row = get_store(session, merchant_id, store_id)
        rotate_secret(session, house().vault, row, secret)
    show({"store": store_id, "secret": secret}, as_json, f"secret  {secret}")


@staff.say("staff create ana@shop.example --merchant 1 --role owner", "create")
@click.argument("email")
@merchant_option
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
def create_staff(email: str, merchant_id: int, role: str, as_json: bool) -> None:
    """Let a person sign in, or change their role; prints a link that signs them in once."""
    address = normalise(email)
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        person = add_staff(session, merchant_id, address, Role(role), clock.now())
        link = house().links.sign_in(issue_sign_in(session, person, clock.now(), is_mailed=False).id)
    data = {"staff": person.id, "sign_in_url": link}
    show(data, as_json, f"Staff {person.id} is here. Once, within 15 minutes:", link)
