package dev.jtangents.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Objects;

/** Opens library files, and says why one cannot be opened. */
final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Loads a library for the life of the process. Generated bindings find its symbols, since this
     * class has the same class loader as they have.
     */
    static void load(Path file) throws RefusedException {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError error) {
            throw new RefusedException(message(file, error), error);
        }
    }

    /** Opens a library for as long as the arena lives, unseen by the bindings. */
    static SymbolLookup open(Path file, Arena arena) throws RefusedException {
        LibraryFile.check(file);
        try {
            return SymbolLookup.libraryLookup(file, arena);
        } catch (IllegalArgumentException unexplained) {
            // Only System.load passes on what the operating system says. It fails here too.
            load(file);
            throw new RefusedException(file + " cannot be opened", unexplained);
        }
    }

    /** Names the file once: the JVM puts its name before what the system says, often the same. */
    private static String message(Path file, UnsatisfiedLinkError error) {
        String text = Objects.requireNonNullElse(error.getMessage(), "cannot be loaded");
        String name = file + ": ";
        while (text.startsWith(name)) {
            text = text.substring(name.length());
        }
        return name + text.replaceAll("\\s+", " ");
    }
}
