#!/usr/bin/env bash
# Builds and runs the loops in C that bound the library's: jmh/limit/run.sh [ROUNDS [VECTOR_BITS [PROGRAM...]]], of
# which the defaults are 5 rounds, the widest vectors that this processor has (also for ""), and all programs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build="$here/../target/limit"
widest=$(grep -qw avx512dq /proc/cpuinfo && echo 512 || echo 256)
rounds=${1:-5}
bits=${2:-$widest}
programs=("${@:3}")
if [ ${#programs[@]} -eq 0 ]; then
    programs=(units row plane results)
fi
mkdir -p "$build"
for program in "${programs[@]}"; do
    for element in 32 64; do
        binary="$build/$program-$bits-$element"
        "${CC:-gcc}" -std=gnu17 -O3 -march=native -Wall -Wextra -Werror -DELEMENT_BITS="$element" -DVECTOR_BITS="$bits" \
            "$here/$program.c" -o "$binary" -lm
        "$binary" "$rounds"
    done
done
