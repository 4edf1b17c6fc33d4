from pathlib import Path

from campaigns.composition.preview import Shop, write_previews
from campaigns.languages import available
from tests.composition.cast import LINKS, NOW, ana


def test_previews_show_both_letters_in_every_language(tmp_path: Path) -> None:
    files = write_previews(ana().definition, Shop(), tmp_path / "new", LINKS, NOW)

    expected = {
        f"{kind}.{tag}.{end}"
        for kind in ("invitation", "reminder")
        for tag in available()
        for end in ("html", "txt", "eml")
    }
    assert {file.name for file in files} == expected
    assert all(file.stat().st_size > 500 for file in files)
    assert 'dir="rtl"' in (tmp_path / "new" / "reminder.ar.html").read_text()


def test_each_variant_is_shown_beside_the_campaigns_own_words(tmp_path: Path) -> None:
    variant = {"name": "b", "share": 0.1, "subject": {"en": "Well, {{ contact.first_name }}?"}}
    definition = ana(subject={"en": "How was it?"}, variant=[variant]).definition

    write_previews(definition, Shop(), tmp_path, LINKS, NOW)

    assert "Subject: How was it?" in (tmp_path / "invitation.en.eml").read_text()
    assert "Subject: Well, Ana?" in (tmp_path / "invitation.en.b.eml").read_text()
    assert (tmp_path / "reminder.ar.b.txt").exists()
