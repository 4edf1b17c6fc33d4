"""What a merchant's owners are told when something needs them: what happened, what follows, what to do."""

from campaigns.delivery.alerts import AlertKind, Concern
from campaigns.delivery.breaker import Cause
from campaigns.delivery.trip import Trip, sentence

COMMAND = "flask --app wsgi"


def domain_refused(merchant_id: int, domain: str, status: str, trip: Trip | None) -> Concern:
    """Say that servers refuse letters because of the domain they come from."""
    code = f" (code {status})" if status else ""
    what = (
        f"Mail servers refuse letters from {domain}{code}. They do not blame the customers, but the sender: most often "
        "a record for SPF, DKIM or DMARC is missing or wrong, or the sending server is on a block list."
    )
    if trip is None:
        follows = "Letters go on leaving. If this happens more often, they are held by themselves."
    else:
        follows = (
            f"{sentence(trip)} within an hour, so all letters from this domain wait. Nothing is lost. When the cause "
            f"is found, let them go on:\n\n    {COMMAND} sending resume --merchant {merchant_id}"
        )
    return Concern(
        merchant_id=merchant_id,
        kind=AlertKind.SENDER if trip else AlertKind.SENDER_ONCE,
        about=domain,
        subject=f"Letters from {domain} are {'held' if trip else 'refused'}",
        words=f"{what}\n\n{follows}",
    )


def content_refused(merchant_id: int, campaign_id: int, name: str) -> Concern:
    return Concern(
        merchant_id=merchant_id,
        kind=AlertKind.CONTENT,
        about=str(campaign_id),
        subject=f"A letter of “{name}” was refused for what is in it",
        words=(
            f"A mail server refused a letter of the campaign “{name}” because of its size or its content. The customer "
            "is not to blame and stays on the list. Look at the letter as it is sent: a picture too large or a link to "
            "a suspicious address is the usual cause.\n\n"
            f"    {COMMAND} campaign preflight FILE.toml"
        ),
    )


def campaign_paused(trip: Trip, name: str) -> Concern:
    """Say that a campaign paused itself."""
    is_spam = trip.cause == Cause.COMPLAINTS
    advice = (
        "Mailbox providers want this below 0.1 %, and refuse everything from a domain that goes on above 0.3 %. Ask "
        "whether these customers expected a letter, and whether the unsubscribe link is easy to find."
        if is_spam
        else "Above 5 % mail services close accounts. Addresses that do not exist mostly come from a checkout that "
        "does not check them, or from an import of old orders."
    )
    return Concern(
        merchant_id=trip.merchant_id,
        kind=AlertKind.COMPLAINTS if is_spam else AlertKind.BOUNCES,
        about=str(trip.campaign_id),
        subject=f"“{name}” is paused: {'too many complaints' if is_spam else 'too many letters came back'}",
        words=(
            f"{sentence(trip)}, so the campaign “{name}” has paused itself: its letters wait, and nobody new is asked."
            f"\n\n{advice}\n\nWhen the cause is found, let it go on, on the dashboard or with:\n\n"
            f"    {COMMAND} campaign resume {trip.campaign_id} --merchant {trip.merchant_id}\n\n"
            "From then on only letters that leave after it count."
        ),
    )
