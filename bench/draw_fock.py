"""Measure what a click in Fock space costs against the cut, and draw docs/background/fock-cost.svg."""

from pathlib import Path

from bench_clicks import fock_click

LEVELS = range(3, 13)
PLACE = Path(__file__).parents[1] / "docs" / "background" / "fock-cost.svg"


def main() -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "bellpush", "svg.fonttype": "none", "font.family": "sans-serif"})
    found = [min(fock_click(levels) for _ in range(3)) for levels in LEVELS]
    figure, axes = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    axes.loglog(LEVELS, found, "o-", color="#1f5f8b", label="one click, two modes an arm")
    axes.loglog(LEVELS, [found[-1] * (n / LEVELS[-1]) ** 6 for n in LEVELS], ":", color="#777777", label="sixth power")
    axes.set_xticks(list(LEVELS), [str(n) for n in LEVELS])
    axes.minorticks_off()
    axes.set_xlabel("levels a mode")
    axes.set_ylabel("CPU time [ms]")
    axes.legend(frameon=False)
    figure.savefig(PLACE, metadata={"Date": None})
    print(*(f"{n}: {time:.2f} ms" for n, time in zip(LEVELS, found, strict=True)), sep="\n")


if __name__ == "__main__":
    main()
