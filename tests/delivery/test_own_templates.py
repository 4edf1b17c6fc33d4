"""Letters from merchants' own templates leave like any other: each its own, in the version it was enrolled with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import event
from sqlalchemy.orm import Session

from campaigns.catalog.own_template import add_version
from campaigns.cli import add_commands
from campaigns.composition.press import Press
from campaigns.database import Base
from campaigns.delivery.facts import Archive, letter_facts
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from tests.composition.brought import sources
from tests.delivery.servers import Sink
from tests.delivery.test_preview_pages import read, rows
from tests.factories import (
    NOW,
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)
from tests.kinds import daily_on_sqlite


def ask(session: Session, house: House, merchant: Merchant, order: str, template: str = "own/summer") -> int:
    store = make_store(session, house.vault, merchant)
    version = make_campaign(session, merchant, template=template, name=f"Of {order}")
    purchase = make_purchase(session, store, make_contact(session, merchant), order_id=order)
    return make_message(session, make_enrollment(session, purchase, version)).id


def bring(session: Session, merchant: Merchant, words: str, name: str = "summer") -> None:
    add_version(session, merchant.id, name, sources(f"<mj-text>{words}</mj-text>"), NOW)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*told: Any) -> None:
        statements.append(told[2])

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def test_each_letter_is_its_merchants_and_of_the_version_it_was_enrolled_with(house: House) -> None:
    with house.database.transaction() as session:
        ours, theirs = make_merchant(session), make_merchant(session, name="Theirs")
        bring(session, ours, "OURS ONE")
        bring(session, theirs, "THEIRS ONE")
        first, other = ask(session, house, ours, "1"), ask(session, house, theirs, "2")
        bring(session, ours, "OURS TWO")
        second, plain = ask(session, house, ours, "3"), ask(session, house, ours, "4", template="classic")
    press = Press(house.links)

    with house.database.reading() as session:
        dossiers = Archive().gather(session, [first, other, second, plain])
    html = {key: read(press.letter(letter_facts(each, NOW)).data)[1] for key, each in dossiers.items()}

    said = ("OURS ONE", "THEIRS ONE", "OURS TWO")
    assert [[words for words in said if words in html[key]] for key in (first, other, second, plain)] == [
        ["OURS ONE"],
        ["THEIRS ONE"],
        ["OURS TWO"],
        [],
    ]


def test_ten_templates_are_read_in_one_query(house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        for number in range(10):
            bring(session, merchant, f"Number {number}", f"t{number}")
        keys = [ask(session, house, merchant, str(number), f"own/t{number}") for number in range(10)]

    archive = Archive()
    with house.database.reading() as session, counted(session) as statements:
        archive.gather(session, keys)
        once = [each for each in statements if "own_template" in each]
        archive.gather(session, keys)

    assert len(once) == 1
    assert len([each for each in statements if "own_template" in each]) == 1


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


def run(shell: FlaskCliRunner, *words: str) -> Any:
    done = shell.invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def folder_of(path: Path, **files: str) -> str:
    for name, source in sources(**files).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(source)
    return str(path)


@pytest.fixture
def mine(house: House) -> str:
    with house.database.transaction() as session:
        return str(make_merchant(session).id)


@pytest.mark.drill
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_template_is_brought_used_and_looked_at_from_the_shell(
    shell: FlaskCliRunner, mine: str, tmp_path: Path
) -> None:
    folder, file = folder_of(tmp_path / "summer"), tmp_path / "campaign.toml"
    file.write_text('name = "Summer"\ntemplate = "own/summer"\nreminder_after = "P5D"\n')
    whose = ("--merchant", mine)

    made = run(shell, "template", "apply", folder, *whose, "--name", "summer")
    assert (made["template"], made["number"], made["campaigns_on_older"]) == ("own/summer@1", 1, [])
    assert run(shell, "template", "apply", folder, *whose, "--name", "summer")["number"] == 1
    campaign = run(shell, "campaign", "apply", str(file), *whose)["campaign"]

    folder_of(tmp_path / "summer", **{"parts/new.mjml": "x"})
    made = run(shell, "template", "apply", folder, *whose, "--name", "summer")
    assert made["campaigns_on_older"] == [{"campaign": campaign, "number": 1}]
    [row] = run(shell, "template", "list", *whose)["templates"]
    assert (row["name"], row["number"], row["campaigns"]) == ("own/summer", 2, [{"campaign": campaign, "number": 1}])

    old = run(shell, "template", "show", "own/summer", *whose, "--number", "1", "--out", str(tmp_path / "old"))
    assert old["sources"] == sources()
    assert (tmp_path / "old/reminder/body.txt").read_text() == sources()["reminder/body.txt"]

    written = run(shell, "campaign", "preview", str(file), "--out", str(tmp_path / "seen"), *whose)["files"]
    assert "Thank you: Harbour mug" in (tmp_path / "seen/invitation.en.html").read_text()
    assert str(tmp_path / "seen/index.html") in written


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("template show winter --merchant {mine}", "has no template own/winter."),
        ("template show summer --merchant 999", "Merchant 999 has no template own/summer."),
        ("template list --merchant 999", "999"),
        ("template apply {folder} --merchant {mine} --name Summer", "is no name for a template"),
        ("campaign preview {file} --out {folder}/x", "say whose it is with --merchant ID"),
        ("campaign preview {file} --out {folder}/x --merchant {mine}", "`flask template apply` stores one"),
        ("campaign apply {file} --merchant {mine}", "has no template own/winter."),
        ("campaign test-send --merchant {mine} --to me@shop.example", "Name either a campaign file or --campaign ID."),
        ("campaign test-send --campaign 99 --merchant {mine} --to me@shop.example", "has no campaign 99"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(
    shell: FlaskCliRunner, mine: str, tmp_path: Path, words: str, sentence: str
) -> None:
    file = tmp_path / "campaign.toml"
    file.write_text('name = "Winter"\ntemplate = "own/winter"\n')
    folder = folder_of(tmp_path / "summer")

    done = shell.invoke(args=words.format(mine=mine, folder=folder, file=file).split())

    assert done.exit_code == 1
    assert sentence in done.output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_faulty_template_is_not_kept(shell: FlaskCliRunner, house: House, mine: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "summer", **{"reminder/body.txt": "{{ first_name }}"})

    done = shell.invoke(args=["template", "apply", folder, "--merchant", mine, "--name", "summer"])

    assert done.exit_code == 1
    assert "the text has no link to unsubscribe" in done.output
    assert rows(house)["own_template"] == 0


@daily_on_sqlite
def test_a_test_is_sent_from_the_shell_from_a_file_or_from_a_campaign(
    shell: FlaskCliRunner, house: House, mine: str, tmp_path: Path, sink: Sink
) -> None:
    file = tmp_path / "campaign.toml"
    file.write_text('name = "After"\nreminder_after = "P5D"\n')
    campaign = str(run(shell, "campaign", "apply", str(file), "--merchant", mine)["campaign"])
    to = ("--merchant", mine, "--to", "me@shop.example")
    before = rows(house)

    assert run(shell, "campaign", "test-send", str(file), *to)["sent"]
    sent = run(shell, "campaign", "test-send", "--campaign", campaign, *to, "--kind", "reminder", "--language", "ar")

    assert sent == {"sent": True, "kind": "reminder", "language": "ar"}
    assert sink.recipients == ["me@shop.example"] * 2
    assert all(read(data)[0]["Subject"].startswith("[Test] ") for data in sink.letters)
    assert rows(house) == before
    assert set(Base.metadata.tables) >= set(before)
