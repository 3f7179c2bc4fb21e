"""The pages as dashboards: Voilà on this machine only, behind a token, with papers laid ready for one audience.

Voilà's own defaults are open; each setting below closes something that was seen to be open. A page's kernel is handed the papers
of the audience, and neither the school's folder nor the token.
"""

import contextlib
import logging
import os
import re
import secrets
import shutil
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import nbformat
from traitlets.config import Config
from voila.app import Voila

from sentrack_lib.cycle.dashboards.heads import heads, question
from sentrack_lib.cycle.dashboards.sign_on import TOKEN, Behind, SignedOn, proxy_token
from sentrack_lib.cycle.dashboards.visits import Kernels, for_its_visitor, greet
from sentrack_lib.cycle.kernels.environment import only_environment, without_secrets
from sentrack_lib.cycle.kernels.this_machine import HERE, must_be_free, private_desk
from sentrack_lib.cycle.kernels.warm_starts import PROMPT, warm_parent
from sentrack_lib.cycle.papers.keeping import kept_school, let_write
from sentrack_lib.cycle.papers.opening import READY
from sentrack_lib.cycle.papers.pages import FIRST, MADE_FOR, NOTEBOOKS
from sentrack_lib.cycle.papers.preparing import prepare
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import Audience, Parameters, nearest
from sentrack_lib.views.controls import DASHBOARD

WRITERS = ("inclusion",)
"""Audiences whose pages may write into the records."""
IDLE_SECONDS = 900
ABOUT_A_KERNEL = r"/api/(kernels|shutdown)/"
FRAME = Path(__file__).parent / "frame"
"""Holds what Voilà puts around a page, and its list of pages."""
FAILED = "It could not be finished. Reload the page; if this comes again, run `sentrack check` on the school's folder."
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def serve(
    parameters: Parameters, port: int, audience: str = "inclusion", subject: str = "all", address: str | None = None
) -> None:
    """Prepare the papers of one audience and serve its pages until stopped; `WrongUse` where the port is taken.

    Behind a proxy, `address` is what people open; only this machine is answered all the same."""
    if audience not in get_args(Audience):
        raise WrongUse(f"There is no audience {audience}.{nearest(audience, get_args(Audience))}")
    logging.getLogger("tornado.general").setLevel(logging.ERROR)  # it warns of waiting times that jupyter_server sets
    must_be_free(port)
    behind = Behind.read(address) if address else None
    token = proxy_token() if behind else os.environ.get(TOKEN) or secrets.token_urlsafe(24)
    with contextlib.suppress(KeyboardInterrupt), _desk() as desk:
        _, store, note = kept_school(parameters) if audience in WRITERS else (None, None, "")
        # What is saved while the papers are laid out is newer than they are.
        laid = store.latest if store else 0
        papers = prepare(parameters, audience, desk / "papers", subject, published=True)
        if store:
            let_write(parameters, laid, papers)
        pages = lay_ready(audience, desk / "pages")
        shown = shown_to_kernels(os.environ, token, str(parameters.school)) | {READY: str(papers), DASHBOARD: "1"}
        with only_environment(shown), warm_parent():
            must_be_free(port)
            print("\n".join(filter(None, [note, _welcome(audience, port, token, behind)])), flush=True)
            Framed.launch_instance([str(pages)], config=settings(port, token, desk, behind))


class Framed(Voila):
    """Voilà with our frame around each page, and our words where there is none."""

    def setup_template_dirs(self) -> None:
        """Look for Voilà's templates in our folder first."""
        super().setup_template_dirs()
        self.template_paths = [str(FRAME), *self.template_paths]  # type: ignore[has-type]

    def init_settings(self) -> dict[str, Any]:
        """Look for the server's templates in our folder first."""
        known: dict[str, Any] = super().init_settings()
        known["jinja2_env"].loader.searchpath.insert(0, str(FRAME))
        return known

    def init_handlers(self) -> list[Any]:
        """Answer about a kernel nobody but the visitor whose page it serves."""
        routes: list[Any] = super().init_handlers()
        return [
            (path, for_its_visitor(handler), *rest) if re.search(ABOUT_A_KERNEL, path) else (path, handler, *rest)
            for path, handler, *rest in routes
        ]


def settings(port: int, token: str, desk: Path, behind: Behind | None = None) -> Config:
    """How Voilà is run: nothing but the pages, for nobody but this machine."""
    config = Config()
    config.Voila.ip, config.Voila.port, config.Voila.port_retries = HERE, port, 0
    config.Voila.token, config.Voila.open_browser = token, False
    config.Voila.config_file_paths = []
    config.Voila.connection_dir_root = str(desk)
    config.Voila.log_level = "CRITICAL"  # below that, a fault is logged with the cell's data, an address with the token
    config.VoilaConfiguration.update(_what_is_shown())
    config.VoilaExecutor.timeout = 60
    config.VoilaExecutor.cell_error_instruction = config.VoilaExecutor.cell_timeout_instruction = FAILED
    config.NotebookNotary.db_file = ":memory:"
    config.MappingKernelManager.cull_idle_timeout = IDLE_SECONDS
    config.MappingKernelManager.cull_interval = 60
    config.KernelManager.client_class = PROMPT
    config.KernelRestarter.restart_limit = 0  # a new kernel would have forgotten the page, and nobody would be told
    if behind:
        config.Voila.base_url, config.Voila.identity_provider_class = behind.path, SignedOn
    headers = {"Referrer-Policy": "no-referrer", "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    local = {"allow_remote_access": False, "local_hostnames": [behind.host if behind else "localhost"]}
    config.Voila.tornado_settings = {**local, "headers": headers, "log_function": lambda handler: None}
    return config


def _what_is_shown() -> dict[str, object]:
    return {
        "multi_kernel_manager_class": Kernels,
        "prelaunch_hook": open_page,
        "page_config_hook": name_pages,
        "file_allowlist": [],
        "allow_template_override": "NO",
        "allow_theme_override": "NO",
        "strip_sources": True,
        "show_tracebacks": False,
        "preheat_kernel": False,
        "extension_allowlist": ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"],
    }


def open_page(request: Any, notebook: nbformat.NotebookNode, cwd: str | None = None) -> None:
    """Name the page by its question, and set the cookie without which a page that is left cannot shut down its kernel."""
    _ = request.xsrf_token  # reading it sets it
    greet(request)
    notebook.metadata["title"] = f"{question(notebook)} \N{MIDDLE DOT} sentrack"


def name_pages(page_config: dict[str, Any], **known: Any) -> dict[str, Any]:
    """Hand the frame and the list of pages the question of each, and what stands at the head of all of them."""
    folder = Path(known["settings"]["voila"].root_dir)
    page_config.update(heads(folder, folder.parent / "papers"))  # the list of pages does not look at what is returned
    return page_config


def lay_ready(audience: str, folder: Path) -> Path:
    """Put the notebooks for an audience, and no others, into a new folder, and return it."""
    folder.mkdir(mode=0o700)
    for name in (name for name, audiences in MADE_FOR.items() if audience in audiences):
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder)
    return folder


def shown_to_kernels(variables: Mapping[str, str], *hidden: str) -> dict[str, str]:
    """The environment without what sounds secret, and without whatever holds one of these texts."""
    return {name: value for name, value in without_secrets(variables).items() if not any(text in value for text in hidden)}


@contextlib.contextmanager
def _desk() -> Iterator[Path]:
    """A private folder that is gone afterwards, also when the window is closed or the machine shuts down."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    with private_desk() as desk:
        yield desk


def _welcome(audience: str, port: int, token: str, behind: Behind | None) -> str:
    first = next(page for page in FIRST if audience in MADE_FOR[page])
    if behind:
        address = f"https://{behind.host}{behind.path}"
        return f"Served for {audience} at {address}, behind the proxy, from port {port} of this machine.\nStop with Ctrl-C."
    address = f"http://{HERE}:{port}"
    return (
        f"Begin, for {audience}, at {address}/voila/render/{first}.ipynb?token={token}\n"
        f"All pages are listed at {address}/?token={token}\nStop with Ctrl-C."
    )
