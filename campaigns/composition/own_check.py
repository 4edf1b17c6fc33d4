"""A template is tried on every kind of letter before it is kept, so that no customer's letter is its first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.own_template import OwnTemplate
from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.compose import compose
from campaigns.composition.leaves import leaves_of
from campaigns.composition.letter import Letter, LetterFacts
from campaigns.composition.own_render import MOST_HTML
from campaigns.composition.preview import NOBODYS_KEY
from campaigns.composition.samples import PICTURE, STATES, USUAL, Scene, Shop, State
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.languages import speak
from campaigns.links import Links
from campaigns.tags import available
from campaigns.tokens import Tokens

MOST_SOURCE = 200_000  # bytes, of all files
MOST_FILES = 30
ROOM = 4_000  # bytes of HTML kept free for what a campaign brings: a preheader, a longer signature
NEEDED = tuple(f"{kind}/{file}" for kind in MessageKind for file in ("body.mjml", "body.txt", "subject.txt"))
PATH = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+){0,3}\.(mjml|txt)")
# Signs no editor shows; and those that the house marks values with.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ue000\ue001]|\\{#@")
# As long as a letter's words ever get, every sign of the name one that HTML writes out in five.
HEAVIEST = State(
    name="heaviest",
    title="As long as can be",
    first_name='"' * 60,
    items=({"name": '"' * 100, "image_url": PICTURE + "?" + "&" * 900}, *STATES[0].items),
)


def read_sources(folder: Path) -> dict[str, str]:
    """Read a template's files; raises RenderingError where some are missing, too large or no text."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".mjml", ".txt"} and path.is_file())
    if len(files) > MOST_FILES:
        raise RenderingError(f"A template has at most {MOST_FILES} files; there are {len(files)}.")
    if sum(path.stat().st_size for path in files) > MOST_SOURCE:
        raise RenderingError(f"A template's files have at most {MOST_SOURCE:,} bytes in all.")
    sources = {path.relative_to(folder).as_posix(): _read(path, path.relative_to(folder).as_posix()) for path in files}
    check_sources(sources)
    return sources


def check_sources(sources: Mapping[str, str]) -> None:
    """Raise RenderingError where files are missing, are not to be named so, or hold what nobody can see."""
    if missing := [name for name in NEEDED if name not in sources]:
        raise RenderingError(f"A template needs {missing[0]}; it has {', '.join(sources) or 'no file at all'}.")
    for name, source in sources.items():
        if not PATH.fullmatch(name):
            raise RenderingError(f"{name!r} is no name for a file here: small letters, digits, - and _, .mjml or .txt.")
        if found := UNSEEN.search(source):
            line = source.count("\n", 0, found.start()) + 1
            raise RenderingError(f"{name}, line {line}: there is a sign that no text has.")
    if sum(len(source.encode()) for source in sources.values()) > MOST_SOURCE:
        raise RenderingError(f"A template's files have at most {MOST_SOURCE:,} bytes in all.")


def try_out(own: OwnTemplate, shop: Shop, now: datetime) -> int:
    """Write every kind of letter with a template; returns the longest HTML in bytes. Raises RenderingError."""
    links = Links("https://ask.example", Tokens((NOBODYS_KEY,)))
    longest = 0
    for facts in _trials(own, shop, now):
        letter = compose(facts, links)
        for objection in _missing(letter, facts, links):
            where = f"{facts.kind} in {facts.locale}, on {facts.definition.scale.name}"
            raise RenderingError(f"{own.title}: {objection} ({where}).")
        longest = max(longest, len(letter.html.encode()))
        if longest > MOST_HTML - ROOM:
            raise RenderingError(f"{own.title}: its HTML gets longer than {MOST_HTML - ROOM:,} bytes.")
    return longest


def _trials(own: OwnTemplate, shop: Shop, now: datetime) -> Iterator[LetterFacts]:
    for scale in ScaleName:
        data = {"name": "Trial", "scale": scale.value, "template": own.title}
        scene = Scene(definition=read_definition(data), shop=replace(shop, own=own), now=now)
        states = (*STATES, HEAVIEST) if scale is ScaleName.NPS11 else (USUAL,)
        for tag in available():
            yield from (scene.facts(kind, tag, state) for kind in MessageKind for state in states)


def _missing(letter: Letter, facts: LetterFacts, links: Links) -> Iterator[str]:
    """Yield what the law or the customer needs in a letter and is not there."""
    token = links.letter_token(facts.message_id)
    shown = _Shown(letter.html)
    postal = leaves_of(facts, token, speak(facts.locale)).postal
    for kind, words, addresses in (("HTML", shown.words, shown.links), ("text", letter.text, letter.text.split())):
        if links.unsubscribe(token) not in addresses:
            yield f"the {kind} has no link to unsubscribe; write {{{{ unsubscribe_url }}}}"
        if not all(_plain(line) in _plain(words) for line in postal):
            yield f"the {kind} lacks the postal address; write every line of {{{{ postal_address }}}}"
        for score in SCALES[facts.definition.scale.name].scores:
            if links.rate(token, score) not in addresses:
                yield f"the {kind} has no link for the score {score}; write all of {{{{ score_rows }}}}"
    if not letter.subject:
        yield "the subject is empty"


def _plain(words: str) -> str:
    return " ".join(words.split())


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise RenderingError(f"{name} is not UTF-8 text.") from None


class _Shown(HTMLParser):
    """What a reader of a letter has before the eyes: words, and where they lead."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.links: set[str] = set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.add(dict(attrs).get("href") or "")
