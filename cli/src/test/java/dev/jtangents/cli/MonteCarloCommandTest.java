package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npy;
import dev.jtangents.io.Npz;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.Model;
import dev.jtangents.layers.MonteCarloEstimate;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;

final class MonteCarloCommandTest {
    private static final int SEED = 3;

    @TempDir private Path folder;

    private final Network network = Model.parse("model", Samples.MODEL);
    private Path model = Path.of("");
    private Path a = Path.of("");
    private Path b = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void writeInputs() {
        model = Samples.text(folder.resolve("model.json"), Samples.MODEL);
        a = Samples.npy(folder.resolve("a.npy"), Samples.random(1, 7, 5));
        b = Samples.npy(folder.resolve("b.npy"), Samples.random(2, 4, 5));
        out = folder.resolve("K.npz");
    }

    /** The command line for a model, with more options. */
    private String[] arguments(Object... more) {
        return Stream.concat(
                        Stream.of("mc", "--model", model, "--out", out, "--seed", SEED),
                        Stream.of(more))
                .map(Object::toString)
                .toArray(String[]::new);
    }

    /** Runs it, with success. */
    private Outcome run(Object... more) {
        Outcome outcome = Outcome.of((Object[]) arguments(more));
        assertEquals(0, outcome.status(), outcome.err());
        return outcome;
    }

    private double[] array(String name) {
        try (Tensor array = Npz.read(out, name)) {
            return array.toArray();
        }
    }

    /** The lines of the table, each in words. */
    private static List<List<String>> table(Outcome outcome) {
        return outcome.out()
                .lines()
                .filter(line -> !line.contains("K.npz"))
                .skip(1)
                .map(line -> List.of(line.strip().split(" +", -1)))
                .toList();
    }

    @Test
    void writesTheLastEstimateAndItsErrors() {
        Outcome outcome = run("--x1", a, "--x2", b, "--samples", "20,5");
        assertEquals(
                List.of("nngp", "ntk", "nngp_standard_error", "ntk_standard_error"),
                Npz.names(out));
        try (Tensor x1 = Npy.read(a);
                Tensor x2 = Npy.read(b);
                MonteCarloEstimate expected =
                        network.monteCarlo(SEED)
                                .estimate(x1, x2, EnumSet.allOf(KernelName.class), 20)) {
            for (KernelName name : KernelName.values()) {
                try (Tensor mean = Npz.read(out, name.label());
                        Tensor error = Npz.read(out, name.label() + "_standard_error")) {
                    assertSame(expected.mean().get(name), mean);
                    assertSame(expected.standardError().get(name), error);
                }
            }
            List<List<String>> table = table(outcome);
            assertEquals(List.of("5", "20"), table.stream().map(List::getFirst).toList());
            assertEquals(
                    expected.relativeError(KernelName.NTK),
                    Double.parseDouble(table.getLast().get(2)),
                    1e-3 * expected.relativeError(KernelName.NTK));
        }
        assertEquals("", outcome.err());
    }

    private static void assertSame(@Nullable Tensor expected, Tensor actual) {
        if (expected == null) {
            throw new AssertionError("nothing was expected");
        }
        assertEquals(expected.shape(), actual.shape());
        assertArrayEquals(expected.toArray(), actual.toArray());
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        run("--x1", a, "--samples", 20, "--threads", 1);
        double[] ntk = array("ntk");
        run("--x1", a, "--samples", 20, "--threads", 3);
        assertArrayEquals(ntk, array("ntk"));
    }

    @Test
    void comparesWithTheInfiniteLimit() {
        Outcome outcome = run("--x1", a, "--samples", "1,400", "--get", "ntk", "--compare");
        List<List<String>> table = table(outcome);
        assertEquals("-", table.getFirst().get(1));
        try (Tensor x = Npy.read(a);
                Kernel kernel = network.kernel(x)) {
            double[] estimate = array("ntk");
            double[] limit = kernel.ntk().toArray();
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < limit.length; i++) {
                difference += Math.pow(estimate[i] - limit[i], 2);
                norm += limit[i] * limit[i];
            }
            double distance = Math.sqrt(difference / norm);
            assertEquals(distance, Double.parseDouble(table.getLast().get(2)), 1e-3 * distance);
            assertTrue(distance < 0.1, () -> "the distance is " + distance);
        }
    }

    @Test
    void endsWhenTheErrorIsSmallEnough() {
        Outcome outcome = run("--x1", a, "--tolerance", 0.1, "--get", "ntk");
        List<List<String>> table = table(outcome);
        for (List<String> line : table) {
            boolean last = line == table.getLast();
            assertEquals(last, Double.parseDouble(line.get(1)) <= 0.1, outcome.out());
        }
        assertEquals("", outcome.err());
    }

    @Test
    void saysWhenTheToleranceWasNotReached() {
        Outcome outcome = run("--x1", a, "--tolerance", 1e-6, "--most", 9);
        assertEquals(List.of("8", "9"), table(outcome).stream().map(List::getFirst).toList());
        assertEquals(1, outcome.errLines().size(), outcome.err());
        assertTrue(outcome.err().contains("9 samples"), outcome.err());
        assertTrue(Files.exists(out));
    }

    @Test
    void takesNetworksThatHaveNoInfiniteLimit() {
        model = Samples.text(folder.resolve("max.json"), Samples.MAX_POOLED);
        Path images = Samples.npy(folder.resolve("images.npy"), Samples.random(7, 3, 4, 4, 2));
        run("--x1", images, "--samples", 5, "--trace-axes", "none", "--dtype", "f32");
        try (Tensor ntk = Npz.read(out, "ntk")) {
            assertEquals(Shape.of(3, 3, 2, 2), ntk.shape());
            assertEquals("f32", ntk.dtype().label());
        }
    }

    /** Interrupts the run that writes to it, as Ctrl-C does. */
    private static final class InterruptingStream extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRunThatIsInterruptedAfterItsFirstLineLeavesNoFile() {
        var table = new InterruptingStream();
        var err = new ByteArrayOutputStream();
        int status =
                Main.run(
                        new PrintStream(table, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        arguments("--x1", a, "--samples", "1,1000000"));
        assertTrue(Thread.interrupted());
        assertEquals(1, status);
        assertEquals(2, table.toString(StandardCharsets.UTF_8).lines().count());
        assertEquals(
                "jtangents: interrupted before there was a result.",
                err.toString(StandardCharsets.UTF_8).strip());
        assertFalse(Files.exists(out));
    }
}
