"""Stores for tests: in a file of a folder, or on the server that SENTRACK_TEST_POSTGRESQL names, each in a place of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from pandas import DataFrame
from sqlalchemy import NullPool, create_engine, make_url

from sentrack_lib.records import Store, open_store

KINDS = ("sqlite", "postgresql")
AUTUMN, SPRING = "2025-26-autumn", "2025-26-spring"


@dataclass(frozen=True)
class Home:
    """Where the store of an invented school is."""

    folder: Path
    url: str | None

    def open(self) -> Store:
        return open_store(self.folder, self.url)


@contextmanager
def home_of(kind: str, folder: Path) -> Iterator[Home]:
    """A school's folder, and a place for its store that nobody else uses."""
    if kind == "sqlite":
        yield Home(folder, None)
        return
    server = os.environ.get("SENTRACK_TEST_POSTGRESQL")
    if not server:
        pytest.skip("no PostgreSQL server is named in SENTRACK_TEST_POSTGRESQL")
    engine, place = create_engine(server, poolclass=NullPool), f"s{uuid4().hex}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {place}")
    url = make_url(server).update_query_dict({"options": f"-csearch_path={place}"})
    yield Home(folder, url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {place} CASCADE")


def evidence(number: int | str, what: str = "Reads aloud", **more: str) -> DataFrame:
    """One note about an invented pupil."""
    row = {"term": AUTUMN, "evidence_id": f"N{number}", "pupil_id": "PX1", "kind": "observation", "what": what}
    return DataFrame([{**row, **more}])


def notes(name: str, many: int, what: str = "Reads aloud") -> DataFrame:
    """Several notes whose names begin alike."""
    alike = evidence(1, what).loc[[0] * many].reset_index(drop=True)
    return alike.assign(evidence_id=[f"N{name}-{row}" for row in range(many)])
