"""What a mail is: the news of machines first, then what machines write by themselves, then a person's words."""

from campaigns.delivery.inbound.arf import read_complaint
from campaigns.delivery.inbound.autoreply import is_automatic
from campaigns.delivery.inbound.dsn import read_bounce
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.parse import Parsed
from campaigns.delivery.inbound.reply import asks_to_stop, sender_of
from campaigns.delivery.inbound.ses import read_notification

SOURCE = "reply"


def read(mail: Parsed) -> Finding:
    """Return what a mail is."""
    for reader in (read_complaint, read_notification, read_bounce):
        if (found := reader(mail)) is not None:
            return found
    sender = sender_of(mail)
    # Apple Mail says that it wrote this by itself; a person pressed the button.
    if "x-apple-unsubscribe" in mail.head:
        return Finding(sort=Sort.UNSUBSCRIBE, source=SOURCE, address=sender)
    if mail.report or is_automatic(mail.head):
        return Finding(sort=Sort.AUTO_REPLY, source=SOURCE)
    return Finding(sort=Sort.UNSUBSCRIBE if asks_to_stop(mail) else Sort.REPLY, source=SOURCE, address=sender)
