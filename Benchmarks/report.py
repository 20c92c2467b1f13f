#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the table of compare.sh from DIR/CASE.HANDLER.times, and fails when a budget is missed."""

import statistics
import sys

HANDLERS = ["files", "phpredis", "phpredis-locking", "cloakroom"]
# Case: the greatest ratio of Cloakroom's median to that of phpredis without locking.
BUDGETS = {"changed": 1.3}


def times(directory, case, handler):
    with open(f"{directory}/{case}.{handler}.times") as file:
        return sorted(float(line) for line in file)


def main():
    directory = sys.argv[1]
    missed = False
    print(f"{'case':<11}{'handler':<19}{'median µs':>10}{'p99 µs':>9}{'ratio':>7}")
    for case in ["changed", "unchanged"]:
        base = statistics.median(times(directory, case, "phpredis"))
        for handler in HANDLERS:
            values = times(directory, case, handler)
            median = statistics.median(values)
            p99 = values[int(len(values) * 0.99)]
            print(f"{case:<11}{handler:<19}{median:>10.1f}{p99:>9.1f}{median / base:>7.2f}")
        if case in BUDGETS:
            met = median / base <= BUDGETS[case]
            missed = missed or not met
            print(f"budget: {case} at most {BUDGETS[case]} × phpredis: {'met' if met else 'MISSED'}")
    sys.exit(1 if missed else 0)


main()
