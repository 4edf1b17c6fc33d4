"""What a merchant's MJML may hold: elements that are letters, styles that fetch nothing, and no more of both than fit.

Depth is counted here because the MJML compiler does not: some thousand elements inside one another
end its whole process, on the small stack of a web server's thread a few hundred.
"""

import re
from collections.abc import Iterator

from campaigns.composition.render import MARKER
from campaigns.errors import RenderingError

MOST_ASSEMBLED = 400_000  # characters
MOST_ELEMENTS = 3_000
MOST_DEEP = 40
LONGEST_ATTRIBUTE = 2_000
TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>""")
BROKEN = re.compile(r"<(?=[A-Za-z/])")
UNQUOTED = re.compile(r"""=\s*[^\s"']""")
ATTRIBUTE = re.compile(r"""([^\s=/"']+)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""")
QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
VOID = frozenset({"area", "br", "col", "hr", "img", "wbr"})
MJML = frozenset(
    {"mjml", "mj-head", "mj-title", "mj-preview", "mj-attributes", "mj-all", "mj-class", "mj-style", "mj-breakpoint"}
    | {"mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero", "mj-text", "mj-button", "mj-image"}
    | {"mj-divider", "mj-spacer", "mj-table"}
)
HTML = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "center", "cite", "code", "col", "colgroup", "dd", "del"}
    | {"div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p"}
    | {"q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u"}
    | {"ul", "wbr"}
)
REASONS = {
    "mj-include": 'mj-include is not read; parts are put together with [% include "…" %]',
    "mj-raw": "mj-raw is not taken, since anything could be in it",
    "mj-font": "mj-font is not taken: letters fetch no fonts; name fonts that readers have",
    "script": "no program runs in a letter, and none is sent",
    "link": "letters fetch no stylesheets; mj-style takes your own words",
    "style": "style is mj-style's to make; use that",
}
FETCHES = re.compile(
    r"url\s*\(|@import|@font-face|expression\s*\(|behavior\s*:|-moz-binding|image-set\s*\(|\\", re.IGNORECASE
)
ADDRESSES = frozenset({"href", "src", "background", "background-url", "action", "srcset", "poster", "xlink:href"})
MAY_LEAD = re.compile(r"\s*(https?://|mailto:|tel:|#|\{\{|\{%|$)", re.IGNORECASE)
MAY_SHOW = re.compile(r"\s*(https://|http://(localhost|127\.0\.0\.1)\b|\{\{|\{%|$)", re.IGNORECASE)


def inspected(name: str, source: str) -> str:
    """Return a merchant's file without comments, its lines staying where they are.

    Raises RenderingError, with the line, where it holds what it may not.
    """
    bare = _without_comments(name, source)
    for at, objection in _objections(bare):
        raise RenderingError(f"{name}, line {_line(bare, at)}: {objection}.")
    return bare


def _without_comments(name: str, source: str) -> str:

    def gone(found: re.Match[str]) -> str:
        if found[1].lstrip().startswith(("[if", "<![")) or "[endif]" in found[1]:
            raise RenderingError(
                f"{name}, line {_line(source, found.start())}: comments for Outlook alone are not taken."
            )
        return "\n" * found[0].count("\n")

    return COMMENT.sub(gone, source)


def checked(name: str, mjml: str, seal: str) -> str:
    """Return MJML that was put together, unsealed, where all in it may be; raises RenderingError."""
    plain = re.sub(f" {seal}=''", "", mjml)
    if seal in plain:
        raise RenderingError(f"{name}: the seal of the house's parts is broken.")
    sealed = re.compile(rf"<(mj-\w+) {seal}='[^>]*>.*?</\1>", re.DOTALL)
    strange = sealed.sub(lambda found: "".join(mark[0] for mark in MARKER.finditer(found[0])), mjml)
    for at, objection in _objections(MARKER.sub(_blanked, strange)):
        raise RenderingError(f"{_place(name, strange, at)}: {objection}.")
    if len(plain) > MOST_ASSEMBLED:
        raise RenderingError(f"{name}: put together it is longer than {MOST_ASSEMBLED:,} characters.")
    return plain


def _objections(mjml: str) -> Iterator[tuple[int, str]]:
    if (at := mjml.find("<!")) >= 0:
        yield at, "declarations and open comments are not taken"
    if (at := mjml.find("<?")) >= 0:
        yield at, "instructions to a processor are not taken"
    open_: list[str] = []
    end = 0
    for count, found in enumerate(TAG.finditer(mjml), 1):
        if broken := BROKEN.search(mjml, end, found.start()):
            yield broken.start(), "a tag begins here and does not end"
        closes, element, attributes, end = found[1], found[2], found[3], found.end()
        if objection := _objection_to(element) or "".join(_attribute_objections(element, attributes)):
            yield found.start(), objection
        if closes:
            if open_ and open_[-1] == element:
                open_.pop()
        elif not attributes.endswith("/") and element not in VOID:
            open_.append(element)
        if len(open_) > MOST_DEEP or count > 2 * MOST_ELEMENTS:
            yield found.start(), f"a letter has at most {MOST_ELEMENTS} elements, {MOST_DEEP} inside one another"
    if broken := BROKEN.search(mjml, end):
        yield broken.start(), "a tag begins here and does not end"
    for found in re.finditer(r"<mj-style.*?</mj-style>", mjml, re.DOTALL | re.IGNORECASE):
        if FETCHES.search(found[0]):
            yield found.start(), "styles fetch nothing: no url(), no @import, no @font-face"


def _objection_to(element: str) -> str:
    if element in MJML or element in HTML:
        return ""
    return REASONS.get(element, f"<{element}> is not taken; docs/templates.md says what is")


def _attribute_objections(element: str, attributes: str) -> Iterator[str]:
    if UNQUOTED.search(QUOTED.sub("''", attributes)):
        yield f"an attribute of {element} stands without quotes"
        return
    for name, quoted in ATTRIBUTE.findall(attributes.lower()):
        value = quoted.strip("\"'")
        may = MAY_LEAD if name == "href" else MAY_SHOW
        if len(value) > LONGEST_ATTRIBUTE:
            yield f"{name} is longer than {LONGEST_ATTRIBUTE} characters"
        elif name.startswith("on"):
            yield f"{name} is a program, and none runs in a letter"
        elif FETCHES.search(value):
            yield "styles fetch nothing: no url(), no @import, no @font-face"
        elif name in ADDRESSES and not may.match(value):
            yield f"{name} of {element} leads nowhere good; pictures are https, links https, http, mailto or tel"
        else:
            continue
        return


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _place(name: str, mjml: str, at: int) -> str:
    """Return where something stands: after the last expression before it, or before the first one."""
    marks = list(MARKER.finditer(mjml, 0, at))
    if marks:
        return f"{marks[-1][1]}, at or after line {marks[-1][2]}"
    return f"{name}, line {_line(mjml, at)}"


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
