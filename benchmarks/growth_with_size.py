"""Does the cost of a school grow in proportion to its pupils?"""

from math import log

from benchmarks.measuring import WARM, Cost, Measured, Plan, apart, invented

GOAL = 1.1


def measure(plan: Plan) -> dict[str, Measured]:
    """The exponents of seconds and of memory from the smallest to the largest school; the largest only with --full."""
    sizes = [*plan.sizes, *([plan.largest] if plan.full else [])]
    costs = [_middle(size, plan.rounds if size < plan.largest else 1) for size in sizes]
    span = log(sizes[-1] / sizes[0])
    grown = {
        "growth_with_size": log(costs[-1].seconds / costs[0].seconds) / span,
        "growth_with_size_memory": log(_held(costs[-1]) / _held(costs[0])) / span,
    }
    said = " to ".join(f"{size:,}" for size in (sizes[0], sizes[-1]))
    return {name: _judged(found, f"exponent, {said} pupils") for name, found in grown.items()}


def _judged(exponent: float, unit: str) -> Measured:
    return Measured(exponent, None, None, unit, f"at most {GOAL}", exponent <= GOAL)


def _middle(size: int, rounds: int) -> Cost:
    """The run of middle length, of several."""
    folder, warm = invented(size), invented(WARM)
    costs = [apart("benchmarks.load_check_measure:ours", folder, warm=warm) for _ in range(rounds)]
    return sorted(costs, key=lambda cost: cost.seconds)[rounds // 2]


def _held(cost: Cost) -> float:
    """Megabytes for the school itself, without those of the libraries."""
    return max(1.0, cost.megabytes - cost.before)
