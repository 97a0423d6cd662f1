package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

import java.nio.file.Path;

/** Says what was written. */
final class WrittenLine {
    private WrittenLine() {}

    static String of(Path file, String name, Tensor array) {
        return file + ": " + name + " " + array.shape() + " " + array.dtype().label();
    }
}
