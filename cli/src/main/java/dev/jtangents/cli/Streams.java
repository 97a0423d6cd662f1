package dev.jtangents.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and failures
 */
record Streams(PrintStream out, PrintStream err) {}
