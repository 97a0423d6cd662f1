package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class AtomicFileTest {
    private final Path folder;
    private final Path target;

    AtomicFileTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.target = Files.writeString(folder.resolve("kernel.npy"), "older");
    }

    private void assertUntouched() throws IOException {
        assertEquals("older", Files.readString(target));
        assertEquals(List.of("kernel.npy"), Samples.names(folder));
    }

    @Test
    void aFailureInTheMiddleLeavesTheOlderFile() throws IOException {
        UncheckedIOException failure =
                assertThrows(
                        UncheckedIOException.class,
                        () ->
                                AtomicFile.write(
                                        target,
                                        channel -> {
                                            channel.write(ByteBuffer.allocate(1000));
                                            throw new IOException("the cable was pulled");
                                        }));
        Samples.assertMessageNames("kernel.npy", failure);
        Samples.assertSays("the cable was pulled", failure);
        assertUntouched();
    }

    @Test
    void aFullDiskIsNamed() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        UncheckedIOException failure =
                assertThrows(
                        UncheckedIOException.class,
                        () ->
                                AtomicFile.write(
                                        target,
                                        channel -> {
                                            try (FileChannel sink =
                                                            FileChannel.open(
                                                                    full,
                                                                    StandardOpenOption.WRITE);
                                                    Tensor tensor = Samples.counting(10)) {
                                                channel.write(ByteBuffer.allocate(10));
                                                RowMajorWriter.writeNpy(sink, tensor);
                                            }
                                        }));
        Samples.assertMessageNames("kernel.npy", failure);
        Samples.assertSays("No space left on device", failure);
        assertUntouched();
    }

    @Test
    void anErrorInTheMiddleLeavesTheOlderFile() throws IOException {
        assertThrows(
                OutOfMemoryError.class,
                () ->
                        AtomicFile.write(
                                target,
                                _ -> {
                                    throw new OutOfMemoryError("injected");
                                }));
        assertUntouched();
    }

    @Test
    void anInterruptLeavesTheOlderFile() throws IOException {
        Thread.currentThread().interrupt();
        UncheckedIOException failure;
        try (Tensor tensor = Samples.counting(100)) {
            failure = assertThrows(UncheckedIOException.class, () -> Npy.write(target, tensor));
        } finally {
            assertTrue(Thread.interrupted());
        }
        Samples.assertSays("the thread was interrupted", failure);
        assertUntouched();
    }

    @Test
    void aClosedTensorLeavesTheOlderFile() throws IOException {
        Tensor tensor = Samples.counting(10);
        tensor.close();
        assertThrows(IllegalStateException.class, () -> Npy.write(target, tensor));
        assertThrows(IllegalStateException.class, () -> Npz.write(target, Map.of("x", tensor)));
        assertUntouched();
    }

    @Test
    void anArrayThatFailsAfterAnotherLeavesTheOlderFile() throws IOException {
        Tensor closed = Samples.counting(10);
        closed.close();
        try (Tensor tensor = Samples.counting(1000)) {
            Map<String, Tensor> arrays = new LinkedHashMap<>();
            arrays.put("good", tensor);
            arrays.put("closed", closed);
            assertThrows(IllegalStateException.class, () -> Npz.write(target, arrays));
            assertUntouched();
            assertThrows(InputException.class, () -> Npz.write(target, Map.of("", tensor)));
            String longName = "x".repeat(70_000);
            assertThrows(InputException.class, () -> Npz.write(target, Map.of(longName, tensor)));
            assertUntouched();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel.npy/x.npy", "missing/x.npy", "folder", "/", "/dev/null"})
    void whereNoFileCanBeIsRefusedByName(String place) throws IOException {
        Files.createDirectory(folder.resolve("folder"));
        Path refused = folder.resolve(place);
        try (Tensor tensor = Samples.counting(10)) {
            Samples.assertMessageNames(
                    refused.toString(),
                    assertThrows(UncheckedIOException.class, () -> Npy.write(refused, tensor)));
            Samples.assertMessageNames(
                    refused.toString(),
                    assertThrows(
                            UncheckedIOException.class,
                            () -> Npz.write(refused, Map.of("x", tensor))));
            Samples.assertMessageNames(
                    refused.toString(),
                    assertThrows(
                            UncheckedIOException.class,
                            () -> Npy.create(refused, tensor.dtype(), tensor.shape())));
        }
        assertEquals(List.of("folder", "kernel.npy"), Samples.names(folder));
        assertTrue(Samples.names(folder.resolve("folder")).isEmpty());
    }

    @Test
    void aSuccessReplacesTheOlderFileAndLeavesNothingElse() throws IOException {
        try (Tensor tensor = Samples.counting(10)) {
            Npy.write(target, tensor);
            try (Tensor read = Npy.read(target)) {
                assertArrayEquals(tensor.toArray(), read.toArray());
            }
        }
        assertEquals(List.of("kernel.npy"), Samples.names(folder));
    }

    @Test
    void aSymbolicLinkStaysAndItsFileIsReplaced() throws IOException {
        Path link = folder.resolve("link.npy");
        Files.createSymbolicLink(link, target);
        try (Tensor tensor = Samples.counting(10)) {
            Npy.write(link, tensor);
        }
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS));
        try (Tensor read = Npy.read(target)) {
            assertEquals(10, read.size());
        }
    }

    @Test
    void othersMayReadTheFileAsTheyMayAnyOther() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Path written = folder.resolve("written.npy");
        try (Tensor tensor = Samples.counting(10)) {
            Npy.write(written, tensor);
        }
        assertEquals(Files.getPosixFilePermissions(target), Files.getPosixFilePermissions(written));
    }

    @Test
    void tooLittleSpaceIsSaidBeforeAnythingIsWritten() throws IOException {
        try (AtomicFile file = AtomicFile.create(target)) {
            IOException failure =
                    assertThrows(IOException.class, () -> file.requireSpace(Long.MAX_VALUE));
            Samples.assertSays("9223372036.85 GB", failure);
            file.requireSpace(1);
        }
        assertUntouched();
        assertFalse(Files.exists(folder.resolve("x.npy")));
    }
}
