"""What letters are written from is read in the same few queries, however many letters and merchants there are."""

from collections.abc import Sequence

from sqlalchemy import event
from sqlalchemy.orm import Session

from campaigns.delivery.facts import Archive, letter_facts
from campaigns.house import House
from campaigns.merchants.look import Font, Look, Tone
from campaigns.merchants.merchant import Merchant, wear
from tests.factories import (
    NOW,
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)

WARM = Look(
    logo_url="https://shop.example/logo.png",
    accent="#1f5f8b",
    second="#7a1f3d",
    font=Font.SERIF,
    tone=Tone.WARM,
    signature="Maria",
)


def test_a_letter_wears_its_own_merchants_look(session: Session, house: House) -> None:
    plain, warm = make_merchant(session), make_merchant(session, name="Warm Mugs")
    wear(session, warm, WARM)
    letters = {name: asked(session, house, merchant, 1)[0] for name, merchant in (("plain", plain), ("warm", warm))}

    dossiers = Archive().gather(session, list(letters.values()))

    looks = {name: letter_facts(dossiers[letter], NOW).look for name, letter in letters.items()}
    assert looks == {"plain": Look(), "warm": WARM}


def test_more_letters_of_more_merchants_take_no_more_queries(session: Session, house: House) -> None:
    shops = [make_merchant(session, name=f"Shop {number}") for number in range(3)]
    letters = [letter for shop in shops for letter in asked(session, house, shop, 3)]
    archive = Archive()
    archive.gather(session, letters)  # versions are read once, and kept

    assert queries(session, archive, letters) == queries(session, archive, letters[:1])


def test_a_letter_knows_its_enrollment_which_decides_its_variant(session: Session, house: House) -> None:
    [letter] = asked(session, house, make_merchant(session), 1)

    dossier = Archive().gather(session, [letter])[letter]

    assert letter_facts(dossier, NOW).enrollment_id == dossier.row.enrollment_id


def asked(session: Session, house: House, merchant: Merchant, many: int) -> list[int]:
    """Return letters that are due, each to a person of its own."""
    store, version = make_store(session, house.vault, merchant), make_campaign(session, merchant)
    found = []
    for number in range(many):
        contact = make_contact(session, merchant, f"buyer{number}@example.com")
        purchase = make_purchase(session, store, contact, order_id=str(number))
        found.append(make_message(session, make_enrollment(session, purchase, version)).id)
    return found


def queries(session: Session, archive: Archive, letters: Sequence[int]) -> int:
    seen: list[str] = []
    listen = (session.get_bind(), "before_cursor_execute", lambda *found: seen.append(found[2]))
    event.listen(*listen)
    archive.gather(session, letters)
    event.remove(*listen)
    return len(seen)
