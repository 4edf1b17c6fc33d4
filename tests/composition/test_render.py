from pathlib import Path
from typing import Any

import pytest

from campaigns.composition import render
from campaigns.composition.leaves import leaves_of
from campaigns.composition.render import compiled, from_mjml
from campaigns.composition.view import letter_view, shape_of
from campaigns.errors import RenderingError
from campaigns.languages import speak
from tests.composition.cast import LINKS, ana


def test_a_name_the_template_is_not_given_is_reported_with_its_file_and_line() -> None:
    view = _view()
    del view["details"]

    with pytest.raises(RenderingError) as html:
        compiled("classic/invitation", "en").render("html", view)
    with pytest.raises(RenderingError) as text:
        compiled("classic/invitation", "en").render("text", view)

    assert str(html.value).startswith(f"parts/details.mjml, line {_line('parts/details.mjml', 'if details')}: ")
    assert str(text.value).startswith(f"parts/details.txt, line {_line('parts/details.txt', 'if details')}: ")


def test_a_rendering_error_repeats_nothing_of_the_recipient() -> None:
    view = {**_view(), "rating": {"Ana Ruiz": 1}}

    with pytest.raises(RenderingError) as failed:
        compiled("classic/invitation", "en").render("html", view)

    assert "Ana" not in str(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize("content", ["<mj-text>a", "<mj-text>{{ a < 1 }}</mj-text>", "<mj-text></mj-body>"])
def test_what_is_not_mjml_is_reported_after_the_last_good_expression(content: str) -> None:
    source = f"<mjml><mj-body><mj-text>{{#@ a.mjml:7 @#}}{{{{ x }}}}</mj-text>{content}"

    with pytest.raises(RenderingError, match=r"^mail is not MJML, after (a\.mjml, line 7|mail, line 1): "):
        from_mjml("mail", source)


def test_a_mistake_in_an_expression_is_reported_with_its_file_and_line() -> None:
    text = "<mj-text>{#@ a.mjml:7 @#}{{ x }} {#@ b.mjml:9 @#}{{ x ! }}</mj-text>"

    with pytest.raises(RenderingError, match=r"^b\.mjml, line 9: "):
        from_mjml("mail", f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>")


def test_a_mail_that_does_not_exist_is_one_clear_sentence() -> None:
    with pytest.raises(RenderingError, match=r"nowhere/body\.mjml"):
        compiled("nowhere", "en")


@pytest.mark.parametrize("mail", ["classic/invitation", "classic/reminder", "sign_in"])
def test_compiling_leaves_no_trace_of_the_first_pass(mail: str) -> None:
    html = compiled(mail, "ar").html
    source = Path(render.ROOT / mail / "body.mjml").read_text()

    assert "[%" in source
    assert html.render is not None
    assert not [place for place in compiled(mail, "ar").places[1:] if ", line " not in place]


def _view() -> dict[str, Any]:
    facts, english = ana(), speak("en")
    leaves = leaves_of(facts, "token", english)
    return {**letter_view(shape_of(facts, leaves, english), leaves, LINKS, english), "subject": "Hello"}


def _line(name: str, text: str) -> int:
    lines = (render.ROOT / name).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
