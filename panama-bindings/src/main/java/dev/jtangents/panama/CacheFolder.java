package dev.jtangents.panama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where this user's cache is, and folders in it that no other user can write. */
final class CacheFolder {
    static final String PROPERTY = "jtangents.cache";

    private CacheFolder() {}

    /**
     * Returns the folder that the user chose, else the customary one.
     *
     * @throws IOException when the choice is no path, or when the user has no home folder
     */
    static Path ofThisUser() throws IOException {
        String chosen = System.getProperty(PROPERTY, "");
        try {
            return chosen.isEmpty()
                    ? of(
                            System.getProperty("os.name", ""),
                            System.getProperty("user.home", ""),
                            System.getenv())
                    : Path.of(chosen).toAbsolutePath();
        } catch (InvalidPathException malformed) {
            throw new IOException("the path of the cache is malformed", malformed);
        }
    }

    /** Follows the custom of the operating system. */
    static Path of(String operatingSystem, String home, Map<String, String> environment)
            throws IOException {
        String system = operatingSystem.toLowerCase(Locale.ROOT);
        if (system.startsWith("windows") && environment.containsKey("LOCALAPPDATA")) {
            return Path.of(environment.get("LOCALAPPDATA"), "jtangents");
        }
        // The XDG specification has relative paths ignored.
        Path chosen = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (!system.startsWith("mac") && chosen.isAbsolute()) {
            return chosen.resolve("jtangents");
        }
        // A user whom the system does not know has the home folder "?".
        if (!Path.of(home).isAbsolute()) {
            throw new IOException("this user has no home folder");
        }
        if (system.startsWith("mac")) {
            return Path.of(home, "Library", "Caches", "jtangents");
        }
        return Path.of(home, ".cache", "jtangents");
    }

    /**
     * Makes the folder unless it exists.
     *
     * @throws IOException when that fails, or when another user owns the folder or can write in it:
     *     what is loaded from there would be theirs to choose
     */
    static void createPrivate(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(folder);
            return;
        }
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class);
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("other users can write in " + folder);
        }
        Optional<String> user = ProcessHandle.current().info().user();
        if (user.isPresent() && !attributes.owner().getName().equals(user.get())) {
            throw new IOException(folder + " belongs to " + attributes.owner().getName());
        }
    }
}
