package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Refuses, before any work is done, a file that could not be written when it is done. */
final class OutputFile {
    private OutputFile() {}

    /**
     * The extension of the file, in lower case.
     *
     * @param option the option that named it
     * @throws InputException when it is none of these, or there is no such folder, or it is one
     */
    static String extension(String option, Path file, List<String> allowed) {
        String name = String.valueOf(file.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (Files.isDirectory(file)) {
            throw refused(option, file, "is a folder; name a file in it.");
        }
        if (!name.contains(".") || !allowed.contains(extension)) {
            throw refused(option, file, "has to end in ." + String.join(" or .", allowed) + ".");
        }
        requireFolder(option, file);
        return extension;
    }

    private static void requireFolder(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw refused(option, file, "there is no folder " + folder + "; make it first.");
        }
        if (!Files.isWritable(folder)) {
            throw refused(option, file, "the folder " + folder + " is write-protected.");
        }
    }

    private static InputException refused(String option, Path file, String reason) {
        return new InputException(option + " " + file + ": " + reason);
    }
}
