"""What a campaign's letters look like, for those who run it: both side by side, and a test to oneself."""

from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.catalog.campaign import get_campaign
from campaigns.catalog.version import latest_version
from campaigns.composition.compose import compose
from campaigns.composition.preview import WIDTHS, nobodys
from campaigns.composition.samples import STATES, USUAL, Scene
from campaigns.composition.scene import scene_of
from campaigns.composition.sight import as_seen
from campaigns.delivery.trial import Trial, send_trial
from campaigns.door import house
from campaigns.enrollment.states import MessageKind
from campaigns.errors import DeliveryError, NotFound, RenderingError
from campaigns.merchants.access import Person, needs
from campaigns.merchants.staff import Permission
from campaigns.tags import available

PREVIEW = "/campaigns/<int(max=9223372036854775807):campaign_id>/preview"
OUR_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# A merchant's template may look as it likes and show pictures; it runs nothing, leads nowhere, fetches no more.
THE_LETTER = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
PICTURES = "https: http://localhost:* data:"

blueprint = Blueprint("preview", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at, and how; each is one of a few, and the first where somebody asks for anything else."""

    language: str
    buyer: str
    width: str
    light: str
    images: str

    @property
    def query(self) -> str:
        return urlencode(asdict(self))

    def turned(self, **change: str) -> str:
        return replace(self, **change).query


CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "language": tuple((tag, tag) for tag in available()),
    "width": tuple((name, name.capitalize()) for name in WIDTHS),
    "light": (("light", "Light"), ("dark", "Dark")),
    "images": (("on", "Images on"), ("off", "Images off")),
    "buyer": tuple((state.name, state.title) for state in STATES),
}


@blueprint.get(PREVIEW)
@needs(Permission.RUN_CAMPAIGNS)
def preview(person: Person, campaign_id: int) -> ResponseReturnValue:
    scene, _ = _scene(person, campaign_id)
    view = _view()
    page = render_template(
        "preview/preview.html",
        person=person,
        campaign_id=campaign_id,
        name=scene.definition.name,
        template=scene.definition.template,
        view=view,
        choices=CHOICES,
        kinds=list(MessageKind) if scene.definition.reminder_after else [MessageKind.INVITATION],
    )
    return page, HTTPStatus.OK, {"Content-Security-Policy": OUR_PAGE}


@blueprint.get(f"{PREVIEW}/<any(invitation, reminder):kind>")
@needs(Permission.RUN_CAMPAIGNS)
def letter(person: Person, campaign_id: int, kind: str) -> ResponseReturnValue:
    """One letter's HTML, for the frame."""
    scene, _ = _scene(person, campaign_id)
    view = _view()
    state = next((state for state in STATES if state.name == view.buyer), USUAL)
    has_images = view.images == "on"
    try:
        written = compose(scene.facts(MessageKind(kind), view.language, state), nobodys(house().links))
        html, status = as_seen(written.html, is_dark=view.light == "dark", has_images=has_images), HTTPStatus.OK
    except RenderingError as error:
        html, status = render_template("preview/broken.html", sentence=str(error)), HTTPStatus.UNPROCESSABLE_ENTITY
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = THE_LETTER.format(images=PICTURES if has_images else "data:")
    return response


@blueprint.post(f"{PREVIEW}/<any(invitation, reminder):kind>/test")
@needs(Permission.RUN_CAMPAIGNS)
def test(person: Person, campaign_id: int, kind: str) -> ResponseReturnValue:
    """Send a letter as a test to whoever is signed in, and to nobody else."""
    scene, version_id = _scene(person, campaign_id)
    view = _view()
    trial = Trial(
        scene=scene, kind=MessageKind(kind), tag=view.language, to_address=person.email, version_id=version_id
    )
    try:
        send_trial(house(), trial)
        flash(f"The {kind} is on its way to {person.email}. Its links answer nothing, and no figure counts it.")
    except (DeliveryError, RenderingError) as error:
        flash(f"The {kind} did not leave: {error}", "bad")
    return redirect(f"/campaigns/{campaign_id}/preview?{view.query}", HTTPStatus.SEE_OTHER)


def _scene(person: Person, campaign_id: int) -> tuple[Scene, int]:
    """Return what a campaign says today, and the number of that version; raises NotFound."""
    with house().database.reading() as session:
        version = latest_version(session, get_campaign(session, person.merchant_id, campaign_id).id)
        if version is None:
            raise NotFound
        return scene_of(session, person.merchant_id, version.definition, clock.now()), version.id


def _view() -> View:
    wanted: dict[str, Any] = {name: request.values.get(name, "") for name in CHOICES}
    allowed = {name: [value for value, _ in choices] for name, choices in CHOICES.items()}
    return View(**{name: value if value in allowed[name] else allowed[name][0] for name, value in wanted.items()})
