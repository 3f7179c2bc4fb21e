"""Whether a provision is rightly judged: docs/impact.md and docs/impact.png, from invented cohorts (python docs/impact.py)."""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from generated_cohorts import CHOICES, PUPILS, TREATED, rates  # noqa: E402

DRAWS = 500
SIZES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.8)
MEASURED = {0.3: (0.42, 0.37, 0.11, 0.02), 0.6: (0.97, 0.93, 0.74, 0.49)}
"""What methods, section 7, measured for the choices, in their order."""
HEAD = f"""# Is a provision rightly judged?

Made by `python docs/impact.py` from invented cohorts of {PUPILS} pupils, {TREATED} of them in a provision, {DRAWS} cohorts a
line; tests of reliability .85. Run it again to repeat it. *Benefit* is said where both intervals lie above nought: against pupils
with like grades at the start, and of the change since an earlier baseline that was not used for choosing.

## Where the provision changes nothing

In how many of 100 cohorts is something said to work? Pupils who are chosen because they stand low gain without any help.

"""
POWER = """
## Where it truly helps

In how many of 100 cohorts is an effect found, and in how many was it found when the method was chosen (methods, section 7)?

"""
COVER = """
## Does the interval hold the effect?

In how many of 100 cohorts does the 95 % interval of the first estimate hold the effect that is there? It should in 95, and it
does where choice followed the test, or the lot. Where a teacher chose by more than the test shows, the first estimate is too low;
the second is a little too high. An effect is told only where both see it.

"""
FOOT = """
![How often a true effect is found, by its size and by how the pupils were chosen](impact.png)

So *cannot tell* is what is mostly said of 20 pupils and an effect of 0.3 SD, and it does not mean that nothing was achieved.
Where there are more pupils than places, drawing lots finds most.

All untreated pupils of the year groups are compared. With those alone whose start lies within half an SD of the range of the
pupils in the provision, an effect of 0.6 SD on pupils chosen by the test was found in 45 cohorts of 100; the line through all of
them finds it in twice as many, and *benefit* is still told in hardly any cohort where nothing is there.
"""


def main() -> None:
    asked = [(chosen, size) for chosen in CHOICES for size in SIZES]
    with ProcessPoolExecutor() as pool:
        drawn = pd.concat(pool.map(rates, *zip(*asked, strict=True), [DRAWS] * len(asked)))
    parts = [HEAD, printed(nothing(drawn)), POWER, printed(power(drawn)), COVER, printed(cover(drawn)), FOOT]
    (PROJECT / "docs" / "impact.md").write_text("".join(parts), encoding="utf-8")
    draw(found(drawn))


def nothing(drawn: DataFrame) -> DataFrame:
    """What is said where nothing is there."""
    of = drawn[drawn["effect"].eq(0)].assign(both=lambda rows: rows["verdict"].eq("benefit")).groupby("chosen", sort=False)
    said = 100 * of[["gained", "alike", "both"]].mean()
    gains = of[["raw", "expected"]].mean()
    table = said.map("{:.1f}".format).join(gains.map("{:+.2f}".format)).reset_index()
    return table.set_axis(["how pupils were chosen", "a gain by itself", "the first estimate alone", "*benefit* (both)",
                           "gain in SD", "gain to be expected without help"], axis=1)  # fmt: skip


def found(drawn: DataFrame) -> DataFrame:
    """The share found, by size and choice."""
    of = drawn.assign(found=drawn["verdict"].eq("benefit")).groupby(["effect", "chosen"], sort=False)
    return of["found"].mean().unstack()[[*CHOICES]]


def power(drawn: DataFrame) -> DataFrame:
    """Found here and when the method was chosen."""
    shares = found(drawn)
    told = {"effect in SD": shares.index}
    for place, chosen in enumerate(CHOICES):
        then = [f" ({100 * MEASURED[size][place]:.0f})" if size in MEASURED else "" for size in shares.index]
        told[chosen] = [f"{100 * share:.0f}{was}" for share, was in zip(shares[chosen], then, strict=True)]
    return DataFrame(told)


def cover(drawn: DataFrame) -> DataFrame:
    """How often the interval of the first estimate holds the effect, and by how much both estimates are off."""
    of = drawn.groupby("chosen", sort=False)
    held = (100 * of["covered"].mean()).map("{:.1f}".format).to_frame()
    table = held.join(of[["error", "error_earlier"]].mean().map("{:+.2f}".format))
    return table.reset_index().set_axis(
        ["how pupils were chosen", "holds the effect", "first estimate too high by", "second too high by"], axis=1
    )


def printed(table: DataFrame) -> str:
    """As Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def draw(shares: DataFrame) -> None:
    import matplotlib.pyplot as plt
    import seaborn as sns

    sns.set_theme(style="whitegrid")
    figure, axes = plt.subplots(figsize=(7, 4))
    looks = dict(zip(CHOICES, (("s", "#a33b00"), ("o", "#2b5c8a"), ("^", "#1a1a1a"), ("D", "#767676")), strict=True))
    for name, (marker, colour) in looks.items():
        error = 196 * np.sqrt(shares[name] * (1 - shares[name]) / DRAWS)
        axes.errorbar(shares.index, 100 * shares[name], yerr=error, marker=marker, color=colour, capsize=3, label=name)
    axes.axhline(80, color="#767676", linestyle=":", linewidth=1)
    axes.set(xlabel="True effect (standard deviations)", ylabel="Found, in 100 cohorts", ylim=(-2, 102))
    axes.legend(framealpha=1, edgecolor="white")
    figure.tight_layout()
    figure.savefig(PROJECT / "docs" / "impact.png", dpi=110)


if __name__ == "__main__":
    main()
