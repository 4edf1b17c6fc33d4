"""All pictures of a campaign's letters on one page, to be looked over in a minute."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Protocol

from markupsafe import Markup, escape

from campaigns.composition.samples import Scene
from campaigns.enrollment.states import MessageKind

STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px; font: 16px/1.5 system-ui, sans-serif; background: #e7e5de; color: #1c2321; }
h1, h2, h3 { margin: 0; line-height: 1.2; } h2 { margin-top: 40px; } h3 { margin: 24px 0 8px; font-size: 1rem; }
.row { display: flex; gap: 16px; overflow-x: auto; align-items: flex-start; padding-bottom: 8px; }
figure { margin: 0; flex: none; } figcaption { font-size: .8333rem; }
img, iframe { display: block; border: 1px solid #c9c7be; background: #fff; }
img.phone { width: 240px; } img.desktop { width: 360px; } iframe { width: 360px; height: 720px; }
@media (prefers-color-scheme: dark) { body { background: #131716; color: #e9e8e3; } }
"""


class Shown(Protocol):
    @property
    def kind(self) -> MessageKind: ...
    @property
    def tag(self) -> str: ...
    @property
    def title(self) -> str: ...


def write_sheet(out: Path, scene: Scene, shown: Sequence[tuple[Shown, Path]]) -> Path:
    """Write index.html over files beside it: pictures, or where there are none the letters themselves."""
    title = escape(f"{scene.definition.name}: letters of {scene.shop.name}")
    sections = Markup().join(
        Markup("<h2>{}, {}</h2>\n{}").format(kind.value.capitalize(), tag, _rows(list(group)))
        for (kind, tag), group in groupby(shown, key=lambda each: (each[0].kind, each[0].tag))
    )
    page = Markup(
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}</title>\n<style>{}</style></head>\n<body>\n<h1>{}</h1>\n{}</body>\n</html>\n"
    ).format(title, Markup(STYLE), title, sections)  # noqa: S704 - our own words
    file = out / "index.html"
    file.write_text(page, encoding="utf-8")
    return file


def _rows(shown: list[tuple[Shown, Path]]) -> Markup:
    return Markup().join(
        Markup('<h3>{}</h3>\n<div class="row">\n{}</div>\n').format(
            title, Markup().join(_figure(file) for _, file in row)
        )
        for title, row in groupby(shown, key=lambda each: each[0].title)
    )


def _figure(file: Path) -> Markup:
    if file.suffix == ".html":
        frame = '<figure><iframe src="{0}" sandbox loading="lazy" title="{0}"></iframe></figure>\n'
        return Markup(frame).format(file.name)  # noqa: S704 - our own words
    width, sight = file.stem.split(".")[-2:]
    return Markup(
        '<figure><a href="{0}"><img class="{1}" src="{0}" alt="" loading="lazy"></a>'
        "<figcaption>{1}, {2}</figcaption></figure>\n"
    ).format(file.name, width, sight.replace("-", " "))
