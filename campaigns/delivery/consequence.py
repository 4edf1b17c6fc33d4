"""What follows from news of a letter, for the letter and for the person it went to."""

from dataclasses import dataclass
from datetime import timedelta

from campaigns.audience.suppression import SuppressionReason
from campaigns.delivery.event import Kind, News
from campaigns.enrollment.states import MessageState

WITHIN = timedelta(days=30)
# How many letters to one person must come back so before that is the end of the address.
PATIENCE = {Kind.HARD: 1, Kind.DISABLED: 2, Kind.UNKNOWN: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    state: MessageState | None = None  # the letter is in from now on, where the table of moves allows it
    suppression: SuppressionReason | None = None  # of the person, who then gets nothing that is on its way either
    blames_sender: bool = False
    blames_content: bool = False


def follows(news: News, kind: Kind | None, letters: int = 1) -> Consequence:
    """Decide; `letters` counts those to the same person that came back the same way within 30 days, this one too."""
    if news is News.DELIVERED:
        return Consequence(state=MessageState.DELIVERED)
    if news is News.COMPLAINED:
        return Consequence(state=MessageState.COMPLAINED, suppression=SuppressionReason.COMPLAINT)
    if news is News.UNSUBSCRIBED:
        return Consequence(suppression=SuppressionReason.UNSUBSCRIBED)
    if news is News.DELAYED:
        return Consequence()
    kind = kind or Kind.UNKNOWN
    is_end = kind in PATIENCE and letters >= PATIENCE[kind]
    return Consequence(
        state=MessageState.BOUNCED,
        suppression=SuppressionReason.HARD_BOUNCE if is_end else None,
        blames_sender=kind is Kind.SENDER,
        blames_content=kind is Kind.CONTENT,
    )
