"""A subject may name the buyer, the merchant and the order, and can do nothing else.

It is a template of a merchant's, run for every letter: anything that loops, calls or computes is
refused when the campaign is applied, so that no letter ever waits for it.
"""

from jinja2 import Environment, TemplateError, nodes

NAMES = {"contact": {"first_name", "last_name"}, "merchant": {"name"}, "order": {"id"}}
KNOWN = ", ".join(f"{name}.{field}" for name, fields in NAMES.items() for field in sorted(fields))
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Or,
    nodes.And,
    nodes.Not,
    nodes.CondExpr,
)
FILTERS = {"default", "title", "upper", "trim"}
_grammar = Environment(autoescape=True)


def check_subject(text: str) -> None:
    """Raise ValueError, saying what was found and what is allowed, unless a subject is harmless."""
    try:
        tree = _grammar.parse(text)
    except TemplateError as error:
        raise ValueError(f"is not a template: {error}") from None
    _check(tree)


def _check(node: nodes.Node) -> None:
    if isinstance(node, nodes.Getattr):
        _check_name(node)
        return
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            raise ValueError(f"has the filter {node.name!r}, and may have {', '.join(sorted(FILTERS))}")
    elif isinstance(node, nodes.Name):
        raise ValueError(f"names {node.name!r}, and may name {KNOWN}")
    elif not isinstance(node, ALLOWED):
        raise ValueError(f"has a {type(node).__name__.lower()} in it, and may only name {KNOWN}")
    for child in node.iter_child_nodes():
        _check(child)


def _check_name(node: nodes.Getattr) -> None:
    base = node.node.name if isinstance(node.node, nodes.Name) else "…"
    if node.attr not in NAMES.get(base, set()):
        raise ValueError(f"names {base}.{node.attr!s}, and may name {KNOWN}")
