package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class LibraryCacheTest {
    private final Path cache;
    private final PlatformJar jar;

    LibraryCacheTest(@TempDir Path cache) throws IOException, RefusedException {
        this.cache = cache;
        jar = PlatformJar.find(Platform.current());
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    private void assertWhole(List<Path> files) throws IOException {
        assertEquals(Platform.current().bundledFiles().size(), files.size());
        for (int i = 0; i < files.size(); i++) {
            assertTrue(LibraryCache.matches(files.get(i), jar.libraries().get(i)));
        }
    }

    @Test
    void unpacksOnce() throws IOException {
        List<Path> files = LibraryCache.unpack(jar, cache.resolve("a"));
        assertWhole(files);
        FileTime time = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(files.getLast(), time);
        assertEquals(files, LibraryCache.unpack(jar, cache.resolve("a")));
        assertEquals(time, Files.getLastModifiedTime(files.getLast()));
    }

    @Test
    void replacesATruncatedFile() throws IOException {
        Path library = LibraryCache.unpack(jar, cache.resolve("a")).getLast();
        try (var file = new RandomAccessFile(library.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertWhole(LibraryCache.unpack(jar, cache.resolve("a")));
    }

    @Test
    void replacesAFileWithOneOtherByte() throws IOException {
        Path library = LibraryCache.unpack(jar, cache.resolve("a")).getLast();
        try (var file = new RandomAccessFile(library.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int old = file.read();
            file.seek(file.length() / 2);
            file.write(old ^ 1);
        }
        assertFalse(LibraryCache.matches(library, jar.libraries().getLast()));
        assertWhole(LibraryCache.unpack(jar, cache.resolve("a")));
    }

    @Test
    void removesAbandonedPartsOnly() throws IOException {
        Path folder = cache.resolve("a");
        CacheFolder.createPrivate(folder);
        Path old = Files.writeString(folder.resolve("library1.part"), "half");
        Path young = Files.writeString(folder.resolve("library2.part"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        assertWhole(LibraryCache.unpack(jar, folder));
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young));
    }

    @Test
    void survivesAnInterruptedThread() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertWhole(LibraryCache.unpack(jar, cache.resolve("a")));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void processesMayUnpackAtOnce() throws Exception {
        var children = new ArrayList<ChildJvm>();
        for (int i = 0; i < 4; i++) {
            children.add(
                    ChildJvm.start(
                            Map.of(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Djtangents.cache=" + cache));
        }
        for (ChildJvm child : children) {
            String output = child.output();
            assertTrue(output.contains("from its jar: " + cache), output);
            assertTrue(output.endsWith("= 25.0"), output);
        }
        try (Stream<Path> files = Files.list(cache.resolve(jar.folderName()))) {
            assertEquals(Platform.current().bundledFiles().size(), files.count());
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsReplaced() throws Exception {
        Path file = Files.writeString(cache.resolve("file"), "in the way");
        Path temporary = Files.createDirectories(cache.resolve("temporary"));
        String output =
                ChildJvm.run(
                        "-Djtangents.cache=" + file.resolve("cache"),
                        "-Djava.io.tmpdir=" + temporary);
        assertTrue(output.contains("from its jar: " + temporary), output);
        assertTrue(
                output.contains(
                        "(unpacked to a temporary folder, since the cache cannot be used: " + file),
                output);
        assertTrue(output.endsWith("= 25.0"), output);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theTemporaryFolderIsRemoved() throws Exception {
        Path file = Files.writeString(cache.resolve("file"), "in the way");
        Path temporary = Files.createDirectories(cache.resolve("temporary"));
        ChildJvm.run("-Djtangents.cache=" + file.resolve("cache"), "-Djava.io.tmpdir=" + temporary);
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFolderThatOthersCanWriteIsNotUsed() throws IOException {
        Path folder = Files.createDirectory(cache.resolve("shared"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        IOException error = assertThrows(IOException.class, () -> LibraryCache.unpack(jar, folder));
        assertEquals("other users can write in " + folder, error.getMessage());
    }
}
