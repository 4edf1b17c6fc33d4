"""The question bank on the terminal: what there is, ready to be named in a campaign file."""

from typing import Any

import click

from campaigns.catalog.bank.ready import Ready
from campaigns.catalog.bank.shelf import TOPICS, on_shelf
from campaigns.terminal import Group, show

question = Group("question", help="Questions: neutral ones, ready to be asked.")


@question.say("question list --topic retail", "list")
@click.option("--topic", type=click.Choice(list(TOPICS)), help="One topic; all of them without.")
def list_questions(topic: str | None, as_json: bool) -> None:
    """Print the ready-made questions; a campaign file asks one with bank = "retail.delivery"."""
    found = on_shelf(topic)
    lines = [line for name, ready in found.items() for line in _lines(name, ready)]
    show({"questions": [_data(name, ready) for name, ready in found.items()]}, as_json, *lines)


def _lines(name: str, ready: Ready) -> list[str]:
    answer = ready.scale.value if ready.scale else ready.kind.value
    options = [f"    {key}: {words}" for key, words in ready.options]
    return [f"{name}  ({answer})", f"    {ready.text}", *options]


def _data(name: str, ready: Ready) -> dict[str, Any]:
    return {
        "bank": name,
        "kind": ready.kind,
        "scale": ready.scale,
        "text": ready.text,
        "options": [{"key": key, "text": words} for key, words in ready.options],
        "tag": ready.tag or None,
    }
