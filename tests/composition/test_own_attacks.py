"""What a template of a merchant's may try, and the sentence with which it fails."""

import re
from dataclasses import replace

import pytest

from campaigns.composition.compose import compose
from campaigns.composition.letter import LetterFacts
from campaigns.composition.own_check import check_sources
from campaigns.composition.press import Press
from campaigns.errors import RenderingError
from tests.composition.brought import HERE, ana_of, brought, sources
from tests.composition.cast import LINKS

SECRET = "Wilhelmina"  # nobody's name may be repeated in an error
NEST = "{% for a in postal_address %}" + "{% for x in 'abcdefghijklmnopqrstuvwxyz' %}" * 12 + "y" + "{% endfor %}" * 13
DOUBLING = "{% set x %}aaaaaaaaaa{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40 + "{{ x }}"
FIBONACCI = "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}"
ENDLESS = "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"
JOINED = "{% set d %}" + "x" * 9000 + "{% endset %}{{ ['a', 'b', 'c', 'd']|join(d) }}" + "{{ [1, 2, 3]|join(d) }}" * 60
EXPRESSIONS = {
    "a loop of thousands of millions": "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}",
    "loops over what there is, deep in each other": NEST,
    "a gigabyte by multiplying": '{{ "x" * 10**9 }}',
    "a gigabyte by multiplying, made of small numbers": '{{ "x" * 1000 * 1000 * 1000 }}',
    "a list by multiplying": "{{ [0] * 1000000000 }}",
    "a huge power": "{{ 9 ** 9 ** 9 }}",
    "a huge product": "{{ 1000000000 * 1000000000 * 1000000000 }}",
    "a huge number": "{{ " + "9" * 20_000 + " }}",
    "a wide format": '{{ "%999999999d" % 1 }}',
    "a wide format by the filter": '{{ "%999999999d"|format(1) }}',
    "a wide format by the method": '{{ "{:>999999999}".format(1) }}',
    "a wide format by way of speech": '{{ _("%(n)999999999s", n=1) }}',
    "a padded centre": "{{ 'x'|center(1000000000) }}",
    "doubling through blocks": DOUBLING,
    "doubling with ~": "{% set x = 'ab' ~ 'ab' %}",
    "calls that double": FIBONACCI,
    "calls without end": ENDLESS,
    "a join of much with much": JOINED,
    "a method that joins": "{{ ','.join(postal_address) }}",
    "a replacement that grows": "{{ 'aaaa'|replace('', 'bbbb') }}",
    "the class of a string": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "the class, by its name in brackets": "{{ ''['__class__'] }}",
    "the class by a filter": "{{ ''|attr('__class__') }}",
    "the globals of speech": "{{ _.__globals__ }}",
    "the globals of speech, in brackets": "{{ _['__globals__'] }}",
    "speech, written out": "{{ _ }}",
    "speech, made a string": "{{ ngettext|string }}",
    "a list, written out": "{{ postal_address }}",
    "what a loop is": "{% for x in [1] %}{{ loop }}{% endfor %}",
    "what the letter is made of": "{{ theme.__class__ }}",
    "a method of what it is given": "{{ rating.mark(1) }}",
    "a method, without calling it": "{{ rating.mark }}",
    "the template itself": "{{ self._TemplateReference__context }}",
    "a global of Jinja's": "{{ lipsum() }}",
    "another global": "{{ cycler.__init__.__globals__ }}",
    "escaping switched off": "{% autoescape false %}{{ first_name }}{% endautoescape %}",
    "escaping declared away": "{{ first_name|safe }}",
    "a namespace": "{% set n.x = 1 %}",
    "an import": '{% import "parts/letter.txt" as x %}',
    "a file of the house that is no part": '{% include "classic/invitation/body.txt" %}',
    "a file by a name that is worked out": "{% include first_name %}",
    "arguments out of nowhere": "{{ _(*postal_address) }}",
    "a name that is not given": "{{ customer_email }}",
    "nesting without end": "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "brackets without end": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "the place of expressions, forged": "{#@ elsewhere:1 @#}",
}
MARKUP = {
    "mj-include": '<mj-include path="/etc/passwd" />',
    "mj-raw": "<mj-raw><script>x()</script></mj-raw>",
    "mj-raw in other letters": "<MJ-RAW>x</MJ-RAW>",
    "mj-raw in pieces": "<mj-[# #]raw>x</mj-[# #]raw>",
    "mj-raw out of an expression": '[[ "<mj-raw>x</mj-raw>" ]]',
    "a program": "<script>alert(1)</script>",
    "a program in an attribute": '<div onclick="x()">x</div>',
    "a link that is a program": '<a href="javascript:x()">x</a>',
    "a frame": '<iframe src="https://elsewhere.example"></iframe>',
    "a form": "<form><input name='card' /></form>",
    "a font from elsewhere": '<mj-font name="Roboto" href="https://fonts.example/css" />',
    "a stylesheet from elsewhere": '<link rel="stylesheet" href="https://elsewhere.example/x.css" />',
    "an import of styles": "<mj-style>@import 'https://elsewhere.example/x.css';</mj-style>",
    "a style that fetches": '<div style="background:url(https://elsewhere.example/p)">x</div>',
    "a style that fetches in disguise": '<div style="background:u\\72l(https://elsewhere.example/p)">x</div>',
    "a picture in the clear": '<mj-image src="http://elsewhere.example/p.png" />',
    "a picture from a file": '<mj-image src="file:///etc/passwd" />',
    "icons from elsewhere": '<mj-social><mj-social-element name="github">x</mj-social-element></mj-social>',
    "a comment for Outlook alone": "<!--[if mso]><p>Buy!</p><![endif]-->",
    "a comment that does not end": "<!-- <mj-raw>",
    "CDATA": "<![CDATA[ <script> ]]>",
    "a processing instruction": "<?php x ?>",
    "depth that ends a process": "<div>" * 4000 + "</div>" * 4000,
    "depth behind comments": "<div><!-- </div> -->" * 2000 + "</div>" * 2000,
    "depth behind attributes": "<div title='</div>'>" * 2000 + "</div>" * 2000,
    "depth without quotes": "<div a=x/>" * 2000,
    "elements without number": "<br />" * 15_000,
    "a tag that does not end": '<div title="x>x</div>',
    "attributes without end": f'<div title="{"x" * 5000}">x</div>',
    "what is not MJML": "<mj-text>a",
    "a file of the house that is no part, by the first pass": '[% include "classic/invitation/body.mjml" %]',
    "a file outside of everything": '[% include "parts/../../campaigns/settings.py" %]',
    "itself": '[% include "invitation/body.mjml" %]',
    "a loop in the first pass": "[% for a in 'abc' %]x[% endfor %]",
    "a call in the first pass": "[[ range(10**9) ]]",
}
AT_LINE = re.compile(r"line \d+|^There is no file|deeper or larger|too long|customer_email")


@pytest.mark.parametrize("attack", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_an_expression_does_no_harm_in_html_or_text(attack: str) -> None:
    for files in (sources(attack), sources(text=attack)):
        assert "Wilhelmina" not in refusal_of(files)


@pytest.mark.parametrize("attack", MARKUP.values(), ids=MARKUP)
def test_markup_does_no_harm(attack: str) -> None:
    assert AT_LINE.search(refusal_of(sources(attack)))


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (MARKUP["mj-raw"], "mj-raw is not taken, since anything could be in it."),
        (MARKUP["mj-include"], 'mj-include is not read; parts are put together with [% include "…" %].'),
        (
            MARKUP["a font from elsewhere"],
            "mj-font is not taken: letters fetch no fonts; name fonts that readers have.",
        ),
        (MARKUP["a style that fetches"], "styles fetch nothing: no url(), no @import, no @font-face."),
        ('{{ "x" ** 9 }}', "** is not for templates."),
        ("{{ ','.join(details) }}", "only _(), ngettext(), loop.cycle() and macros of its own are there to be called."),
        ("{{ first_name|shout }}", "there is no filter 'shout'"),
        ("{{ first_name.x }}", "UndefinedError while writing a letter; see docs/templates.md."),
        ("{{ customer_email }}", "no letter is given 'customer_email'; see docs/templates.md."),
        ("{% for x in 'a' %}{{ x ! }}{% endfor %}", "unexpected char '!'"),
    ],
)
def test_a_refusal_names_file_and_line_and_what_is_wrong(attack: str, sentence: str) -> None:
    told = refusal_of(sources(f"\n{attack}"))

    assert told.startswith(f"invitation/body.mjml, line {HERE + 1}: ")
    assert sentence in told


@pytest.mark.parametrize(
    ("attack", "kind"),
    [("{{ customer_email }}", "no letter is given"), ("{{ first_name|length / 0 }}", "ZeroDivisionError")],
)
def test_in_the_text_the_line_is_the_one_it_was_written_on(attack: str, kind: str) -> None:
    line = sources(text="HERE")["invitation/body.txt"].split("\n").index("HERE") + 1

    assert refusal_of(sources(text=attack)).startswith(f"invitation/body.txt, line {line}: {kind}")


def test_parts_that_include_each_other_a_million_times_are_stopped() -> None:
    chain = {f"parts/p{n}.mjml": f'[% include "parts/p{n + 1}.mjml" %]' * 100 for n in range(10)}

    assert "too long" in refusal_of(sources('[% include "parts/p0.mjml" %]', **chain, **{"parts/p10.mjml": "x"}))


def test_text_parts_that_include_each_other_a_million_times_are_stopped() -> None:
    chain = {f"parts/p{n}.txt": f'{{% include "parts/p{n + 1}.txt" %}}' * 100 for n in range(10)}

    assert "too long" in refusal_of(sources(text='{% include "parts/p0.txt" %}', **chain, **{"parts/p10.txt": "x"}))


def test_another_merchants_template_is_never_rendered() -> None:
    theirs, ours = brought(sources("<mj-text>THEIRS</mj-text>"), merchant_id=8), brought(sources())
    press = Press(LINKS)

    for write in (press.letter, lambda facts: compose(facts, LINKS)):
        assert b"THEIRS" in write(ana_of(theirs)).data
        assert b"THEIRS" not in write(ana_of(ours)).data
        for facts in (replace(ana_of(ours), own=theirs), replace(ana_of(theirs), merchant_id=7)):
            with pytest.raises(RenderingError, match="Merchant 7 has no template own/summer@1"):
                write(facts)
        with pytest.raises(RenderingError):
            write(replace(ana_of(ours), own=None))


def test_no_file_of_another_template_can_be_included() -> None:
    theirs = brought(sources(**{"parts/secret.mjml": "<mj-text>THEIRS</mj-text>"}), merchant_id=8)
    compose(ana_of(theirs), LINKS)

    assert refusal_of(sources('[% include "parts/secret.mjml" %]')).startswith("There is no file 'parts/secret.mjml'")


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\ue000", "\ue001", "{#@ x:1 @#}"])
def test_signs_that_nobody_sees_are_not_taken(sign: str) -> None:
    with pytest.raises(RenderingError, match=rf"^invitation/body\.mjml, line {HERE}: "):
        check_sources(sources(sign))


def refusal_of(files: dict[str, str]) -> str:
    with pytest.raises(RenderingError) as refused:
        check_sources(files)
        compose(ana_with_secret(files), LINKS)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return str(refused.value)


def ana_with_secret(files: dict[str, str]) -> LetterFacts:
    return ana_of(brought(files), first_name=SECRET)
