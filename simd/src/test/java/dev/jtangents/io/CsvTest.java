package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class CsvTest {
    private final Path folder;

    CsvTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("x.csv"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1,2,3\n4,5,6\n",
                "1,2,3\r\n4,5,6",
                "1;2;3\n4;5;6\n",
                "1\t2\t3\n4\t5\t6\n",
                "1 2 3\n4 5 6\n",
                "   1.0   2   3e0\n 4   5   6  \n",
                "a,b,c\n1,2,3\n4,5,6\n",
                "\"a, or so\",b,c\n1,2,3\n4,5,6\n",
                ",0,1\n1,2,3\n4,5,6\n",
                "# a comment; with a semicolon\n\n1, 2, 3\n\n4 , 5 , 6\n   \n",
                "\"1\",\"2\",\"3\"\n\"4\",\"5\",\"6\"\n",
                "\uFEFF1,2,3\n4,5,6\n",
                "+1,2.,.3e1\n4,5,6\n",
            })
    void readsEveryWayToWriteATable(String text) throws IOException {
        for (DType dtype : DType.values()) {
            try (Tensor table = Csv.read(file(text), dtype)) {
                assertEquals(dtype, table.dtype());
                assertEquals(Shape.of(2, 3), table.shape());
                assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, table.toArray());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"savetxt.csv", "savetxt.txt"})
    void readsWhatNumPyWrote(String name) {
        try (Tensor table = Csv.read(Samples.file(name), DType.F64)) {
            assertEquals(Shape.of(6, 4), table.shape());
            assertArrayEquals(Samples.REAL, table.toArray());
        }
    }

    @Test
    void numbersThatAreNotFiniteAreRead() throws IOException {
        try (Tensor table = Csv.read(file("nan,inf,-inf\nNaN,Infinity,-Inf\n"), DType.F32)) {
            double[] row = {
                Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
                Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
            };
            assertArrayEquals(row, table.toArray());
        }
    }

    @Test
    void readsManyRowsAndManyColumns() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            rows.append(i).append(',').append(-i).append('\n');
        }
        try (Tensor table = Csv.read(file(rows.toString()), DType.F64)) {
            assertEquals(Shape.of(5000, 2), table.shape());
            for (int i = 0; i < 5000; i++) {
                assertEquals(i, table.get(i, 0));
                assertEquals(-i, table.get(i, 1));
            }
        }
        try (Tensor table = Csv.read(file("0,".repeat(99_999) + "7\n"), DType.F64)) {
            assertEquals(Shape.of(1, 100_000), table.shape());
            assertEquals(7, table.get(0, 99_999));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2\\n3,x\\n|line 2, column 2",
                "a,b\\n1,2\\n\\n3,4,5\\n|line 4 has 3 columns",
                "a,b\\n1,2\\n3\\n|line 3 has 1 columns",
                "1,2\\n3,\\n|line 2, column 2: expected a number, found ''",
                "1,2\\n3,1.5f\\n|line 2, column 2",
                "1,2\\n0x10,1\\n|line 2, column 1",
                "1,2\\n3,--4\\n|found '--4'",
                "1;2\\n3;4,5\\n|found '4,5'",
            })
    void errorsNameLineAndColumn(String text, String expected) throws IOException {
        Path file = file(text.replace("\\n", "\n"));
        InputException failure =
                assertThrows(InputException.class, () -> Csv.read(file, DType.F64));
        Samples.assertMessageNames("x.csv", failure);
        Samples.assertSays(expected, failure);
    }
}
