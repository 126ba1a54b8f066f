#!/bin/sh
# Compiles every <name>.bpf.c of a directory into <name>.bpf.o; what is newer than all its sources is left alone.
# usage: compile.sh CLANG SOURCE_DIR OUTPUT_DIR
set -eu

clang=$1
sources=$2
out=$3
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")

fail() {
  echo "bpf-programs: $*" >&2
  exit 1
}

# The kernel's <asm/types.h> lies in a directory that is named after the machine, which clang -target bpf does not search.
arch_include() {
  for cc in gcc cc; do
    if command -v "$cc" >/dev/null 2>&1; then
      triple=$("$cc" -print-multiarch 2>/dev/null || true)
      if [ -n "$triple" ] && [ -d "/usr/include/$triple" ]; then
        echo "/usr/include/$triple"
        return
      fi
    fi
  done
  triple=$(uname -m)-linux-gnu
  if [ -d "/usr/include/$triple" ]; then
    echo "/usr/include/$triple"
  elif [ -e /usr/include/asm/types.h ]; then
    echo /usr/include
  else
    fail "no <asm/types.h> below /usr/include (expected: /usr/include/$triple/asm/types.h): on Debian it is in the package linux-libc-dev"
  fi
}

# True if no source, no header and not this script is newer than the object.
up_to_date() {
  [ -e "$1" ] && [ -z "$(find "$sources" "$script" -type f \( -name '*.c' -o -name '*.h' -o -name '*.sh' \) -newer "$1")" ]
}

remove_orphans() {
  for object in "$out"/*.bpf.o; do
    [ -e "$object" ] || continue
    [ -e "$sources/$(basename "$object" .o).c" ] || rm -f "$object"
  done
}

compile() {
  command -v "$clang" >/dev/null 2>&1 ||
    fail "no '$clang' in PATH (expected: clang 19 or newer): on Debian install the package clang-19, or name another one with -Dclang=..."
  [ -e /usr/include/bpf/bpf_helpers.h ] ||
    fail "no /usr/include/bpf/bpf_helpers.h: on Debian it is in the package libbpf-dev"
  include=$(arch_include)
  mkdir -p "$out"
  echo "bpf-programs: $clang $(basename "$1")"
  # The prefix map keeps the path of the checkout out of the debug information: the same source gives the same object.
  (cd "$sources" && "$clang" -O2 -g -target bpf -mcpu=v3 -Wall -Werror -ffile-prefix-map="$sources=." \
    -I . -I "$include" -c "$(basename "$1")" -o "$2.tmp") || fail "$(basename "$1") does not compile: see above"
  mv "$2.tmp" "$2"
}

remove_orphans
for source in "$sources"/*.bpf.c; do
  [ -e "$source" ] || continue
  object=$out/$(basename "$source" .c).o
  up_to_date "$object" || compile "$source" "$object"
done
