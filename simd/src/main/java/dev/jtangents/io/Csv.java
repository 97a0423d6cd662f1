package dev.jtangents.io;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Tables of numbers as text, in UTF-8: one row a line, a point in decimals, cells in quotes or not.
 * Empty lines and lines that begin with {@code #} are skipped. A first row with a cell that is no
 * number is a header and skipped too. {@code nan} and {@code inf} are numbers, in any case.
 *
 * <p><b>Separator.</b> The first line that is not skipped decides: a semicolon when it has one,
 * else a tab, else a comma, else spaces, of which several separate as one does.
 */
public final class Csv {
    private static final int SNIFFED_BYTES = 1 << 20;
    private static final int MOST_COLUMNS = 1 << 24;
    private static final int LONGEST_CELL = 1 << 16;
    private static final int LONGEST_ROW = 1 << 28;
    private static final long FIRST_CAPACITY = 1024;

    private Csv() {}

    /**
     * The numbers of a file as a matrix (rows, columns) that owns its memory; the caller closes it.
     *
     * @throws InputException when the file cannot be read, holds no row, has rows of different
     *     lengths, or a cell that is no number; it names line and column
     */
    public static Tensor read(Path file, DType dtype) {
        String source = file.toString();
        if (Failures.regularFileLength(file) == 0) {
            throw Failures.unusable(source, "is empty; expected rows of numbers.");
        }
        try {
            char separator = separator(file);
            CsvRecordHandler handler =
                    CsvRecordHandler.builder()
                            .maxFields(MOST_COLUMNS)
                            .maxFieldSize(LONGEST_CELL)
                            .maxRecordSize(LONGEST_ROW)
                            .build();
            try (CsvReader<CsvRecord> records =
                            CsvReader.builder()
                                    .fieldSeparator(separator)
                                    .commentStrategy(CommentStrategy.SKIP)
                                    .allowExtraFields(true)
                                    .allowMissingFields(true)
                                    .detectBomHeader(true)
                                    .build(handler, file, StandardCharsets.UTF_8);
                    Rows rows = new Rows(source, dtype)) {
                for (CsvRecord row : records) {
                    rows.add(row.getStartingLineNumber(), cells(row, separator));
                }
                return rows.matrix();
            }
        } catch (IOException failure) {
            throw Failures.unreadable(source, failure);
        } catch (UncheckedIOException failure) {
            throw Failures.unreadable(source, Failures.cause(failure));
        } catch (CsvParseException failure) {
            throw new InputException(
                    source + ": is no table of numbers: " + failure.getMessage() + ".", failure);
        }
    }

    private static char separator(Path file) throws IOException {
        byte[] start;
        try (InputStream stream = Files.newInputStream(file)) {
            start = stream.readNBytes(SNIFFED_BYTES);
        }
        String line =
                new String(start, StandardCharsets.UTF_8)
                        .lines()
                        .filter(candidate -> !candidate.isBlank() && !candidate.startsWith("#"))
                        .findFirst()
                        .orElse("");
        for (char separator : new char[] {';', '\t', ','}) {
            if (line.indexOf(separator) >= 0) {
                return separator;
            }
        }
        return ' ';
    }

    private static List<String> cells(CsvRecord row, char separator) {
        List<String> cells = row.getFields().stream().map(String::strip).toList();
        boolean blank = cells.size() == 1 && cells.getFirst().isEmpty();
        return separator == ' ' || blank
                ? cells.stream().filter(cell -> !cell.isEmpty()).toList()
                : cells;
    }

    private static OptionalDouble number(String cell) {
        if (isDecimal(cell)) {
            try {
                return OptionalDouble.of(Double.parseDouble(cell));
            } catch (NumberFormatException notANumber) {
                return OptionalDouble.empty();
            }
        }
        return switch (cell.toLowerCase(Locale.ROOT)) {
            case "nan", "+nan", "-nan" -> OptionalDouble.of(Double.NaN);
            case "inf", "+inf", "infinity", "+infinity" ->
                    OptionalDouble.of(Double.POSITIVE_INFINITY);
            case "-inf", "-infinity" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
            default -> OptionalDouble.empty();
        };
    }

    /** Java would also take hexadecimal numbers, and type suffixes as in 1.5f. */
    private static boolean isDecimal(String cell) {
        for (int i = 0; i < cell.length(); i++) {
            if ("0123456789.eE+-".indexOf(cell.charAt(i)) < 0) {
                return false;
            }
        }
        return !cell.isEmpty();
    }

    /** Rows of equal length, gathered in memory that doubles when it is full. */
    private static final class Rows implements AutoCloseable {
        private final String source;
        private final DType dtype;
        private Tensor gathered;
        private long count;
        private int columns = -1;

        Rows(String source, DType dtype) {
            this.source = source;
            this.dtype = dtype;
            this.gathered = Tensor.allocate(dtype, Shape.of(0, 0));
        }

        void add(long line, List<String> cells) {
            if (cells.isEmpty()) {
                return;
            }
            if (columns < 0) {
                columns = cells.size();
                if (cells.stream().anyMatch(cell -> number(cell).isEmpty())) {
                    return;
                }
            }
            if (cells.size() != columns) {
                throw Failures.unusable(
                        source,
                        "line "
                                + line
                                + " has "
                                + cells.size()
                                + " columns; the first row has "
                                + columns
                                + ".");
            }
            reserve();
            for (int column = 0; column < columns; column++) {
                gathered.set(value(line, column, cells.get(column)), count, column);
            }
            count++;
        }

        private double value(long line, int column, String cell) {
            OptionalDouble value = number(cell);
            if (value.isEmpty()) {
                throw Failures.unusable(
                        source,
                        "line "
                                + line
                                + ", column "
                                + (column + 1)
                                + ": expected a number, found "
                                + Failures.quote(cell)
                                + ".");
            }
            return value.getAsDouble();
        }

        private void reserve() {
            if (count == gathered.shape().extent(0)) {
                long capacity = Math.max(1, Math.max(2 * count, FIRST_CAPACITY / columns));
                Shape shape = Shape.of(capacity, columns);
                Tensor larger = Failures.naming(source, () -> Tensor.allocate(dtype, shape));
                if (count > 0) {
                    larger.slice(0, 0, count).assign(gathered);
                }
                gathered.close();
                gathered = larger;
            }
        }

        Tensor matrix() {
            if (count == 0) {
                throw Failures.unusable(source, "holds no row of numbers.");
            }
            return Failures.naming(source, () -> gathered.slice(0, 0, count).copy(dtype));
        }

        @Override
        public void close() {
            gathered.close();
        }
    }
}
