"""Every text is measured against what it stands on, as its mail is shown by day and, where it says so, by night."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from campaigns.composition.preflight.finding import Finding, Flight, Proof, Severity
from campaigns.composition.preflight.page import Element, declarations
from campaigns.composition.theme import ENOUGH, contrast

LARGE_ENOUGH = 3.0  # WCAG 2.2, 1.4.3: for text of 24 px, or of 18.66 px in bold
HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\b", re.IGNORECASE)
RGB = re.compile(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)")
NAMED = {"white": "#ffffff", "black": "#000000", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0"}
NAMED |= {"red": "#ff0000", "green": "#008000", "blue": "#0000ff", "navy": "#000080", "yellow": "#ffff00"}
DARK = re.compile(r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COMPOUND = re.compile(r"^([a-z0-9]*)((?:\.[\w-]+)*)$")
SIGN = re.compile(r"\w")
Style = Mapping[str, str]
Compound = tuple[str, frozenset[str]]  # a tag, or "" for any; classes
Rule = tuple[tuple[int, int], list[Compound], Style]  # weight, compounds of its selector, what it says


def check_contrast(flight: Flight) -> Iterator[Finding]:
    """Text stands out from its background: 4.5 to 1, or 3 to 1 where it is large; by day and by night."""
    for proof in flight.proofs:
        for night in (False, True):
            yield from _faint(proof, night=night)


def _faint(proof: Proof, *, night: bool) -> Iterator[Finding]:
    light = Light(night_rules(proof.page.css) if night else [])
    if night and not light.rules:
        return
    seen: set[tuple[str, str, float]] = set()
    for element, words in proof.page.texts:
        if not element.is_seen:
            continue
        ink, paper, wanted = light.ink(element), light.paper(element), _wanted(element)
        if not ink or not paper or (ink, paper, wanted) in seen:
            continue
        seen.add((ink, paper, wanted))
        found = contrast(ink, paper)
        if found >= wanted or not (SIGN.search(words) or is_rating(element)):
            continue
        is_grave = is_rating(element) or found < LARGE_ENOUGH
        yield Finding(
            "contrast",
            Severity.ERROR if is_grave and not night else Severity.WARNING,
            f"{proof.where}{', on dark paper' if night else ''}",
            f"“{words[:40]}” in {ink} on {paper} has a contrast of {found:.1f} to 1, and needs {wanted:g}.",
            "Darken or lighten one of the two colours.",
        )


def is_rating(element: Element) -> bool:
    return any("data-rating" in each.attributes for each in element.line)


class Light:
    """What colour each text of one letter has and stands on; "" where that is a picture or cannot be told."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self._styles: dict[Element, Style] = {}

    def ink(self, element: Element) -> str:
        for each in element.line:
            said = self._style(each).get("color") or (each.attributes.get("color") if each.tag == "font" else "")
            if said and said != "inherit":
                return colour(said)
        return "#000000"

    def paper(self, element: Element) -> str:
        for each in element.line:
            style = self._style(each)
            said = style.get("background-color") or style.get("background") or each.attributes.get("bgcolor", "")
            if "url(" in said:
                return ""
            if said and said not in {"none", "transparent"}:
                return colour(said)
        return "#ffffff"

    def _style(self, element: Element) -> Style:
        if element not in self._styles:
            style = dict(element.style)
            for _, compounds, said in self.rules:
                if _selects(compounds, element):
                    style |= said
                    style |= {"background-color": said["background"]} if "background" in said else {}
            self._styles[element] = style
        return self._styles[element]


@cache
def colour(text: str) -> str:
    """Return a colour as #rrggbb; nothing where it is not plainly one."""
    if match := HEX.search(text):
        digits = match.group()[1:].lower()
        return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"
    if match := RGB.search(text):
        return "#" + "".join(f"{min(int(each), 255):02x}" for each in match.groups())
    return next((NAMED[word] for word in text.lower().split() if word in NAMED), "")


@cache
def night_rules(css: str) -> list[Rule]:
    """Return what a letter's own style says for dark paper, the weakest first."""
    rules: list[Rule] = []
    for block in DARK.findall(css):
        for selectors, body in RULE.findall(block):
            for selector in selectors.split(","):
                compounds = [match.groups() for each in selector.split() if (match := COMPOUND.match(each))]
                if not compounds or len(compounds) < len(selector.split()):
                    continue
                line = [(tag, frozenset(classes.split(".")[1:])) for tag, classes in compounds]
                weight = sum(len(classes) for _, classes in line), sum(bool(tag) for tag, _ in line)
                rules.append((weight, line, declarations(body)))
    return sorted(rules, key=lambda rule: rule[0])


def _selects(compounds: list[Compound], element: Element) -> bool:
    if not _is(compounds[-1], element):
        return False
    left = compounds[:-1]
    for each in element.line:
        if left and each is not element and _is(left[-1], each):
            left = left[:-1]
    return not left


def _is(compound: Compound, element: Element) -> bool:
    tag, classes = compound
    return tag in {"", element.tag} and classes <= element.classes


def _wanted(element: Element) -> float:
    size = next((each.style["font-size"] for each in element.line if "font-size" in each.style), "16px")
    weight = next((each.style["font-weight"] for each in element.line if "font-weight" in each.style), "400")
    pixels = float(match.group()) if size.endswith("px") and (match := re.match(r"[\d.]+", size)) else 16.0
    is_bold = weight == "bold" or (weight.isdigit() and int(weight) >= 700)
    return LARGE_ENOUGH if pixels >= 24 or (is_bold and pixels >= 18.66) else ENOUGH
