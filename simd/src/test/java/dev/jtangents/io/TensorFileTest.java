package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

class TensorFileTest {
    private final Path file;
    private final SequencedMap<String, String> properties = new LinkedHashMap<>();
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

    TensorFileTest(@TempDir Path folder) {
        this.file = folder.resolve("fit");
        properties.put("name", "a naïve value, with\nlines");
        properties.put("empty", "");
        tensors.put("doubles", Tensor.of(new double[] {1, -0.0, Double.NaN, 4}, 2, 2));
        tensors.put("none", Tensor.allocate(DType.F64, Shape.of(0, 3)));
        tensors.put("floats", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(1, 0));
    }

    private void write(String kind, int version) {
        TensorFile.write(file, kind, version, properties, tensors);
    }

    private void assertRefused(String... words) {
        String message =
                assertThrows(InputException.class, () -> TensorFile.open(file, "fit", 2).close())
                        .getMessage();
        assertTrue(message.startsWith(file.toString()) && !message.contains("\n"), message);
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        write("fit", 2);
        try (TensorFile opened = TensorFile.open(file, "fit", 2)) {
            properties.forEach((name, value) -> assertEquals(value, opened.property(name)));
            tensors.forEach(
                    (name, tensor) -> {
                        assertTrue(opened.has(name));
                        assertEquals(tensor.dtype(), opened.tensor(name).dtype());
                        assertEquals(tensor.shape(), opened.tensor(name).shape());
                        assertArrayEquals(tensor.toArray(), opened.tensor(name).toArray());
                        assertEquals(0, opened.tensor(name).segment().address() % 64);
                    });
            assertFalse(opened.has("other"));
            assertThrows(InputException.class, () -> opened.tensor("other"));
            assertThrows(InputException.class, () -> opened.property("other"));
        }
    }

    @Test
    void olderVersionsAreReadAndNewerOnesRefused() {
        write("fit", 1);
        TensorFile.open(file, "fit", 2).close();
        write("fit", 3);
        assertRefused("newer", "fit 3", "up to 2");
    }

    @Test
    void newerFormatsAreRefused() throws IOException {
        write("fit", 1);
        byte[] bytes = Files.readAllBytes(file);
        bytes[11] = 2;
        Files.write(file, bytes);
        assertRefused("newer", "format 2");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        write("kernel", 1);
        assertRefused("kernel", "expected was a fit");
        Npy.write(file, Tensor.of(new double[] {1}, 1));
        assertRefused("no file of jtangents' own");
        Files.delete(file);
        assertRefused("no such file");
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        write("fit", 1);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(length < 8 ? "no file of jtangents' own" : "truncated");
        }
    }

    @Test
    void damagedHeadersAreRefused() throws IOException {
        write("fit", 1);
        byte[] whole = Files.readAllBytes(file);
        int text = 24;
        for (int at = text; at < text + 100; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertRefused("damaged");
        }
    }
}
