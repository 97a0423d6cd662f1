package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

class CifarBinaryTest {
    private final Path folder;

    CifarBinaryTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private byte[] pixels(int seed) {
        byte[] pixels = new byte[3072];
        new SplittableRandom(seed).nextBytes(pixels);
        return pixels;
    }

    @ParameterizedTest
    @EnumSource(CifarBinary.Variant.class)
    void readsSeveralFilesOneAfterAnother(CifarBinary.Variant variant) throws IOException {
        byte[] coarse = variant == CifarBinary.Variant.CIFAR_100 ? new byte[] {19} : new byte[0];
        Path first = folder.resolve("data_batch_1.bin");
        Path second = folder.resolve("data_batch_2.bin");
        Files.write(
                first,
                Samples.concat(
                        coarse, new byte[] {7}, pixels(0), coarse, new byte[] {0}, pixels(1)));
        Files.write(second, Samples.concat(coarse, new byte[] {9}, pixels(2)));
        try (CifarBinary.Batch batch = CifarBinary.read(variant, List.of(first, second))) {
            assertEquals(DType.F32, batch.images().dtype());
            assertEquals(Shape.of(3, 32, 32, 3), batch.images().shape());
            assertEquals(Shape.of(3), batch.labels().shape());
            assertArrayEquals(new double[] {7, 0, 9}, batch.labels().toArray());
            for (int image = 0; image < 3; image++) {
                byte[] expected = pixels(image);
                for (int i = 0; i < 3072; i++) {
                    int channel = i / 1024;
                    int row = i % 1024 / 32;
                    int column = i % 32;
                    assertEquals(
                            Byte.toUnsignedInt(expected[i]),
                            batch.images().get(image, row, column, channel));
                }
            }
        }
    }

    @Test
    void aFileOfTheOtherKindIsRefused() throws IOException {
        Path file = folder.resolve("x.bin");
        Files.write(file, new byte[3074]);
        InputException failure = assertThrows(InputException.class, () -> CifarBinary.read(file));
        Samples.assertMessageNames("x.bin", failure);
        Samples.assertSays("3073", failure);
    }

    @Test
    void theDamagedFileOfSeveralIsNamed() throws IOException {
        Path good = folder.resolve("good.bin");
        Path bad = folder.resolve("bad.bin");
        Files.write(good, new byte[2 * 3073]);
        byte[] wrongLabel = new byte[2 * 3073];
        wrongLabel[3073] = 10;
        Files.write(bad, wrongLabel);
        InputException failure =
                assertThrows(InputException.class, () -> CifarBinary.read(good, bad));
        Samples.assertMessageNames("bad.bin", failure);
        Samples.assertSays("record 1 has label 10", failure);
        assertThrows(InputException.class, CifarBinary::read);
    }
}
