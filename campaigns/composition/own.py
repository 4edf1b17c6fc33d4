"""Which mail a letter is: one of the house's, or one that a merchant brought, and no other merchant can get."""

from campaigns.catalog.definition import OWN_TEMPLATE
from campaigns.catalog.own_template import OwnTemplate
from campaigns.composition.letter import LetterFacts
from campaigns.errors import RenderingError


class OwnMail(str):
    """The name of a merchant's mail, which says whose it is and of which words, and what it is made of."""

    template: OwnTemplate
    kind: str


def mail_of(facts: LetterFacts) -> str:
    """Return the name of the mail that a letter is an example of.

    Raises RenderingError where it is to be the merchant's own, and that is not at hand.
    """
    named, own = facts.definition.template, facts.own
    if not OWN_TEMPLATE.fullmatch(named):
        return f"{named}/{facts.kind.value}"
    if own is None or own.title != named or own.reference.merchant_id != facts.merchant_id:
        raise RenderingError(f"Merchant {facts.merchant_id} has no template {named}.")
    return own_mail(own.key, facts.kind.value, own)


def own_mail(key: str, kind: str, template: OwnTemplate) -> OwnMail:
    mail = OwnMail(f"{key}/{kind}")
    mail.template, mail.kind = template, kind
    return mail
