// SPDX-License-Identifier: Apache-2.0
// What sealing costs at least: AES-256-GCM by OpenSSL, with a context that is kept.
#ifndef MICRO_BENCHMARKS_BASELINE_H
#define MICRO_BENCHMARKS_BASELINE_H

#include <stddef.h>
#include <stdint.h>

typedef struct baseline baseline;

// A context with buffers for `length` bytes of plaintext; NULL when OpenSSL has none.
baseline *baseline_new(size_t length);

// Encrypts the buffer under a 256-bit key and a 96-bit nonce, both set anew, with 64 bytes of additional data. Answers 1 on success.
int baseline_seal(baseline *it);

// Decrypts what baseline_seal made. Answers 1 when it is authentic.
int baseline_open(baseline *it);

void baseline_free(baseline *it);

#endif
