package dev.jtangents.panama;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;

/**
 * A folder into which a jar's libraries are unpacked once, for all processes of a user.
 *
 * <p>A file is trusted when its size and CRC-32 are those that the jar's directory lists: these
 * cost no unpacking to know and few milliseconds to check at each start, and they tell a truncated
 * or damaged file. Against files that someone altered on purpose stands {@link
 * CacheFolder#createPrivate}.
 *
 * <p>A file gets its name only when it is whole, by an atomic move. So any number of processes may
 * unpack at once, and one that is killed leaves nothing that another would take for a library.
 */
final class LibraryCache {
    private static final String PART = ".part";
    private static final Duration ABANDONED = Duration.ofHours(1);

    private LibraryCache() {}

    /** Returns the jar's libraries as files of the folder, in the jar's order. */
    static List<Path> unpack(PlatformJar jar, Path folder) throws IOException {
        CacheFolder.createPrivate(folder);
        var files = new ArrayList<Path>();
        for (JarEntry library : jar.libraries()) {
            Path file = folder.resolve(library.getName().replaceFirst(".*/", ""));
            if (!matches(file, library)) {
                removeAbandonedParts(folder);
                unpack(jar, library, file);
            }
            files.add(file);
        }
        return List.copyOf(files);
    }

    private static void unpack(PlatformJar jar, JarEntry library, Path file) throws IOException {
        Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), PART);
        try {
            try (InputStream in = jar.open(library);
                    OutputStream out = new FileOutputStream(part.toFile())) {
                in.transferTo(out);
            }
            if (!matches(part, library)) {
                throw new IOException("the jar's " + library.getName() + " is damaged");
            }
            moveInto(part, file, library);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void moveInto(Path part, Path file, JarEntry library) throws IOException {
        try {
            Files.move(part, file, ATOMIC_MOVE);
        } catch (IOException error) {
            // Windows replaces no library that is in use: another process has put it there.
            if (!matches(file, library)) {
                throw error;
            }
        }
    }

    static boolean matches(Path file, JarEntry library) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == library.getSize()
                && checksum(file) == library.getCrc();
    }

    /** Reads by stream: a channel would be closed under a thread that is interrupted. */
    private static long checksum(Path file) throws IOException {
        var checksum = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = new FileInputStream(file.toFile())) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                checksum.update(buffer, 0, count);
            }
        }
        return checksum.getValue();
    }

    /** Removes what killed processes left; the parts of running ones are younger. */
    private static void removeAbandonedParts(Path folder) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*" + PART)) {
            for (Path part : parts) {
                removeIfOlder(part, limit);
            }
        }
    }

    private static void removeIfOlder(Path part, Instant limit) throws IOException {
        try {
            if (Files.getLastModifiedTime(part).toInstant().isBefore(limit)) {
                Files.deleteIfExists(part);
            }
        } catch (NoSuchFileException finished) {
            // Another process has given it its name meanwhile.
        }
    }
}
