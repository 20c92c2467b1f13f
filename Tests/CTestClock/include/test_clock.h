// SPDX-License-Identifier: Apache-2.0
// The library has nothing to call: it is preloaded (ld.so(8), LD_PRELOAD).
