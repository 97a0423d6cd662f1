package dev.jtangents.graph;

/** The two batches of a kernel. */
enum Side {
    FIRST,
    SECOND
}
