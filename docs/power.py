"""What sentrack finds and what it does not: docs/power.md and docs/power.png, from invented schools (python docs/power.py)."""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from generated_schools import CLASS, NEED, PUPILS, STATUS, with_difference, without_differences  # noqa: E402

SCHOOLS, OF_A_SIZE = 200, 40
SIZES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
NAMES = {CLASS: "a class of 28", NEED: "a need of 21 pupils", STATUS: "80 pupils at SEN support"}
HEAD = f"""# What can be found, and what cannot

Made by `python docs/power.py` from invented schools of {PUPILS} pupils; run it again to repeat it.

## Where nothing differs

{SCHOOLS} schools in which groups differ by luck alone. In how many of 100 such schools is anything called a *clear difference*?
One question in one subject is a family. Questions are asked in up to twelve subjects, so the opening of a page tells only what
holds against all comparisons together.

"""
MIDDLE = f"""
## Where a group truly grows less

{OF_A_SIZE} schools of each size. A class, a need and a status each grow less in one subject over the last three terms, by a known
size in standard deviations of growth. In how many of 100 schools is it found?

"""
FOOT = """
![How often a planted difference is found, by its size and the number of pupils](power.png)

So a class that is half a standard deviation behind is mostly *not* found in one term: *no evidence of a difference* is not *no
difference*. What is found is worth a visit; what is not found may be there.
"""


def main() -> None:
    with ProcessPoolExecutor() as pool:
        nothing = pd.concat(pool.map(without_differences, range(1, SCHOOLS + 1)))
        asked = [(size, seed) for size in SIZES for seed in range(1, OF_A_SIZE + 1)]
        found = DataFrame(pool.map(with_difference, *zip(*asked, strict=True))).assign(size=[size for size, _ in asked])
    power = 100 * found.groupby("size")[[CLASS, NEED, STATUS]].mean()
    text = HEAD + printed(false_claims(nothing)) + MIDDLE + printed(table_of(power)) + FOOT
    (PROJECT / "docs" / "power.md").write_text(text, encoding="utf-8")
    draw(power)


def false_claims(nothing: DataFrame) -> DataFrame:
    """Of 100 schools, in how many a family claims something; and the opening."""
    by_family = nothing.groupby(["measure", "family"])["clear"].mean().reset_index()
    rows = by_family.groupby("measure")["clear"].agg(["size", "mean", "max"]).reset_index()
    shown = DataFrame({"what is compared": rows["measure"], "questions": rows["size"],
                       "mean over questions": (100 * rows["mean"]).map("{:.1f}".format),
                       "the worst question": (100 * rows["max"]).map("{:.1f}".format)})  # fmt: skip
    opening = 100 * nothing[nothing["measure"].eq("progress")].groupby("seed")["opening"].any().mean()
    told = ["the opening of the page", "", f"{opening:.1f}", ""]
    return pd.concat([shown, DataFrame([told], columns=list(shown))], ignore_index=True)


def table_of(power: DataFrame) -> DataFrame:
    """The found per size."""
    shown = power.rename(columns=NAMES).map("{:.0f}".format)
    return shown.reset_index().rename(columns={"size": "size in SD"})


def printed(table: DataFrame) -> str:
    """As Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def draw(power: DataFrame) -> None:
    import matplotlib.pyplot as plt
    import seaborn as sns

    sns.set_theme(style="whitegrid")
    figure, axes = plt.subplots(figsize=(7, 4))
    for name, marker, colour in ((STATUS, "s", "#a33b00"), (CLASS, "o", "#2b5c8a"), (NEED, "^", "#1a1a1a")):
        share = power[name] / 100
        error = 196 * np.sqrt(share * (1 - share) / OF_A_SIZE)
        axes.errorbar(power.index, power[name], yerr=error, marker=marker, color=colour, capsize=3, label=NAMES[name])
    axes.axhline(80, color="#767676", linestyle=":", linewidth=1)
    axes.set(xlabel="Planted difference (standard deviations of growth)", ylabel="Found, in 100 schools", ylim=(-2, 102))
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(PROJECT / "docs" / "power.png", dpi=110)


if __name__ == "__main__":
    main()
