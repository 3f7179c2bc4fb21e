"""Behind the school's sign-on: a proxy on this machine says who visits, and shows a token that nobody but it knows.

The proxy adds its token to every request that it lets through, and so to one that another site made a visitor's browser send.
The token therefore only proves that the proxy was passed: where a request comes from is checked all the same.
"""

import hmac
import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError

from sentrack_lib.errors import WrongUse

NAMED = "X-Forwarded-User"
"""The header in which the proxy names who visits; the proxy overwrites whatever a browser sends in it."""
TOKEN = "SENTRACK_TOKEN"
SHORTEST = 32
WRONG_ADDRESS = "--behind is the address that people open, such as https://sentrack.school.example/governors/, not {address}."
NO_TOKEN = (
    f"Behind a proxy {TOKEN} must be set, to the {SHORTEST} or more characters that the proxy adds to what it hands on. "
    "Make one with: openssl rand -hex 32"
)
NOBODY = "The school's sign-on has named nobody. Sign in again; if this comes again, the proxy does not say who visits"


@dataclass(frozen=True)
class Behind:
    """The address that people open: its host name, and the path below which everything is served."""

    host: str
    path: str

    @classmethod
    def read(cls, address: str) -> "Behind":
        """The parts of an https address; `WrongUse` where it is none, or holds more than a host name and a path."""
        parts = urlsplit(address)
        whole = re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~%@-]+)*/?", address)
        if not whole or not parts.hostname:
            raise WrongUse(WRONG_ADDRESS.format(address=address))
        return cls(parts.hostname, f"/{parts.path.strip('/')}/".replace("//", "/"))


def proxy_token() -> str:
    """The token that the proxy shows; `WrongUse` where there is none, or one that could be guessed."""
    token = os.environ.get(TOKEN, "")
    if len(token) < SHORTEST:
        raise WrongUse(NO_TOKEN)
    return token


class SignedOn(IdentityProvider):
    """Lets in whoever the proxy names while it shows its token; no address and no cookie lets anybody in."""

    def get_user(self, handler: Any) -> User | None:
        """Who visits; nobody where the proxy was not passed, or names nobody."""
        headers = handler.request.headers
        shown = headers.get("Authorization", "").removeprefix("token ")
        name = headers.get(NAMED, "").encode("latin-1").decode(errors="replace").strip()
        return User(name) if name and hmac.compare_digest(shown.encode(), self.token.encode()) else None

    def is_token_authenticated(self, handler: Any) -> bool:
        """Never: jupyter_server would then no longer check where a request comes from."""
        return False

    def get_handlers(self) -> list[tuple[str, object]]:
        """No page to log in or out: that is the sign-on's."""
        assert self.parent, "Voilà makes it a part of itself"
        return [(url_path_join(self.parent.base_url, "login"), Nobody)]


class Nobody(JupyterHandler):
    """What is shown to whom the proxy does not name."""

    @allow_unauthenticated
    def get(self) -> None:
        """Say so."""
        raise HTTPError(403, NOBODY)
