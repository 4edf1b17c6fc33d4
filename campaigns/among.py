"""A list as long as a batch is one parameter of a statement, which is then built and prepared only once."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Dialect, String, TableValuedAlias, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class _Many(TypeDecorator[Collection[Any]]):
    """Any number of values as JSON, which both databases take apart faster than drivers put arrays together."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> str:
        return json.dumps(list(value or ()))


class _EachNumber(FunctionElement[Any]):
    inherit_cache = True
    name = "each_number"


class _EachText(FunctionElement[Any]):
    inherit_cache = True
    name = "each_text"


@compiles(_EachNumber, "sqlite")
@compiles(_EachText, "sqlite")
def _each_on_sqlite(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 - parameters


@compiles(_EachNumber, "postgresql")
def _each_number(element: _EachNumber, compiler: SQLCompiler, **options: Any) -> str:
    many = compiler.process(element.clauses, **options)
    return f"(SELECT value::bigint AS value FROM jsonb_array_elements_text(CAST({many} AS jsonb)))"  # noqa: S608


@compiles(_EachText, "postgresql")
def _each_text(element: _EachText, compiler: SQLCompiler, **options: Any) -> str:
    many = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM jsonb_array_elements_text(CAST({many} AS jsonb)))"  # noqa: S608


def among(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is among the values that the statement is given under this name."""
    each = _EachText if isinstance(column.type, String) else _EachNumber
    return column.op("IN", is_comparison=True)(each(bindparam(name, type_=_Many())))


def numbers(name: str) -> TableValuedAlias:
    """Return the numbers that the statement is given under this name as a table of one column, `value`."""
    return _EachNumber(bindparam(name, type_=_Many())).table_valued("value", name="numbers")
