"""What visitors wrote on a merchant's own site, apart from answers to letters: no rate counts it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.responses.box import Box
from campaigns.responses.comment import BoxComment, count_comments
from campaigns.responses.sifting import CommentLevel, Doubt

SHOWN, MOST = 6, 100  # on the dashboard, and of one level on the page of comments
BECAUSE = {
    Doubt.TRAP: "a field was filled in that people do not see",
    Doubt.HASTY: "it was sent within three seconds",
    Doubt.ROBOT: "the browser said that a program drives it",
    Doubt.LINKS: "it has several links, or one in the name",
    Doubt.LINK: "it has a link",
    Doubt.REPEATED: "the same words came before",
    Doubt.UNTOUCHED: "no key and no finger was noticed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteComment:
    id: int
    text: str
    name: str
    source: str  # the name of its box
    locale: str
    at: datetime
    level: CommentLevel
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteComments:
    latest: list[SiteComment]
    confirmed: int
    held: int
    rejected: int

    @property
    def are_any(self) -> bool:
        return bool(self.confirmed or self.held or self.rejected)


def site_comments(session: Session, merchant_id: int) -> SiteComments:
    """Return the latest comments of a merchant's boxes, and how many are of which level."""
    counts = count_comments(session, merchant_id)
    return SiteComments(
        latest=comments_of(session, merchant_id, CommentLevel.CONFIRMED, SHOWN),
        confirmed=counts.get(CommentLevel.CONFIRMED, 0),
        held=counts.get(CommentLevel.HELD, 0),
        rejected=counts.get(CommentLevel.REJECTED, 0),
    )


def comments_of(session: Session, merchant_id: int, level: CommentLevel, most: int = MOST) -> list[SiteComment]:
    """Return a merchant's comments of one level, the newest first."""
    query = (
        select(BoxComment, Box.name)
        .join(Box, Box.id == BoxComment.box_id)
        .where(BoxComment.merchant_id == merchant_id, BoxComment.level == level)
        .order_by(BoxComment.id.desc())
        .limit(most)
    )
    return [
        SiteComment(
            id=row.id,
            text=row.text,
            name=row.name,
            source=source or f"comment box {row.box_id}",
            locale=row.locale,
            at=row.at,
            level=CommentLevel(row.level),
            because="; ".join(BECAUSE[Doubt(each)] for each in row.reasons),
        )
        for row, source in session.execute(query)
    ]
