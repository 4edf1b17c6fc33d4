"""Comments from the merchant's own site, for those who read answers: who reads one lets it in or turns it away."""

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.door import house
from campaigns.merchants.access import Person, needs
from campaigns.merchants.staff import Permission
from campaigns.reports.site_comments import comments_of, site_comments
from campaigns.responses.comment import judge_comment
from campaigns.responses.sifting import CommentLevel

COMMENTS = "/comments"
VERBS = {"reinstate": CommentLevel.CONFIRMED, "reject": CommentLevel.REJECTED}

blueprint = Blueprint("comments", __name__, template_folder="templates")


@blueprint.get(COMMENTS)
@needs(Permission.READ_ANSWERS)
def comments(person: Person) -> ResponseReturnValue:
    with house().database.reading() as session:
        counts = site_comments(session, person.merchant_id)
        lists = [(level, comments_of(session, person.merchant_id, level)) for level in _IN_ORDER]
    return render_template("reports/comments.html", person=person, counts=counts, lists=lists)


@blueprint.post(f"{COMMENTS}/<int(max=9223372036854775807):comment_id>/<any(reinstate, reject):verb>")
@needs(Permission.READ_ANSWERS)
def judge(person: Person, comment_id: int, verb: str) -> ResponseReturnValue:
    """Let a comment in, or turn it away; either can be taken back."""
    with house().database.transaction() as session:
        if not judge_comment(session, person.merchant_id, comment_id, VERBS[verb], clock.now()):
            abort(404)
    return redirect(COMMENTS, 303)


_IN_ORDER = (CommentLevel.HELD, CommentLevel.CONFIRMED, CommentLevel.REJECTED)
