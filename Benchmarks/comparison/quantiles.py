# SPDX-License-Identifier: Apache-2.0
"""Medians and percentiles."""


def percentile(ordered, share):
    """The value below which that share of the ordered values lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(times):
    """Of times in nanoseconds; microseconds."""
    ordered = sorted(times)
    return {
        "median": percentile(ordered, 0.5) / 1000,
        "p99": percentile(ordered, 0.99) / 1000,
        "count": len(ordered),
    }
