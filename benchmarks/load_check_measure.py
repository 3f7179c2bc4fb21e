"""A whole school read, checked and measured, beside DuckDB merely reading the same files and counting rows."""

from pathlib import Path

from benchmarks.measuring import WARM, Cost, Measured, Plan, apart, in_turns, invented

PEERS = {"load_check_measure": "as_called", "load_check_measure_strict": "as_fast_as_can_be"}


def ours(folder: Path) -> None:
    """Load, check, and every measure of the last term."""
    from sentrack_lib.measures import review
    from sentrack_lib.sources.loading import load_school

    school = load_school(folder)
    review(school, school.terms[-1])


def as_called(folder: Path) -> None:
    """DuckDB as one calls it: every file read as text, its rows counted by their second column."""
    _count(folder, lambda columns: "all_varchar=true")


def as_fast_as_can_be(folder: Path) -> None:
    """DuckDB told what each file looks like, so that it need not find out."""
    _count(folder, lambda columns: f"auto_detect=false, delim=',', quote='\"', escape='\"', columns={columns}")


def _count(folder: Path, told) -> None:
    import duckdb

    for file in sorted(folder.glob("*/*.csv")):
        with file.open(encoding="utf-8") as lines:
            names = next(lines).strip().split(",")
        options = told(dict.fromkeys(names, "VARCHAR"))
        query = f"SELECT \"{names[1]}\", count(*), count(COLUMNS(*)) FROM read_csv('{file}', header=true, {options}) GROUP BY 1"
        duckdb.sql(query).fetchall()


def measure(plan: Plan) -> dict[str, Measured]:
    """Seconds beside both ways to call DuckDB, and the memory of each."""
    folder, warm = invented(plan.pupils), invented(WARM)
    costs: dict[str, Cost] = {}

    def run(name: str) -> float:
        costs[name] = apart(f"{__name__}:{name}", folder, warm=warm)
        return costs[name].seconds

    names = ["ours", *PEERS.values()]
    took = dict(zip(names, in_turns(plan.rounds, *(lambda name=name: run(name) for name in names)), strict=True))
    found = {measured: _beside(took["ours"], took[peer]) for measured, peer in PEERS.items()}
    megabytes, peers = costs["ours"].megabytes, costs["as_called"].megabytes
    memory = Measured(megabytes, peers, megabytes / peers, "MB", "at most 500 MB", megabytes <= 500)
    return {**found, "load_check_measure_memory": memory}


def _beside(ours: float, peer: float) -> Measured:
    return Measured(ours, peer, ours / peer, "s", "at most 3 times the peer, and 2 s", ours <= min(2, 3 * peer))
