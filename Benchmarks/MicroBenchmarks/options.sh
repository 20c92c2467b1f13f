# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# How this package is built: as scripts/build.sh builds the daemon, but that only `instructions` is linked statically.
options=(--scratch-path ../../.build/micro -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked)
