"""A press on a button or a link of which a next page comes."""

from playwright.sync_api import Locator, Page


def press(page: Page, button: str | Locator) -> None:
    """Press, and come back when the next page has loaded.

    A bare click returns while the answer is still on its way: what is read then is the page before
    or one half put together.
    """
    one = page.locator(button).first if isinstance(button, str) else button
    with page.expect_navigation():
        one.click()
