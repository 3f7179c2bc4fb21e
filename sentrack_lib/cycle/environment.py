"""The environment variables that a notebook, which could print them all, gets to see."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping

SECRET = re.compile(r"secret|token|passw|credential|private|api_?key|_key$|dsn$|database_url|records_url", re.IGNORECASE)


def without_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    """Those whose name does not sound like a secret."""
    return {name: value for name, value in variables.items() if not SECRET.search(name)}


def set_environment(variables: Mapping[str, str]) -> None:
    """Make these all environment variables there are."""
    os.environ.clear()
    os.environ.update(variables)


@contextlib.contextmanager
def only_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These are all environment variables there are; afterwards they are as they were."""
    before = dict(os.environ)
    try:
        set_environment(variables)
        yield
    finally:
        set_environment(before)
