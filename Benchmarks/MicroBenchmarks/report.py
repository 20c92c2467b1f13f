#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what run.sh measured against thresholds.json, and prints a table.

  report.py BENCHMARK.OUT INSTRUCTIONS.JSON            exit status 1 when a threshold is exceeded
  report.py --record BENCHMARK.OUT INSTRUCTIONS.JSON   sets the counts to what was measured
  report.py --names                                    the operations whose instructions are counted
"""
import json
import pathlib
import sys

THRESHOLDS = pathlib.Path(__file__).with_name("thresholds.json")
PREFIX = "package.benchmark.Micro."
SCALE = 1000  # A measurement is of so many operations.
RATIO = "_:_"
COLUMNS = ["allocations", "reads", "writes", "instructions"]
COUNTS = {"allocations": "Allocations", "reads": "Syscalls (read)", "writes": "Syscalls (write)"}


def measured(benchmark_output, instructions):
    """Each operation's counts and the least time of the run in nanoseconds; and the medians of the ratios."""
    text = pathlib.Path(benchmark_output).read_text()
    # The benchmark command's own messages may come before.
    results = json.loads(text[text.index("[{"):])
    table = {}
    ratios = {}
    for result in results:
        name = result["benchmark"].removeprefix(PREFIX)
        metrics = result["secondaryMetrics"]
        # By its name: the export gives a benchmark also the metrics that only one before it has.
        if RATIO in name:
            ratios[name] = metrics["Ratio"]["scorePercentiles"]["50.0"] / 1000
            continue
        time = metrics["Time (wall clock)"]
        assert time["scoreUnit"] == "μs", time["scoreUnit"]
        # The least, as whatever else the machine does only adds to a time.
        row = {"time": time["scorePercentiles"]["0.0"] * 1000 / SCALE}
        for column, metric in COUNTS.items():
            row[column] = round(metrics[metric]["scorePercentiles"]["50.0"] / SCALE, 2)
        table[name] = row
    for name, count in json.loads(pathlib.Path(instructions).read_text()).items():
        table[key(name)]["instructions"] = count
    return table, ratios


def key(name):
    """The name as the export has it."""
    return name.replace(" ", "_")


def limit(count, tolerance):
    """What a count may be: more than recorded by a part of it and by an absolute number."""
    return count * (1 + tolerance["part"]) + tolerance["number"]


def check_counts(thresholds, table):
    """Prints the table of operations; answers how many thresholds were exceeded."""
    exceeded = 0
    print(f"{'one operation':32}{'ns':>8}" + "".join(f"{column:>14}" for column in COLUMNS) + "  verdict")
    for name, recorded in thresholds["counts"].items():
        row = table.pop(key(name))
        cells = "".join(f"{shown(row.get(column)):>14}" for column in COLUMNS)
        too_many = []
        for column, count in recorded.items():
            allowed = limit(count, thresholds["tolerances"][column])
            if row[column] > allowed:
                too_many.append(f"{column} {shown(row[column])}, at most {shown(allowed)}")
        exceeded += len(too_many)
        verdict = "EXCEEDED: " + "; ".join(too_many) if too_many else "ok"
        if not too_many and any(is_much_less(row[column], count) for column, count in recorded.items()):
            verdict = "ok, and less than recorded: record it"
        print(f"{name:32}{row['time']:8,.0f}{cells}  {verdict}")
    return exceeded + without_threshold(table)


def is_much_less(count, recorded):
    """Whether a count has become so small that its threshold guards nothing."""
    return count < recorded * 0.9 and recorded - count >= 0.5


def shown(count):
    """A count as the table has it; nothing where it was not measured."""
    if count is None:
        return ""
    return f"{count:,.2f}".rstrip("0").rstrip(".")


def check_ratios(thresholds, ratios):
    """Prints the ratios of times; answers how many thresholds were exceeded."""
    exceeded = 0
    print(f"\n{'ratio of times':68}{'measured':>10}{'at most':>9}  verdict")
    for name, allowed in thresholds["ratios"].items():
        ratio = ratios.pop(key(name))
        verdict = "ok" if ratio <= allowed else "EXCEEDED"
        exceeded += verdict != "ok"
        print(f"{name:68}{ratio:10.2f}{allowed:9.2f}  {verdict}")
    return exceeded + without_threshold(ratios)


def without_threshold(rest):
    """Complains about what nobody decided on."""
    for name in rest:
        print(f"{name}: EXCEEDED: it has no threshold")
    return len(rest)


def record(thresholds, table):
    """Sets the counts; ratios are set by hand."""
    for name, recorded in thresholds["counts"].items():
        for column in recorded:
            recorded[column] = table[key(name)][column]
    lines = [f'    "{name}": {json.dumps(counts)}' for name, counts in thresholds["counts"].items()]
    ratios = [f'    "{name}": {allowed}' for name, allowed in thresholds["ratios"].items()]
    tolerances = [f'    "{name}": {json.dumps(value)}' for name, value in thresholds["tolerances"].items()]
    blocks = [
        '  "tolerances": {\n' + ",\n".join(tolerances) + "\n  }",
        '  "counts": {\n' + ",\n".join(lines) + "\n  }",
        '  "ratios": {\n' + ",\n".join(ratios) + "\n  }",
    ]
    THRESHOLDS.write_text("{\n" + ",\n".join(blocks) + "\n}\n")


def main(arguments):
    thresholds = json.loads(THRESHOLDS.read_text())
    if arguments == ["--names"]:
        print("\n".join(name for name, counts in thresholds["counts"].items() if "instructions" in counts))
        return 0
    recording = arguments[0] == "--record"
    table, ratios = measured(*arguments[-2:])
    if recording:
        record(thresholds, table)
        thresholds = json.loads(THRESHOLDS.read_text())
    exceeded = check_counts(thresholds, dict(table)) + check_ratios(thresholds, ratios)
    print(f"\n{exceeded} of the thresholds exceeded" if exceeded else "\nno threshold exceeded")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
