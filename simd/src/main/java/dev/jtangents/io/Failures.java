package dev.jtangents.io;

import dev.jtangents.tensor.InputException;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What readers and writers say when a file cannot be used: one line that names the file. */
final class Failures {
    private static final int QUOTED_CHARACTERS = 40;
    private static final int LISTED_NAMES = 10;

    private Failures() {}

    /** What was read from this source (a file, or an entry of one) is not what was expected. */
    static InputException unusable(String source, String what) {
        return new InputException(source + ": " + what);
    }

    /** This source could not be read at all, or not to its end. */
    static InputException unreadable(String source, IOException cause) {
        return new InputException(source + ": cannot be read: " + reason(cause) + ".", cause);
    }

    /** This file could not be written. */
    static UncheckedIOException unwritable(Path file, IOException cause) {
        return new UncheckedIOException(
                file
                        + ": cannot be written: "
                        + reason(cause)
                        + ". No file was left or changed under this name.",
                cause);
    }

    /** What an unchecked exception of input or output was made of. */
    static IOException cause(UncheckedIOException failure) {
        return Objects.requireNonNull(failure.getCause());
    }

    /** Runs an action that does not know which file it serves, and adds the file's name. */
    static <T> T naming(String source, Supplier<T> action) {
        try {
            return action.get();
        } catch (InputException unnamed) {
            throw new InputException(source + ": " + unnamed.getMessage(), unnamed);
        }
    }

    /**
     * The length of a regular file in bytes.
     *
     * @throws InputException when there is none, or a folder or a device of that name
     */
    static long regularFileLength(Path file) {
        if (!Files.exists(file)) {
            throw unusable(file.toString(), "there is no such file.");
        }
        if (!Files.isRegularFile(file)) {
            throw unusable(
                    file.toString(),
                    (Files.isDirectory(file) ? "is a folder" : "is not a regular file")
                            + "; expected a file that holds an array.");
        }
        try {
            return Files.size(file);
        } catch (IOException failure) {
            throw unreadable(file.toString(), failure);
        }
    }

    /** Text from a file, as a message may show it: short, on one line, in quotes. */
    static String quote(String text) {
        String shown =
                text.codePoints()
                        .limit(QUOTED_CHARACTERS)
                        .map(point -> Character.isISOControl(point) ? '?' : point)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return "'" + shown + (text.length() > QUOTED_CHARACTERS ? "...'" : "'");
    }

    /** Names from a file, as a message may show them: some of many, in quotes. */
    static String list(Collection<String> names) {
        String some =
                names.stream()
                        .limit(LISTED_NAMES)
                        .map(Failures::quote)
                        .collect(Collectors.joining(", "));
        int more = names.size() - LISTED_NAMES;
        return more > 0 ? some + " and " + more + " more" : some;
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException named when named.getReason() != null -> named.getReason();
            case EOFException _ -> "it ends too early";
            case ClosedByInterruptException _ -> "the thread was interrupted";
            default ->
                    Objects.requireNonNullElse(
                            failure.getMessage(), failure.getClass().getSimpleName());
        };
    }
}
