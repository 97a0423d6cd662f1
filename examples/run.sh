#!/usr/bin/env bash
# Runs an example: examples/run.sh WeightSpace [PICTURE.png], or FunctionSpace
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -d "$here/target/lib" ]; then
    echo "examples/run.sh: nothing is built; run mvn -DskipTests package first" >&2
    exit 1
fi
example=${1:?names no example: WeightSpace or FunctionSpace}
shift
exec "${JAVA_HOME:?is not set: it must name a JDK 25}/bin/java" \
    --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 \
    -cp "$here/target/classes:$here/target/lib/*" \
    "dev.jtangents.examples.$example" "$@"
