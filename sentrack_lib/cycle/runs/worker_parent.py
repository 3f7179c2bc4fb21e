"""Imported once, by the process that workers are forked from: what each of them would otherwise do again."""

import gc

from sentrack_lib.cycle.kernels.notebook_files import nbformat  # isort: skip  # before papermill, which imports it the slow way

import ipykernel.kernelspec  # noqa: F401  # and this one how an ordinary one is started
import IPython  # noqa: F401  # jupyter_client asks it where kernels are described
import papermill  # noqa: F401
from jupyter_client.provisioning import KernelProvisionerFactory

from sentrack_lib.cycle.kernels.environment import tidy_seldom
from sentrack_lib.cycle.runs import workers  # noqa: F401

# The first check of a notebook, and of what a cell shows, compiles the rules for it.
nbformat.validate(nbformat.v4.new_notebook())
nbformat.v4.new_output("display_data")
# All installed packages are searched for ways to start a kernel.
KernelProvisionerFactory.instance()
tidy_seldom()
# What is here now is never garbage; leaving it alone keeps its memory shared.
gc.freeze()
