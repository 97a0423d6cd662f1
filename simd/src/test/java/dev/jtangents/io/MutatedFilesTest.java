package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Valid files with bytes flipped, cut off or put in: they are read or refused with an {@link
 * InputException}, and no tensor is larger than the file can fill.
 */
class MutatedFilesTest {
    private static final int MUTATIONS = 2000;

    private final Path folder;

    MutatedFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "little-f8.npy",
                "big-i4.npy",
                "little-f4-fortran.npy",
                "version-2.npy",
                "stored.npz",
                "compressed.npz",
                "savetxt.csv",
                "savetxt.txt",
                "images-idx3-ubyte",
                "images-idx3-ubyte.gz",
                "cifar.bin"
            })
    void areReadOrRefused(String name) throws IOException {
        byte[] valid = name.equals("cifar.bin") ? new byte[2 * 3073] : Samples.bytes(name);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutate(valid, random);
            Path file = Files.write(folder.resolve(name), mutated);
            try {
                readAndTouch(file, mutated.length);
            } catch (InputException refused) {
                String message = String.valueOf(refused.getMessage());
                assertTrue(message.contains(file.toString()), message);
                assertTrue(message.lines().count() == 1, message);
            } catch (RuntimeException | Error other) {
                Path kept = Files.write(Files.createTempFile("mutated", name), mutated);
                fail("Mutation " + i + " of " + name + " in " + kept, other);
            }
        }
    }

    private static void readAndTouch(Path file, int length) {
        for (Tensor tensor : read(file)) {
            try (tensor) {
                // Deflate makes at most 1032 bytes of one, and each is at most one element.
                assertTrue(tensor.size() <= 1032L * length, tensor + " from " + length);
                assertTrue(tensor.toArray().length == tensor.size());
            }
        }
    }

    private static List<Tensor> read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".npz")) {
            return List.copyOf(Npz.read(file).values());
        }
        if (name.endsWith(".npy")) {
            return List.of(Npy.read(file));
        }
        if (name.endsWith(".bin")) {
            CifarBinary.Batch batch = CifarBinary.read(file);
            return List.of(batch.images(), batch.labels());
        }
        return List.of(name.startsWith("savetxt") ? Csv.read(file, DType.F32) : Idx.read(file));
    }

    private static byte[] mutate(byte[] valid, SplittableRandom random) {
        byte[] mutated = valid.clone();
        // Headers are small: most mutations shall hit them.
        int reach = random.nextBoolean() ? Math.min(valid.length, 130) : valid.length;
        int edits = random.nextInt(1, 4);
        for (int edit = 0; edit < edits; edit++) {
            int at = random.nextInt(reach);
            mutated[at] =
                    switch (random.nextInt(3)) {
                        case 0 -> (byte) (mutated[at] ^ (1 << random.nextInt(8)));
                        case 1 -> (byte) random.nextInt(256);
                        default -> (byte) "0123456789 ,()'<>ef-\"\n".charAt(random.nextInt(22));
                    };
        }
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(mutated, random.nextInt(valid.length));
            case 1 -> Samples.concat(mutated, new byte[random.nextInt(1, 20)]);
            case 2 -> {
                int at = random.nextInt(reach);
                yield Samples.concat(
                        Arrays.copyOf(mutated, at),
                        new byte[] {(byte) random.nextInt(256)},
                        Arrays.copyOfRange(mutated, at, valid.length));
            }
            default -> mutated;
        };
    }
}
