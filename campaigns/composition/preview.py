"""What a campaign's letters will look like, in every language and every state, before anybody gets one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from campaigns.catalog.definition import Definition
from campaigns.composition.chromium import Camera
from campaigns.composition.compose import compose
from campaigns.composition.contact_sheet import write_sheet
from campaigns.composition.letter import Letter
from campaigns.composition.samples import STATES, USUAL, Scene, Shop, State
from campaigns.composition.sight import Sight, as_seen_in
from campaigns.enrollment.states import MessageKind
from campaigns.links import Links
from campaigns.tags import available
from campaigns.tokens import Tokens

__all__ = ["NOBODYS_KEY", "WIDTHS", "Shop", "nobodys", "picture_count", "take_pictures"]
__all__ += ["write_previews", "write_scene"]

NOBODYS_KEY = "the key of previews, which no installation ever signs with"
WIDTHS = {"phone": 360, "desktop": 640}


class Sample(NamedTuple):
    """One of the letters that are shown."""

    kind: MessageKind
    tag: str
    state: State = USUAL
    variant: str = ""

    @property
    def title(self) -> str:
        return f"In the words of variant {self.variant}" if self.variant else self.state.title

    @property
    def stem(self) -> str:
        words = f".{self.variant}" if self.variant else ""
        return f"{self.kind}.{self.tag}{words}" + ("" if self.state is USUAL else f"-{self.state.name}")


def samples(definition: Definition) -> Iterator[Sample]:
    """Yield the campaign's own words to every buyer, and those of each variant to the usual one."""
    for kind in MessageKind:
        for tag in available():
            yield from (Sample(kind, tag, state) for state in STATES)
            yield from (Sample(kind, tag, USUAL, variant.name) for variant in definition.variants)


def write_previews(definition: Definition, shop: Shop, out: Path, links: Links, now: datetime) -> list[Path]:
    """Write html, txt and eml of both letters in each language; returns the files. Raises RenderingError."""
    return write_scene(Scene(definition=definition, shop=shop, now=now), out, links)


def write_scene(scene: Scene, out: Path, links: Links) -> list[Path]:
    """Write every letter as html, the usual ones as txt and eml too, and a sheet that shows all side by side.

    Returns the files. Raises RenderingError.
    """
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for sample in samples(scene.definition):
        facts = scene.worded(sample.variant).facts(sample.kind, sample.tag, sample.state)
        letter = compose(facts, nobodys(links))
        written += _write(letter, out / sample.stem, is_whole=sample.state is USUAL)
    return [*written, write_sheet(out, scene, [(sample, _page(out, sample)) for sample in samples(scene.definition)])]


def picture_count(definition: Definition) -> int:
    return len(list(samples(definition))) * len(WIDTHS) * len(Sight)


def take_pictures(scene: Scene, out: Path, browser: str) -> Iterator[Path]:
    """Take a picture of every letter that `write_scene` wrote, in each width and look; yields each once it is there."""
    shown: list[tuple[Sample, Path]] = []
    passing = out / ".shown.html"
    with Camera(browser) as camera:
        for sample in samples(scene.definition):
            html = _page(out, sample).read_text(encoding="utf-8")
            for sight in Sight:
                passing.write_text(as_seen_in(html, sight), encoding="utf-8")
                for width, pixels in WIDTHS.items():
                    file = out / f"{sample.stem}.{width}.{sight}.png"
                    file.write_bytes(camera.picture(passing, pixels, is_dark=sight is Sight.DARK))
                    shown.append((sample, file))
                    yield file
    passing.unlink(missing_ok=True)
    write_sheet(out, scene, shown)


def nobodys(links: Links) -> Links:
    """Return an address book for previews, whose links must open nobody's letter."""
    return Links(links.base_url, Tokens((NOBODYS_KEY,)))


def _page(out: Path, sample: Sample) -> Path:
    return out / f"{sample.stem}.html"


def _write(letter: Letter, stem: Path, *, is_whole: bool) -> list[Path]:
    contents = {"html": letter.html.encode()}
    if is_whole:
        contents |= {"txt": letter.text.encode(), "eml": letter.data}
    files = [stem.with_name(f"{stem.name}.{ending}") for ending in contents]
    for file, content in zip(files, contents.values(), strict=True):
        file.write_bytes(content)
    return files
