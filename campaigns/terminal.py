"""What every command shares: JSON on request, one sentence on failure, an example in its help."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from alembic.util.exc import CommandError
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from campaigns.errors import AskwellError

Command = Callable[..., Any]
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
merchant_option = click.option("--merchant", "merchant_id", type=int, required=True, help="The merchant's number.")


class Group(click.Group):
    """A group of commands, each with `--json` and an example."""

    def say(self, example: str, name: str | None = None) -> Callable[[Command], click.Command]:
        """Declare a command; `example` is what follows `flask --app wsgi`."""

        def declare(function: Command) -> click.Command:
            epilog = f"Example:  flask --app wsgi {example}"
            command: click.Command = self.command(name, epilog=epilog)(json_option(kindly(function)))
            return command

        return declare


def kindly(function: Command) -> Command:
    """Run a command within the application, and turn an error of ours into one sentence and exit code 1."""

    @with_appcontext
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except AskwellError as error:
            raise click.ClickException(str(error)) from None
        except CommandError as error:
            raise click.ClickException(f"{error}.") from None
        except (SQLAlchemyError, OverflowError) as error:  # what it says may name a person
            hint = "is the database there, and was `flask --app wsgi db upgrade` run?"
            raise click.ClickException(f"The database did not do it ({type(error).__name__}); {hint}") from None

    return call


def show(data: Any, as_json: bool, *lines: str) -> None:
    """Print data as JSON, or the lines for a person."""
    click.echo(json.dumps(data, default=str, ensure_ascii=False) if as_json else "\n".join(lines))
