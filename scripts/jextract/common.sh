# What the generators of this folder share: find the tools, generate one class, stamp, format.

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

find_tools() {
    JEXTRACT=${JEXTRACT:-$(command -v jextract || true)}
    [[ -n $JEXTRACT ]] || fail "jextract not found: put it on the PATH or set JEXTRACT to it"
    [[ -x $JEXTRACT ]] || fail "JEXTRACT=$JEXTRACT is not an executable file"
    [[ -n ${GOOGLE_JAVA_FORMAT:-} ]] ||
        fail "set GOOGLE_JAVA_FORMAT to google-java-format-1.28.0-all-deps.jar"
    [[ -r $GOOGLE_JAVA_FORMAT ]] || fail "GOOGLE_JAVA_FORMAT=$GOOGLE_JAVA_FORMAT cannot be read"
    JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
    command -v "$JAVA" > /dev/null || fail "$JAVA not found: set JAVA_HOME to a JDK 25"
}

# generate SOURCES PACKAGE CLASS HEADER: one header becomes CLASS.java and CLASS$shared.java under
# SOURCES; the file named like the header, with the ending .includes, says what is taken from it.
generate() {
    local sources=$1 package=$2 class=$3 header=$4
    local name=${header##*/}
    [[ -r $header ]] || fail "header $header not found"
    "$JEXTRACT" --output "$sources" --target-package "$package" --header-class-name "$class" \
        --include-dir "${header%/*}" "@$here/${name%.h}.includes" "$header"
}

# The type long has 32 bits on Windows: there the generated C_LONG, which no binding uses, would
# stop its class from being initialised.
drop_c_long() {
    sed -i.orig '/ C_LONG =/d' "$@"
}

# stamp TEXT FILE...: TEXT takes the place of the comment in the first line.
stamp() {
    local text=$1
    shift
    sed -i.orig "1s|.*|// $text|" "$@"
}

format() {
    local exports=() package
    for package in api code file parser tree util; do
        exports+=("--add-exports=jdk.compiler/com.sun.tools.javac.$package=ALL-UNNAMED")
    done
    "$JAVA" "${exports[@]}" -jar "$GOOGLE_JAVA_FORMAT" --aosp --replace "$@"
}
