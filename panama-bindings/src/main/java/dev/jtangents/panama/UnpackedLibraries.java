package dev.jtangents.panama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The libraries of a jar as files: in the cache folder, or in a temporary one, which a note says,
 * when the cache folder cannot be used. Closed once the libraries are loaded.
 */
final class UnpackedLibraries implements AutoCloseable {
    private final List<Path> files;
    private final Optional<String> note;

    private UnpackedLibraries(List<Path> files, Optional<String> note) {
        this.files = files;
        this.note = note;
    }

    static UnpackedLibraries of(PlatformJar jar) throws IOException {
        try {
            Path folder = CacheFolder.ofThisUser().resolve(jar.folderName());
            return new UnpackedLibraries(LibraryCache.unpack(jar, folder), Optional.empty());
        } catch (IOException unusable) {
            Path folder = Files.createTempDirectory("jtangents-");
            String note =
                    "unpacked to a temporary folder, since the cache cannot be used: "
                            + RefusedException.explain(unusable);
            return new UnpackedLibraries(LibraryCache.unpack(jar, folder), Optional.of(note));
        }
    }

    List<Path> files() {
        return files;
    }

    Optional<String> note() {
        return note;
    }

    /**
     * Removes a temporary folder. Loaded libraries live on without their files, but on Windows,
     * where they stay.
     */
    @Override
    public void close() {
        if (note.isEmpty()) {
            return;
        }
        try {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(files.getLast().resolveSibling(""));
        } catch (IOException inUse) {
            // Nobody is helped by a failure to tidy up.
        }
    }
}
