"""A person whose telephone takes seconds for the page's script."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=3, strict=3)


def act(place: Place) -> Acting:
    context = place.browser.new_context()
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.goto(f"http://127.0.0.1:{place.port}{place.letter().rate(3)}")
    yield 2
    page.mouse.click(5, 5)
    yield 3
    context.close()
