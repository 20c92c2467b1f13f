# SPDX-License-Identifier: Apache-2.0
"""The comparison of Cloakroom with other session handlers: see docs/benchmarks.md."""
