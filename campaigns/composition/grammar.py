"""Which of Jinja's words a merchant's template may use; anything else is refused with its line.

It may name what it is given, choose and repeat, and make parts of its own. It may not multiply text,
call what it was not given to call, read other files than its own and the house's, or switch escaping off.
"""

from jinja2 import nodes

FILTERS = frozenset(
    {"abs", "capitalize", "count", "d", "default", "e", "escape", "first", "int", "join", "last", "length", "lower"}
    | {"string", "title", "trim", "truncate", "upper"}
)
TESTS = frozenset(
    {"boolean", "defined", "divisibleby", "even", "eq", "false", "ge", "gt", "in", "integer", "le", "lower", "lt"}
    | {"mapping", "ne", "none", "number", "odd", "sameas", "sequence", "string", "true", "undefined", "upper"}
    | {"==", "!=", "<", "<=", ">", ">=", "equalto", "greaterthan", "lessthan"}
)
SPEECH = frozenset({"_", "ngettext", "caller", "super"})
LOOPS = frozenset({"cycle"})
MOST_LISTED = 100  # things a template may list itself
MOST_NODES = 60_000

_BOTH: frozenset[type[nodes.Node]] = frozenset(
    {nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.And}
    | {nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Block, nodes.Extends, nodes.Include}
)
PUTTING_TOGETHER = _BOTH  # the first pass, between [% and %]
WRITING: frozenset[type[nodes.Node]] = _BOTH | {
    *(nodes.For, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call, nodes.Keyword),
    *(nodes.Assign, nodes.AssignBlock, nodes.With, nodes.Macro, nodes.CallBlock, nodes.FilterBlock),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Neg, nodes.Pos),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
}
WORDS: dict[type[nodes.Node], str] = {
    nodes.Concat: "~ is not for templates; write one thing after the other",
    nodes.Pow: "** is not for templates",
    nodes.Import: "import is not for templates; include a part instead",
    nodes.FromImport: "import is not for templates; include a part instead",
    nodes.NSRef: "namespaces are not for templates",
    nodes.ScopedEvalContextModifier: "escaping cannot be switched off or on",
}


class Refused(Exception):
    """A template says what no template may say."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.line = line


def check(tree: nodes.Template, allowed: frozenset[type[nodes.Node]]) -> None:
    """Raise Refused where a template says anything but what is allowed."""
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    waiting: list[tuple[nodes.Node, int]] = [(tree, 1)]
    seen = 0
    while waiting:
        node, line = waiting.pop()
        line, seen = node.lineno or line, seen + 1
        if seen > MOST_NODES:
            raise Refused("there is too much of it; a letter needs no template as long", line)
        if type(node) not in allowed:
            raise Refused(WORDS.get(type(node), f"{type(node).__name__.lower()} is not for templates"), line)
        if objection := _objection(node, macros):
            raise Refused(objection, line)
        waiting += [(child, line) for child in node.iter_child_nodes() if not _is_callee(child, node)]


def _objection(node: nodes.Node, macros: set[str]) -> str:
    match node:
        case nodes.Filter() if node.name not in FILTERS:
            return f"there is no filter {node.name!r}; there are {', '.join(sorted(FILTERS))}"
        case nodes.Test() if node.name not in TESTS:
            return f"there is no test {node.name!r} for templates"
        case nodes.Call() if not _may_call(node, macros):
            return "only _(), ngettext(), loop.cycle() and macros of its own are there to be called"
        case nodes.Name() if node.name in SPEECH:
            return f"{node.name} is only there to be called"
        case nodes.Extends() | nodes.Include() if not _is_words(node.template):
            return "which file it is must stand there in quotes"
        case nodes.For() if node.recursive:
            return "a loop cannot call itself"
        case nodes.List() | nodes.Tuple() | nodes.Dict() if len(node.items) > MOST_LISTED:
            return f"a list has at most {MOST_LISTED} things in it"
        case nodes.Getattr() if node.attr.startswith("_"):
            return "what begins with _ is not for templates"
    return ""


def _may_call(node: nodes.Call, macros: set[str]) -> bool:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return False
    if isinstance(node.node, nodes.Getattr):
        return isinstance(node.node.node, nodes.Name) and node.node.node.name == "loop" and node.node.attr in LOOPS
    return isinstance(node.node, nodes.Name) and node.node.name in SPEECH | macros


def _is_callee(child: nodes.Node, node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and child is node.node and isinstance(child, nodes.Name)


def _is_words(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)
