#!/usr/bin/env bash
# Runs a kernel regression of a size of one's choice, for instance: jmh/large_regression.sh cg 50000 64 5
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -d "$here/target/lib" ]; then
    echo "jmh/large_regression.sh: nothing is built; run mvn -DskipTests package first" >&2
    exit 1
fi
exec "${JAVA_HOME:?is not set: it must name a JDK 25}/bin/java" \
    --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 -Xmx1g \
    -cp "$here/target/classes:$here/target/lib/*" \
    dev.jtangents.jmh.LargeRegression "$@"
