// The part of libFuzzer that starts it as a library (LLVM, "Using libFuzzer as a library"); it has no header of its own.
#ifndef CLOAKROOM_CLIBFUZZER_SHIM_H
#define CLOAKROOM_CLIBFUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

#endif
