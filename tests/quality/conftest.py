"""What the strangers share: a browser with a page, and tables for whoever runs them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import browser
from tests.quality.tools import are_packages_there, need

__all__ = ["browser"]

TABLES = pytest.StashKey[dict[str, list[str]]]()
Tell = Callable[[str, list[str]], None]
# The smallest PNG there is: where a letter shows a picture, there is one.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63a892b7050001ed00d707d0dde10000000049454e44ae426082"
)


@pytest.fixture
def tell(pytestconfig: pytest.Config) -> Tell:
    """Show a table when all is done."""

    def tell(title: str, lines: list[str]) -> None:
        pytestconfig.stash.setdefault(TABLES, {})[title] = lines

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for title, lines in config.stash.get(TABLES, {}).items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def packages() -> None:
    """The Node programs."""
    need(are_packages_there(), "What npm brings")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PICTURE, content_type="image/png"))
    yield page
    page.close()
