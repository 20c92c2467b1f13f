# SPDX-License-Identifier: Apache-2.0


class Failure(Exception):
    """The comparison cannot be made; the text says why."""
