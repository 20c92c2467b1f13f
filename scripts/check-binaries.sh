#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks how programs were linked and compiled, with readelf, nm and objdump (docs/privsep.md, "The programs").
#   scripts/check-binaries.sh PROGRAM…
set -euo pipefail
export LC_ALL=C

[ $# -gt 0 ] || { echo 'usage: check-binaries.sh PROGRAM…' >&2; exit 2; }
failed=0

# expect PROGRAM WHAT COUNT TEXT EXPRESSION: COUNT ("none", "some" or the least number) lines of TEXT match.
expect() {
  local found
  found=$(grep -cE -- "$5" <<< "$4" || true)
  case $3 in
    none) [ "$found" -eq 0 ] ;;
    some) [ "$found" -gt 0 ] ;;
    *) [ "$found" -ge "$3" ] ;;
  esac && return 0
  echo "$1: $2 ($found lines match \"$5\")" >&2
  failed=1
}

# Which libraries each may have in its memory: the gate neither keys nor a store, and the daemon nothing that speaks FastCGI.
declare -A needed=([cloakroomd]='libcrypto|librocksdb' [cloakroomctl]='libcrypto' [cloakroom-fcgi]='libfcgi')
declare -A unwanted=([cloakroomd]='libfcgi' [cloakroomctl]='libfcgi|librocksdb' [cloakroom-fcgi]='libcrypto|libssl|librocksdb|libhiredis|libcurl|libxml')

for program in "$@"; do
  segments=$(readelf -lW "$program")
  dynamic=$(readelf -dW "$program")
  symbols=$(nm -D "$program")
  name=${program##*/}
  [ -z "${needed[$name]:-}" ] || expect "$program" 'lacks a library that it is made with' some "$dynamic" "NEEDED.*(${needed[$name]})"
  [ -z "${unwanted[$name]:-}" ] || expect "$program" 'has a library that it must not have' none "$dynamic" "NEEDED.*(${unwanted[$name]})"
  expect "$program" 'is not position-independent' some "$segments" '^Elf file type is DYN \(Position-Independent Executable'
  expect "$program" 'has no RELRO' some "$segments" '^ +GNU_RELRO '
  expect "$program" 'looks functions up late, so its table of them can be written' some "$dynamic" 'BIND_NOW'
  expect "$program" 'has an executable stack, or does not say' some "$segments" '^ +GNU_STACK .* RW +0x'
  expect "$program" 'has a segment that can be written and executed' none "$segments" '^ +[A-Z_]+ +0x.* RWE '
  expect "$program" 'has constants that can be executed' some "$segments" '^ +LOAD .* R +0x'
  expect "$program" 'writes to its code when it is loaded' none "$dynamic" 'TEXTREL'
  expect "$program" 'looks for libraries beside itself or elsewhere' none "$dynamic" 'RPATH|RUNPATH'
  expect "$program" 'has no stack protection' some "$symbols" ' U __stack_chk_fail'
  # The only C++ that is compiled here, and not linked from Swift or the system.
  ! nm "$program" | grep -q ' _ZN.*4toml' || expect "$program" 'has C++ without bounds checks of memory functions' some "$symbols" ' U __mem[a-z]+_chk'
  if readelf -hW "$program" | grep -q 'X86-64'; then
    # Each function that can be called through a pointer begins with one. Swift's own libraries have less than ten.
    expect "$program" 'has no marks of where calls may land' 1000 "$(objdump -d --no-show-raw-insn "$program")" 'endbr64'
  fi
done
[ "$failed" -eq 0 ] || exit 1
echo "$# programs are hardened as they should be"
