"""What news a report on one recipient is: by its action, and of a bounce also what it is about."""

from typing import NamedTuple

from campaigns.delivery.event import Kind, News
from campaigns.delivery.kinds import best_status, code_in, kind_of

NEWS = {"failed": News.BOUNCED, "delayed": News.DELAYED, "delivered": News.DELIVERED}  # others say nothing of a mailbox


class Verdict(NamedTuple):
    """What news a report is; `kind` is None where nothing bounced."""

    news: News | None
    kind: Kind | None = None
    code: int | None = None
    status: str = ""


def classify(action: str, status: str, said: str) -> Verdict:
    """Read a report on one recipient: its Action, its Status, and what the last server said."""
    code, best = code_in(said), best_status(status, said)
    news = NEWS.get(action.strip().lower().partition(" ")[0])
    return Verdict(news, kind_of(code, best, said) if news is News.BOUNCED else None, code, best)
