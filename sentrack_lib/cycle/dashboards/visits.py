"""Each page's kernel is for the visitor who opened the page: another visitor who knows its id gets nowhere with it."""

import inspect
import os
from contextvars import ContextVar
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError

from sentrack_lib.cycle.dashboards.sign_on import SignedOn
from sentrack_lib.views.controls import AUTHOR

MOST_OPEN = 40
"""Pages open at once; each has a kernel of some ten megabytes of its own."""
FULL = "Too many pages are open. Close some, then reload."
_visitor: ContextVar[tuple[str, str]] = ContextVar("visitor", default=("", ""))
"""Who opens the page that is being prepared, and the name under which what is written there is kept."""


def greet(handler: Any) -> None:
    """Know, while a page is prepared, for whom; a name to keep records under is one that the school's sign-on gave."""
    user = handler.current_user.username
    _visitor.set((user, user if isinstance(handler.identity_provider, SignedOn) else ""))


class Kernels(AsyncMappingKernelManager):
    """Kernels that are told nothing of the visit, whose address may hold the token; and not more than the machine bears."""

    def __init__(self, **wishes: Any) -> None:
        super().__init__(**wishes)
        self.visitors: dict[str, str] = {}

    async def start_kernel(self, **wishes: Any) -> str:  # type: ignore[override]
        """Start the kernel of one page."""
        if len(self.list_kernel_ids()) >= MOST_OPEN:
            raise HTTPError(503, FULL)
        visitor, author = _visitor.get()
        told = {**os.environ, **({AUTHOR: author} if author else {})}
        kernel = await super().start_kernel(**{**wishes, "env": told})
        self.visitors[kernel] = visitor
        return kernel

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended."""
        self.visitors.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)


def for_its_visitor(handler: type[Any]) -> type[Any]:
    """A handler of requests about one kernel that answers nobody but the visitor who opened its page."""

    class ForItsVisitor(handler):  # type: ignore[misc]
        async def prepare(self) -> None:
            waiting = super().prepare()
            if inspect.isawaitable(waiting):
                await waiting
            kernel = (*self.path_args, *self.path_kwargs.values())[0]
            if self.current_user and self.kernel_manager.visitors.get(kernel) != self.current_user.username:
                raise HTTPError(404)

    return ForItsVisitor
