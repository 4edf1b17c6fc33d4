"""On which database a test runs where both would take too long every day."""

import pytest

IN_THE_DRILL = pytest.param("postgres", marks=pytest.mark.drill)
daily_on_sqlite = pytest.mark.parametrize("database", ["sqlite", IN_THE_DRILL], indirect=True)
