/** The command line: kernels, predictions and plans from files, and a demonstration. */
@NullMarked
package dev.jtangents.cli;

import org.jspecify.annotations.NullMarked;
