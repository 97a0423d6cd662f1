package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ArrayFilesTest {
    private final Path folder;

    ArrayFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "little-f8.npy",
                "big-f4-fortran.npy",
                "single.npz",
                "stored.npz:x",
                "compressed.npz:fortran",
                "savetxt.csv",
                "savetxt.txt"
            })
    void readsEveryFormat(String name) {
        String location = Samples.file("scalar.npy").resolveSibling(name).toString();
        try (Tensor tensor = ArrayFiles.read(location)) {
            assertArrayEquals(Samples.REAL, tensor.toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"images-idx3-ubyte", "images-idx3-ubyte.gz"})
    void readsIdxByItsFirstBytes(String name) {
        try (Tensor tensor = ArrayFiles.read(Samples.file(name))) {
            assertArrayEquals(Samples.WHOLE, tensor.toArray());
        }
    }

    @Test
    void theFirstBytesMatterMoreThanTheName() throws IOException {
        Path file = folder.resolve("data.txt");
        Files.write(file, Samples.bytes("little-f8.npy"));
        try (Tensor tensor = ArrayFiles.read(file)) {
            assertEquals(24, tensor.size());
        }
    }

    @Test
    void aFileWhoseNameLooksLikeAnEntryIsAFile() throws IOException {
        Path file = folder.resolve("odd.npz:x");
        Files.write(file, Samples.bytes("single.npz"));
        try (Tensor tensor = ArrayFiles.read(file.toString())) {
            assertEquals(24, tensor.size());
        }
    }

    @Test
    void severalArraysAreListed() {
        InputException failure =
                assertThrows(
                        InputException.class, () -> ArrayFiles.read(Samples.file("stored.npz")));
        Samples.assertMessageNames("stored.npz:NAME", failure);
        Samples.assertSays("'x', 'y', 'fortran'", failure);
    }

    @Test
    void anUnknownFormatIsAnsweredWithTheKnownOnes() throws IOException {
        Path file = folder.resolve("data.bin");
        Files.writeString(file, "hello");
        InputException failure = assertThrows(InputException.class, () -> ArrayFiles.read(file));
        Samples.assertMessageNames("data.bin", failure);
        Samples.assertSays(".npz", failure);
        InputException noName = assertThrows(InputException.class, () -> ArrayFiles.read("a\0b"));
        Samples.assertMessageNames("a?b", noName);
    }
}
