"""The notebooks in JupyterLab, on this machine only, with the kernel of this environment and no other."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ipykernel.kernelspec import KERNEL_NAME, write_kernel_spec
from jupyterlab.labapp import LabApp

from sentrack_lib.cycle.kernels.environment import only_environment, without_secrets
from sentrack_lib.cycle.kernels.this_machine import HERE, must_be_free, private_desk
from sentrack_lib.cycle.papers.pages import NOTEBOOKS


def open_lab(port: int, browser: bool = True) -> None:
    """Serve JupyterLab at the folder of notebooks until stopped; `WrongUse` where the port is taken."""
    must_be_free(port)
    with private_desk() as desk, only_environment(lab_environment(os.environ, desk)):
        LabApp.launch_instance(lab_words(port, browser))


def lab_words(port: int, browser: bool) -> list[str]:
    """What JupyterLab is told; said as words of a command, it goes before what anybody's own configuration says."""
    return [
        f"--ServerApp.ip={HERE}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.allow_remote_access=False",
        f"--ServerApp.root_dir={NOTEBOOKS.parent}",
        f"--ServerApp.open_browser={browser}",
        # Voilà inside JupyterLab would hand out pictures to whom it does not know.
        "--ServerApp.jpserver_extensions=voila.server_extension=False",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOKS.name}",
    ]


def lab_environment(variables: Mapping[str, str], desk: Path) -> dict[str, str]:
    """The environment without what sounds secret, in which the kernel that notebooks ask for is this Python."""
    # A kernel of the same name that was once installed for the user would go before the environment's own.
    write_kernel_spec(desk / "kernels" / KERNEL_NAME, {"display_name": f"sentrack (Python {sys.version_info.major})"})
    first = [str(desk), *filter(None, [variables.get("JUPYTER_PATH")])]
    return {**without_secrets(variables), "JUPYTER_PATH": os.pathsep.join(first)}
