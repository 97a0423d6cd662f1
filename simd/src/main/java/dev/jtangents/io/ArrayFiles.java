package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Reads an array from a file of any known format. The first bytes decide: .npy, .npz (with one
 * array, or one that is named) and IDX (gzipped or not) are known by them. A file of another
 * beginning is read as text when its name ends in .csv, .tsv or .txt.
 */
public final class ArrayFiles {
    private static final String MEMBER = ".npz:";

    private ArrayFiles() {}

    /**
     * The array at a location as a command line gives it: the path of a file, or {@code
     * file.npz:name} for one array of several. The tensor owns its memory; the caller closes it.
     *
     * @throws InputException when there is no such file or array, or it cannot be read
     */
    public static Tensor read(String location) {
        int member = location.indexOf(MEMBER);
        if (member < 0 || Files.exists(path(location))) {
            return read(path(location));
        }
        int colon = member + MEMBER.length() - 1;
        return Npz.read(path(location.substring(0, colon)), location.substring(colon + 1));
    }

    /**
     * The array of a file, of the type that the reader of its format chooses; text is read as f64.
     * The tensor owns its memory; the caller closes it.
     *
     * @throws InputException when the file cannot be read, is of no known format, or is an .npz
     *     file of several arrays
     */
    public static Tensor read(Path file) {
        byte[] start = start(file);
        if (NpyHeader.isMagic(start)) {
            return Npy.read(file);
        }
        if (isZip(start)) {
            return onlyArray(file);
        }
        if (Idx.isMagic(start) || Idx.isGzip(start)) {
            return Idx.read(file);
        }
        return switch (extension(file)) {
            case "csv", "tsv", "txt" -> Csv.read(file, DType.F64);
            case "npy" -> Npy.read(file);
            case "npz" -> onlyArray(file);
            default ->
                    throw Failures.unusable(
                            file.toString(),
                            (start.length == 0 ? "is empty" : "is of no known format")
                                    + "; known are .npy, .npz, IDX (.gz or not), and .csv, .tsv or"
                                    + " .txt.");
        };
    }

    private static Tensor onlyArray(Path file) {
        List<String> names = Npz.names(file);
        if (names.size() > 1) {
            throw Failures.unusable(
                    file.toString(),
                    "holds several arrays "
                            + Failures.list(names)
                            + "; name one as in "
                            + file
                            + ":NAME.");
        }
        return Npz.read(file, names.getFirst());
    }

    private static byte[] start(Path file) {
        Failures.regularFileLength(file);
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(8);
        } catch (IOException failure) {
            throw Failures.unreadable(file.toString(), failure);
        }
    }

    private static boolean isZip(byte[] start) {
        return start.length >= 4 && start[0] == 'P' && start[1] == 'K';
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static Path path(String location) {
        try {
            return Path.of(location);
        } catch (InvalidPathException invalid) {
            throw new InputException(
                    Failures.quote(location)
                            + ": is no name of a file: "
                            + invalid.getReason()
                            + ".",
                    invalid);
        }
    }
}
