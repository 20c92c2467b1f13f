#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the manual pages, and completions of the given programs for bash, zsh and fish, below $DESTDIR$PREFIX.
#   scripts/install-help.sh PROGRAM...
set -euo pipefail
cd "$(dirname "$0")/.."

destdir=${DESTDIR:-} prefix=${PREFIX:-/usr}
share=$destdir$prefix/share

# Compressed as Debian does it, and the same whenever it is done.
for page in docs/man/*.[58]; do
  directory=$share/man/man${page##*.}
  install -d "$directory"
  gzip -9n < "$page" > "$directory/${page##*/}.gz"
  chmod 0644 "$directory/${page##*/}.gz"
done

# zsh of Debian looks for the completions of packages in vendor-completions, and for others in site-functions of /usr/local.
zsh=$share/zsh/site-functions
[ "$prefix" != /usr ] || zsh=$share/zsh/vendor-completions

completions() {
  install -d "$(dirname "$3")"
  "$1" --generate-completion-script "$2" > "$3"
  chmod 0644 "$3"
}
for program in "$@"; do
  name=${program##*/}
  completions "$program" bash "$share/bash-completion/completions/$name"
  completions "$program" zsh "$zsh/_$name"
  completions "$program" fish "$share/fish/vendor_completions.d/$name.fish"
done
