// SPDX-License-Identifier: Apache-2.0
// A program that links this counts its allocations: malloc(3) and its family are defined here and pass on to glibc's.
#ifndef MICRO_BENCHMARKS_ALLOCATIONS_H
#define MICRO_BENCHMARKS_ALLOCATIONS_H

#include <stdint.h>

// How often memory was asked for since the program started, by all of its threads.
uint64_t allocations_count(void);

#endif
