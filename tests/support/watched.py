"""A page of a real browser that is watched: whatever breaks the policy, fails or reaches outside is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response

from app.language.routes import NEUTRAL_PAGE
from tests.support.world import MEMBERS, PASSWORD

PHONE = (360, 740)
DESK = (1280, 800)

Opens = Callable[..., "Watched"]

# The browser tells of a broken policy in an event as well as on its console.
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`the policy ${event.effectiveDirective} forbids ${event.blockedURI}`);
});
"""


@dataclass
class Watched:
    """One person's browser with one page open, and everything that it should not have done."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    asked_outside: list[str] = field(default_factory=list)

    @classmethod
    def in_context(cls, context: BrowserContext, address: str) -> Watched:
        """Open a page and watch it from its first moment."""
        context.add_init_script(TELL_OF_VIOLATIONS)
        watched = cls(context.new_page(), address)
        watched.page.on("console", watched._hear)
        watched.page.on("pageerror", watched._fail)
        watched.page.on("request", watched._ask)
        watched.page.on("response", watched._answer)
        return watched

    def _hear(self, said: ConsoleMessage) -> None:
        # What the browser says of the outside page that it could not reach is not said of ours.
        if said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource: net::ERR_NAME"):
            self.complaints.append(f"{said.text} (on {self.page.url})")

    def _fail(self, error: Error) -> None:
        self.complaints.append(f"{error} (on {self.page.url})")

    def _ask(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.asked_outside.append(request.url)

    def _answer(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.request.method} {response.url} answered {response.status}")

    def open(self, path: str) -> Page:
        """Go to a page of the service, as by typing its address."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def press(self, words: str) -> Page:
        """Press the button with these words, and wait for the page that follows."""
        return self._arrive(lambda: self.page.get_by_role("button", name=words, exact=True).click())

    def follow(self, words: str) -> Page:
        """Follow the link with these words."""
        return self._arrive(lambda: self.page.get_by_role("link", name=words, exact=True).click())

    def _arrive(self, act: Callable[[], None]) -> Page:
        with self.page.expect_navigation():
            act()
        return self.page

    def sign_in(self, key: str) -> Page:
        """Sign in as this member of the test's association."""
        self.open("/sign-in")
        self.page.get_by_label("メールアドレス").fill(MEMBERS[key].mail)
        self.page.get_by_label("パスワード").fill(PASSWORD)
        return self.press("サインインする")

    @property
    def path(self) -> str:
        """The address of the page without its scheme and host."""
        found = urlsplit(self.page.url)
        return found.path if not found.query else f"{found.path}?{found.query}"

    @property
    def words(self) -> str:
        """What stands on the page."""
        return self.page.locator("body").inner_text()

    def runs_over(self) -> bool:
        """Whether something is wider than the window."""
        return bool(self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))

    def history(self) -> list[tuple[str, str]]:
        """Address and title of every page that the browser remembers in this window."""
        session = self.page.context.new_cdp_session(self.page)
        entries = session.send("Page.getNavigationHistory")["entries"]
        session.detach()
        return [(entry["url"], entry["title"]) for entry in entries if entry["url"] != "about:blank"]

    def check(self) -> None:
        """Nothing was forbidden, failed or asked of anybody else."""
        assert not self.complaints, self.complaints
        strangers = [url for url in self.asked_outside if url != NEUTRAL_PAGE]
        assert not strangers, f"asked of others: {strangers}"
