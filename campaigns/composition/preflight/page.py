"""A letter's HTML as a tree: each element with its own style, each piece of text with what it stands in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser

VOID = {"img", "br", "meta", "hr", "link", "input", "area", "base", "col", "wbr"}
UNSEEN = {"head", "style", "script", "title"}
DECLARATION = re.compile(r"\s*([\w-]+)\s*:\s*((?:url\([^)]*\)|[^;])*)")


@dataclass(eq=False)
class Element:
    tag: str
    attributes: Mapping[str, str]
    parent: "Element | None"
    style: Mapping[str, str]
    words: str = ""  # its own and those of what it holds

    @property
    def line(self) -> Iterator["Element"]:
        """Return itself and what it stands in, inside out."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent

    @cached_property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    @cached_property
    def is_seen(self) -> bool:
        hides_itself = self.tag in UNSEEN or _hides(self.style)
        return not hides_itself and (self.parent is None or self.parent.is_seen)


@dataclass(eq=False)
class Page(HTMLParser):
    source: str
    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[Element, str]] = field(default_factory=list)
    css: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        parent = self._open[-1] if self._open else None
        element = Element(tag, attributes, parent, declarations(attributes.get("style", "")))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._open:
            return
        element = self._open[-1]
        if element.tag == "style":
            self.css += data
        elif data.strip():
            self.texts.append((element, " ".join(data.split())))
            for each in element.line:
                each.words += data

    @property
    def seen(self) -> str:
        """All words that a person reads."""
        return " ".join(words for element, words in self.texts if element.is_seen)

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    @property
    def links(self) -> list[Element]:
        return [element for element in self.all("a") if element.attributes.get("href")]


@cache
def declarations(style: str) -> Mapping[str, str]:
    """Return the properties of a style attribute or of a rule's body, each without its !important."""
    found = DECLARATION.finditer(style)
    return {name.lower(): value.replace("!important", "").strip() for name, value in (each.groups() for each in found)}


def _hides(style: Mapping[str, str]) -> bool:
    return style.get("display") == "none" or style.get("visibility") == "hidden" or style.get("opacity") == "0"
