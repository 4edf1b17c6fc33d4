"""Subject and preheader are the merchant's own words in the letter's language, else the house's; one sane line each."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaigns.catalog.survey import Texts
from campaigns.catalog.variant import Variant, variant_of
from campaigns.composition.letter import LetterFacts
from campaigns.composition.line import one_line, person_name

LONGEST = 150  # inboxes show 40 to 80 characters; a product's whole name is nobody's subject
Names = Mapping[str, Mapping[str, str]]
Choice = tuple[tuple[str, str], ...]  # the first of these that is something: names of two parts, or words
_subjects = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
_subjects.globals.clear()


def own_subject(facts: LetterFacts) -> str:
    """Return the campaign's subject in exactly this language, or nothing where there is none or it fails.

    A subject that fails on one customer must cost that customer nothing but the merchant's wording.
    """
    variant = _variant(facts)
    return _own(variant.subject if variant and variant.subject else facts.definition.subject, facts)


def own_preheader(facts: LetterFacts) -> str:
    """Return the campaign's words for the line that inboxes show after a subject, as `own_subject` does."""
    variant = _variant(facts)
    return _own(variant.preheader if variant and variant.preheader else facts.definition.preheader, facts)


def _variant(facts: LetterFacts) -> Variant | None:
    return variant_of(facts.definition.variants, facts.campaign_id, facts.enrollment_id)


def _own(texts: Texts, facts: LetterFacts) -> str:
    source = texts.get(facts.locale)
    if source is None:
        return ""
    names = {
        "contact": {"first_name": person_name(facts.first_name), "last_name": person_name(facts.last_name)},
        "merchant": {"name": one_line(facts.merchant_name)},
        "order": {"id": one_line(facts.order_id, 40)},
    }
    try:
        return one_line(_writer(source)(names), LONGEST)
    except Exception:  # noqa: BLE001  # whatever it is, the house's own words serve
        return ""


@lru_cache(maxsize=1000)
def _writer(source: str) -> Callable[[Names], str]:
    """Return what writes a subject: most only name things, and need no template for that."""
    choices = [_choice(node) for output in _subjects.parse(source).body for node in _parts(output)]
    if all(choices):
        return lambda names: "".join(_chosen(choice, names) for choice in choices)
    return _subjects.from_string(source).render


def _parts(output: nodes.Node) -> Iterator[nodes.Node]:
    return iter(output.nodes) if isinstance(output, nodes.Output) else iter([output])


def _choice(node: nodes.Node) -> Choice:
    """Return what an expression chooses from, or nothing where it does more than that."""
    if isinstance(node, nodes.TemplateData):
        return (("", node.data),)
    if isinstance(node, nodes.Const):
        return (("", node.value),) if isinstance(node.value, str) else ()
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return ((node.node.name, node.attr),)
    if isinstance(node, nodes.Or):
        left, right = _choice(node.left), _choice(node.right)
        return left + right if left and right else ()
    return ()


def _chosen(choice: Choice, names: Names) -> str:
    words = ""
    for name, rest in choice:
        words = names[name][rest] if name else rest
        if words:
            break
    return words
