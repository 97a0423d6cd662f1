package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

class NpzTest {
    private final Path folder;

    NpzTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Tensor array(Map<String, Tensor> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "compressed.npz"})
    void readsWhatNumPyWrote(String name) {
        Path file = Samples.file(name);
        assertEquals(List.of("x", "y", "fortran"), Npz.names(file));
        Map<String, Tensor> arrays = Npz.read(file);
        assertEquals(List.of("x", "y", "fortran"), List.copyOf(arrays.keySet()));
        assertArrayEquals(Samples.REAL, array(arrays, "x").toArray());
        assertArrayEquals(Samples.WHOLE, array(arrays, "y").toArray());
        assertEquals(DType.F32, array(arrays, "fortran").dtype());
        assertArrayEquals(Samples.REAL, array(arrays, "fortran").toArray());
        arrays.values().forEach(Tensor::close);
        try (Tensor one = Npz.read(file, "fortran")) {
            assertEquals(Shape.of(2, 3, 4), one.shape());
            assertArrayEquals(Samples.REAL, one.toArray());
        }
    }

    @Test
    void whatIsWrittenComesBackInOrder() throws IOException {
        Path file = folder.resolve("x.npz");
        try (Tensor large = Samples.counting(300, 500);
                Tensor scalar = Samples.counting();
                Tensor single = large.copy(DType.F32)) {
            Map<String, Tensor> arrays = new LinkedHashMap<>();
            arrays.put("ntk", large);
            arrays.put("view", large.transpose(1, 0));
            arrays.put("a name, with \u00e9", single.slice(1, 3, 5));
            arrays.put("empty", large.slice(0, 0, 0));
            arrays.put("../../scalar", scalar);
            Npz.write(file, arrays);
            Map<String, Tensor> read = Npz.read(file);
            assertEquals(List.copyOf(arrays.keySet()), List.copyOf(read.keySet()));
            arrays.forEach(
                    (name, array) -> {
                        try (Tensor found = array(read, name)) {
                            assertEquals(array.dtype(), found.dtype());
                            assertEquals(array.shape(), found.shape());
                            assertArrayEquals(array.toArray(), found.toArray());
                        }
                    });
            assertEquals(List.of("x.npz"), Samples.names(folder));
            byte[] once = Files.readAllBytes(file);
            Npz.write(file, arrays);
            assertArrayEquals(once, Files.readAllBytes(file));
        }
    }

    @Test
    void entriesThatAreNoArraysAreIgnored() throws IOException {
        Path file = folder.resolve("x.npz");
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("readme.txt", Samples.ascii("no array"));
        entries.put("../escape.npy", Samples.bytes("vector.npy"));
        Files.write(file, Samples.zip(entries));
        assertEquals(List.of("../escape"), Npz.names(file));
        try (Tensor vector = Npz.read(file, "../escape")) {
            assertEquals(5, vector.size());
        }
        assertEquals(List.of("x.npz"), Samples.names(folder));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        InputException failure =
                assertThrows(InputException.class, () -> Npz.read(Samples.file("stored.npz"), "z"));
        Samples.assertMessageNames("stored.npz", failure);
        Samples.assertMessageNames("'x', 'y', 'fortran'", failure);
    }
}
