package dev.jtangents.graph;

import java.lang.foreign.MemorySegment;

/** Inner products of an example with neighbouring ones, which have been computed before. */
interface InputRows {
    /** Whether an input's are. */
    boolean has(int node);

    /** Puts those of a row to an element of a strip's memory, unless they are there. */
    void copyRow(int node, long row, long column, int width, MemorySegment target, long offset);
}
