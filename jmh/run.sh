#!/usr/bin/env bash
# Runs JMH on the built benchmarks; all arguments go to it, for instance: jmh/run.sh DenseKernel -p depth=3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -d "$here/target/lib" ]; then
    echo "jmh/run.sh: nothing is built; run mvn -DskipTests package first" >&2
    exit 1
fi
exec "${JAVA_HOME:?is not set: it must name a JDK 25}/bin/java" \
    -cp "$here/target/classes:$here/target/lib/*" \
    org.openjdk.jmh.Main \
    -jvmArgsAppend "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 -XX:MaxRAMPercentage=75" \
    "$@"
