import re
from pathlib import Path

import pytest

from campaigns.composition import chromium, preview
from campaigns.composition.chromium import NoBrowser, find_browser
from campaigns.composition.preview import Shop, take_pictures, write_previews
from campaigns.composition.samples import STATES, Scene
from campaigns.composition.sight import Sight, as_seen, as_seen_in
from campaigns.tags import available
from tests.composition.cast import LINKS, NOW, ana
from tests.journeys.conftest import CHROMIUM

PNG = b"\x89PNG\r\n\x1a\n"


def test_previews_show_both_letters_in_every_language_and_state(tmp_path: Path) -> None:
    files = write_previews(ana().definition, Shop(), tmp_path / "new", LINKS, NOW)

    stems = [f"{kind}.{tag}" for kind in ("invitation", "reminder") for tag in available()]
    usual = {f"{stem}.{end}" for stem in stems for end in ("html", "txt", "eml")}
    others = {f"{stem}-{state.name}.html" for stem in stems for state in STATES[1:]}
    assert {file.name for file in files} == {*usual, *others, "index.html"}
    assert all(file.stat().st_size > 500 for file in files)
    assert 'dir="rtl"' in (tmp_path / "new" / "reminder.ar.html").read_text()


def test_the_sheet_shows_every_letter_and_nothing_that_is_not_there(tmp_path: Path) -> None:
    files = write_previews(ana().definition, Shop(name="<Mugs>"), tmp_path, LINKS, NOW)
    sheet = (tmp_path / "index.html").read_text()

    shown = set(re.findall(r'<iframe src="([^"]+)"', sheet))
    assert shown == {file.name for file in files if file.suffix == ".html"} - {"index.html"}
    assert "&lt;Mugs&gt;" in sheet


def test_every_state_is_another_letter(tmp_path: Path) -> None:
    write_previews(ana().definition, Shop(), tmp_path, LINKS, NOW)

    several = (tmp_path / "invitation.en.html").read_text()
    others = {state.name: (tmp_path / f"invitation.en-{state.name}.html").read_text() for state in STATES[1:]}
    assert len({several, *others.values()}) == len(STATES)
    assert "Ana" in several
    assert "Ana" not in others["no-name"]
    assert "<img" not in others["no-picture"]
    assert "Wolfeschlegel" in others["long"]


def test_a_look_is_the_readers_own_whatever_the_browser_prefers() -> None:
    html = '<meta name="color-scheme" content="light dark"/><style>@media (prefers-color-scheme:dark){a{}}</style>'
    html += '<img class="x" src="https://shop.example/mug.jpg" alt="Mug">'

    assert "@media all" in as_seen(html, is_dark=True)
    assert 'content="dark"' in as_seen(html, is_dark=True)
    assert "@media not all" in as_seen(html)
    assert 'src="data:image/png;base64,' in as_seen(html)
    assert "shop.example" not in as_seen_in(html, Sight.IMAGES_OFF)
    assert 'alt="Mug"' in as_seen_in(html, Sight.IMAGES_OFF)


def test_without_a_browser_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "ELSEWHERE", ())

    with pytest.raises(NoBrowser, match="install the package chromium, or Google Chrome"):
        find_browser()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_pictures_are_taken_in_each_width_and_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(preview.samples(ana().definition))
    monkeypatch.setattr(preview, "samples", lambda _: iter([first]))
    scene = Scene(definition=ana().definition, shop=Shop(), now=NOW)
    preview.write_scene(scene, tmp_path, LINKS)

    pictures = list(take_pictures(scene, tmp_path, find_browser()))
    sheet = tmp_path / "index.html"

    assert [file.name for file in pictures] == [
        f"invitation.en.{width}.{sight}.png" for sight in Sight for width in ("phone", "desktop")
    ]
    kept = {file.name: file.read_bytes() for file in pictures}
    assert all(content.startswith(PNG) for content in kept.values())
    assert len(set(kept.values())) == len(kept), "no two looks are alike"
    widths = {name: int.from_bytes(content[16:20]) for name, content in kept.items()}
    assert {(name.split(".")[2], width) for name, width in widths.items()} == {("phone", 360), ("desktop", 640)}
    assert all(file.name in sheet.read_text() for file in pictures)
    assert not list(tmp_path.glob(".*"))


def test_each_variant_is_shown_beside_the_campaigns_own_words(tmp_path: Path) -> None:
    variant = {"name": "b", "share": 0.1, "subject": {"en": "Well, {{ contact.first_name }}?"}}
    definition = ana(subject={"en": "How was it?"}, variant=[variant]).definition

    write_previews(definition, Shop(), tmp_path, LINKS, NOW)

    assert "Subject: How was it?" in (tmp_path / "invitation.en.eml").read_text()
    assert "Subject: Well, Ana?" in (tmp_path / "invitation.en.b.eml").read_text()
    assert (tmp_path / "reminder.ar.b.txt").exists()
