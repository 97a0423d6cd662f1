package dev.jtangents.cli;

import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * Where the arrays of a command go.
 *
 * @param file the .npz file that takes them, or null for a summary
 * @param out takes what was written, or the summary
 */
record ArrayOutput(@Nullable Path file, PrintStream out) {
    /** Hands arrays to the user by their names. */
    void write(SequencedMap<String, Tensor> arrays) {
        if (file == null) {
            arrays.forEach((name, array) -> KernelSummary.print(name, array, out));
            return;
        }
        Npz.write(file, arrays);
        arrays.forEach((name, array) -> out.println(WrittenLine.of(file, name, array)));
    }
}
