"""Nobody is missing without a word: one line for each stranger who is, and in CI an end to it."""

from pathlib import Path

import pytest

from tests.quality import install, tools

pytestmark = pytest.mark.drill


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with nothing on it."""
    monkeypatch.setattr(tools, "PACKAGES", tmp_path)
    monkeypatch.setattr(install, "PACKAGES", tmp_path)
    for module in (tools, install):
        monkeypatch.setattr(module, "program", lambda name: None)


@pytest.mark.parametrize("in_ci", [True, False])
def test_who_is_missing_is_named_and_ends_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], in_ci: bool
) -> None:
    monkeypatch.setattr(install, "IN_CI", in_ci)

    code = install.main()

    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in said] == [["askwell:", each] for each in ("spamassassin", "postfix", "npm")]
    assert all(line.endswith(".") for line in said)
    assert code == (1 if in_ci else 0)


@pytest.mark.parametrize("in_ci", [True, False])
def test_a_test_without_its_stranger_is_skipped_and_in_ci_it_fails(
    monkeypatch: pytest.MonkeyPatch, in_ci: bool
) -> None:
    monkeypatch.setattr(tools, "IN_CI", in_ci)

    with pytest.raises(pytest.fail.Exception if in_ci else pytest.skip.Exception, match="postfix is not here"):
        tools.need(None, "postfix")
