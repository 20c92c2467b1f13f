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
COUNTS = {"allocations": "Allocations", "reads": "Syscalls (read)", "writes": "Syscalls (write)"}


def measured(benchmark_output, instructions):
    """Each operation's counts, and the least time of the run in nanoseconds."""
    text = pathlib.Path(benchmark_output).read_text()
    # The benchmark command's own messages may come before.
    results = json.loads(text[text.index("[{"):])
    table = {}
    for result in results:
        metrics = result["secondaryMetrics"]
        time = metrics["Time (wall clock)"]
        assert time["scoreUnit"] == "μs", time["scoreUnit"]
        # The least, as whatever else the machine does only adds to a time.
        row = {"time": time["scorePercentiles"]["0.0"] * 1000 / SCALE}
        for name, metric in COUNTS.items():
            row[name] = round(metrics[metric]["scorePercentiles"]["50.0"] / SCALE, 2)
        table[result["benchmark"].removeprefix(PREFIX)] = row
    for name, count in json.loads(pathlib.Path(instructions).read_text()).items():
        table[key(name)]["instructions"] = count
    return table


def key(name):
    """The name as the export has it."""
    return name.replace(" ", "_")


def limit(count, tolerance):
    """What a count may be: more than recorded by a part of it and by an absolute number."""
    return count * (1 + tolerance["part"]) + tolerance["number"]


def check_counts(thresholds, table):
    """Prints the table of operations; answers how many thresholds were exceeded."""
    exceeded = 0
    columns = ["allocations", "reads", "writes", "instructions"]
    print(f"{'one operation':36}{'ns':>9}" + "".join(f"{column:>14}" for column in columns) + "  verdict")
    for name, recorded in thresholds["counts"].items():
        row = table.pop(key(name))
        verdicts = []
        cells = ""
        for column in columns:
            count = row.get(column)
            cells += f"{'' if count is None else f'{count:g}' if column != 'instructions' else f'{count:,}':>14}"
            if column not in recorded:
                continue
            allowed = limit(recorded[column], thresholds["tolerances"][column])
            if count > allowed:
                verdicts.append(f"{column}: recorded {recorded[column]:g}, at most {allowed:g}")
            elif count < recorded[column] * 0.9 - 0.5:
                cells += "-"
        exceeded += len(verdicts)
        verdict = "EXCEEDED " + "; ".join(verdicts) if verdicts else "lower it" if cells.endswith("-") else "ok"
        print(f"{name:36}{row['time']:9,.0f}{cells.rstrip('-')}  {verdict}")
    for name in table:
        exceeded += 1
        print(f"{name}: EXCEEDED: it has no threshold")
    return exceeded


def check_ratios(thresholds, table):
    """Prints the ratios of times; answers how many thresholds were exceeded."""
    exceeded = 0
    print(f"\n{'ratios of times':104}{'ratio':>8}{'at most':>9}  verdict")
    for entry in thresholds["ratios"]:
        base = sum(table[key(name)]["time"] for name in entry["to"])
        ratio = table[key(entry["of"])]["time"] / base
        verdict = "ok" if ratio <= entry["at_most"] else "EXCEEDED"
        exceeded += verdict != "ok"
        what = f"{entry['of']} / {' + '.join(entry['to'])}"
        print(f"{what:104}{ratio:8.2f}{entry['at_most']:9.2f}  {verdict}")
    return exceeded


def record(thresholds, table):
    """Sets the counts; ratios are set by hand."""
    for name, recorded in thresholds["counts"].items():
        for column in recorded:
            recorded[column] = table[key(name)][column]
    lines = [f'    "{name}": {json.dumps(counts)}' for name, counts in thresholds["counts"].items()]
    ratios = [f"    {json.dumps(entry)}" for entry in thresholds["ratios"]]
    tolerances = [f'    "{name}": {json.dumps(value)}' for name, value in thresholds["tolerances"].items()]
    blocks = [
        '  "tolerances": {\n' + ",\n".join(tolerances) + "\n  }",
        '  "counts": {\n' + ",\n".join(lines) + "\n  }",
        '  "ratios": [\n' + ",\n".join(ratios) + "\n  ]",
    ]
    THRESHOLDS.write_text("{\n" + ",\n".join(blocks) + "\n}\n")


def main(arguments):
    thresholds = json.loads(THRESHOLDS.read_text())
    if arguments == ["--names"]:
        print("\n".join(name for name, counts in thresholds["counts"].items() if "instructions" in counts))
        return 0
    recording = arguments[0] == "--record"
    table = measured(*arguments[-2:])
    if recording:
        record(thresholds, table)
        thresholds = json.loads(THRESHOLDS.read_text())
    exceeded = check_counts(thresholds, dict(table)) + check_ratios(thresholds, table)
    print(f"\n{exceeded} of the thresholds exceeded" if exceeded else "\nno threshold exceeded")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
