package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.jtangents.panama.OpenBlas;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class ChosenTest {
    /** What the process without OpenBLAS runs. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            LinearAlgebra algebra = LinearAlgebra.get();
            try (Tensor two = Tensor.of(new double[] {2}, 1, 1);
                    Tensor result = Tensor.of(new double[] {1}, 1, 1)) {
                algebra.multiply(1, two, false, two, false, 1, result);
                System.out.print(algebra.description() + "|" + result.get(0, 0));
            }
        }
    }

    @Test
    void takesOpenBlasWhereItIsFound() {
        LinearAlgebra chosen = LinearAlgebra.get();
        assertSame(chosen, LinearAlgebra.get());
        assertEquals(
                OpenBlas.find().isPresent() ? OpenBlasAlgebra.class : JavaAlgebra.class,
                chosen.getClass());
        assertFalse(chosen.description().contains("\n"), chosen.description());
    }

    @Test
    void runsPlainJavaWithoutOpenBlas() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djtangents.openblas=none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertEquals("plain Java (no OpenBLAS", output.replaceFirst(":.*", ""));
        assertEquals("5.0", output.replaceFirst(".*\\|", ""));
    }
}
