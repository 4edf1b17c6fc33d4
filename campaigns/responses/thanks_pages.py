"""What the thank-you page of one letter offers; an offer that is due to be shown there is released by looking."""

import hashlib
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, url_for

from campaigns.door import house, remembered
from campaigns.responses.asked import Asked
from campaigns.responses.incentive import find_incentive
from campaigns.responses.thanks import Offers, Thanks, needs_release, thanks_for
from campaigns.responses.trust import Folded

STYLE = (Path(__file__).parent / "static" / "thanks.css").read_text(encoding="utf-8")
THANKS_DIGEST = hashlib.sha256(STYLE.encode()).hexdigest()[:12]
A_YEAR = 31_536_000  # seconds

blueprint = Blueprint("thanks", __name__)


@blueprint.get("/look/<digest>/thanks.css")
def style(digest: str) -> Response:
    response = Response(STYLE, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = (
        f"public, max-age={A_YEAR}, immutable" if digest == THANKS_DIGEST else "no-cache"
    )
    return response


@blueprint.app_template_global("thanks_look")
def _look() -> str:
    return url_for("thanks.style", digest=THANKS_DIGEST)


def thanks_shown(asked: Asked, so_far: Folded, now: datetime) -> Thanks:
    """Return what to show; nothing is asked of the database where nothing is anybody's own."""
    offers, vault = remembered(Offers), house().vault
    offer = offers.known(asked.version_id)
    if offer is not None and offer.incentive is None:
        return Thanks(reviews=offer.reviews)
    with house().database.reading() as session:
        offer = offers.get(session, asked.version_id)
        incentive = find_incentive(session, asked.enrollment_id)
        if offer.incentive is None or not needs_release(offer.incentive, incentive, so_far, now):
            return thanks_for(session, vault, offer, asked, so_far, now)
    with house().database.transaction() as session:
        return thanks_for(session, vault, offer, asked, so_far, now)
