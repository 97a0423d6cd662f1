package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npy;
import dev.jtangents.io.Npz;
import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

final class KernelCommandTest {
    @TempDir private Path folder;

    private final Network network = Model.parse("model", Samples.MODEL);
    private Path model = Path.of("");
    private Path a = Path.of("");
    private Path b = Path.of("");

    @BeforeEach
    void writeInputs() {
        model = Samples.text(folder.resolve("model.json"), Samples.MODEL);
        a = Samples.npy(folder.resolve("a.npy"), Samples.random(1, 7, 5));
        b = Samples.npy(folder.resolve("b.npy"), Samples.random(2, 4, 5));
    }

    private static void ran(Outcome outcome) {
        assertEquals(0, outcome.status(), outcome.err());
        assertEquals("", outcome.err());
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        assertEquals(expected.dtype(), actual.dtype());
        assertArrayEquals(expected.toArray(), actual.toArray());
    }

    private Kernel library(KernelOptions options) {
        try (Tensor x1 = Npy.read(a);
                Tensor x2 = Npy.read(b)) {
            return network.kernel(x1, x2, options);
        }
    }

    @Test
    void writesWhatTheLibraryComputes() {
        Path out = folder.resolve("K.npz");
        ran(Outcome.of("kernel", "--model", model, "--x1", a, "--x2", b, "--out", out));
        assertEquals(List.of("nngp", "ntk"), Npz.names(out));
        try (Kernel expected = library(KernelOptions.defaults());
                Tensor nngp = Npz.read(out, "nngp");
                Tensor ntk = Npz.read(out, "ntk")) {
            assertSame(expected.nngp(), nngp);
            assertSame(expected.ntk(), ntk);
        }
    }

    @Test
    void writesEveryFieldAsAnArray() {
        Path out = folder.resolve("K.npz");
        String names =
                "ntk,nngp,cov1,cov2,x1_is_x2,is_gaussian,is_reversed,is_input,diagonal_batch,"
                        + "diagonal_spatial,shape1,shape2,batch_axis,channel_axis";
        ran(
                Outcome.of(
                        "kernel", "--model", model, "--x1", a, "--x2", b, "--get", names, "--out",
                        out));
        assertEquals(List.of(names.split(",", -1)), Npz.names(out));
        try (Tensor gaussian = Npz.read(out, "is_gaussian");
                Tensor shape = Npz.read(out, "shape2");
                Tensor axis = Npz.read(out, "channel_axis");
                Tensor covariance = Npz.read(out, "cov2")) {
            assertEquals(Shape.of(), gaussian.shape());
            assertEquals(1, gaussian.get());
            assertArrayEquals(new double[] {4, 3}, shape.toArray());
            assertEquals(1, axis.get());
            assertEquals(Shape.of(4), covariance.shape());
        }
    }

    @Test
    void writesOneKernelToAMappedFile() {
        Path out = folder.resolve("K.npy");
        ran(
                Outcome.of(
                        "kernel", "--model", model, "--x1", a, "--x2", b, "--get", "ntk", "--out",
                        out));
        try (Kernel expected = library(KernelOptions.defaults());
                Tensor ntk = Npy.read(out)) {
            assertSame(expected.ntk(), ntk);
        }
    }

    @Test
    void writesSeveralKernelsToFilesWithTheirNames() {
        Path out = folder.resolve("K.npy");
        ran(
                Outcome.of(
                        "kernel", "--model", model, "--x1", a, "--x2", b, "--dtype", "f32", "--out",
                        out));
        assertFalse(Files.exists(out));
        try (Kernel expected = library(KernelOptions.defaults().dtype(DType.F32));
                Tensor nngp = Npy.read(folder.resolve("K.nngp.npy"));
                Tensor ntk = Npy.read(folder.resolve("K.ntk.npy"))) {
            assertSame(expected.nngp(), nngp);
            assertSame(expected.ntk(), ntk);
        }
    }

    @Test
    void writesTheZeroNtkOfANetworkWithoutParametersToAFile() {
        Path identity = Samples.text(folder.resolve("identity.json"), "\"Identity\"");
        Path out = folder.resolve("K.npy");
        ran(Outcome.of("kernel", "--model", identity, "--x1", a, "--get", "ntk", "--out", out));
        try (Tensor ntk = Npy.read(out)) {
            assertEquals(Shape.of(), ntk.shape());
            assertEquals(0, ntk.get());
        }
    }

    @Test
    void computesTheSameWhateverTheExecution() {
        Path first = folder.resolve("1.npz");
        Path second = folder.resolve("2.npz");
        ran(Outcome.of("kernel", "--model", model, "--x1", a, "--out", first));
        ran(
                Outcome.of(
                        "kernel",
                        "--model",
                        model,
                        "--x1",
                        a,
                        "--out",
                        second,
                        "--threads",
                        3,
                        "--tile",
                        512,
                        "--memory",
                        "100m",
                        "--device",
                        "cpu"));
        try (Tensor one = Npz.read(first, "ntk");
                Tensor two = Npz.read(second, "ntk")) {
            assertSame(one, two);
        }
    }

    @Test
    void pairsAllExamplesOfABatchWhenAskedTo() {
        Path out = folder.resolve("K.npz");
        ran(
                Outcome.of(
                        "kernel",
                        "--model",
                        model,
                        "--x1",
                        a,
                        "--get",
                        "cov1",
                        "--diagonal-batch",
                        "false",
                        "--diagonal-spatial",
                        "false",
                        "--out",
                        out));
        try (Tensor covariance = Npz.read(out, "cov1")) {
            assertEquals(Shape.of(7, 7), covariance.shape());
        }
    }

    @Test
    void readsTextAndNamedArrays() {
        Path text = Samples.text(folder.resolve("x.csv"), "1,2\n3,4\n5,6\n");
        Path named =
                Samples.npz(
                        folder.resolve("x.npz"),
                        Map.of(
                                "one", Tensor.of(new double[] {1, 2, 3, 4}, 2, 2),
                                "two", Tensor.of(new double[] {0, 1}, 1, 2)));
        Path out = folder.resolve("K.npz");
        ran(
                Outcome.of(
                        "kernel",
                        "--model",
                        model,
                        "--x1",
                        text,
                        "--x2",
                        named + ":one",
                        "--out",
                        out));
        try (Tensor nngp = Npz.read(out, "nngp")) {
            assertEquals(Shape.of(3, 2), nngp.shape());
        }
    }

    @Test
    void takesASingleExample() {
        Path one = Samples.npy(folder.resolve("one.npy"), Samples.random(3, 1, 5));
        Path out = folder.resolve("K.npz");
        ran(Outcome.of("kernel", "--model", model, "--x1", one, "--out", out));
        try (Tensor ntk = Npz.read(out, "ntk")) {
            assertEquals(Shape.of(1, 1), ntk.shape());
        }
    }

    @Test
    void printsASummaryWithoutAFile() {
        Outcome outcome = Outcome.of("kernel", "--model", model, "--x1", a, "--get", "nngp,shape1");
        ran(outcome);
        assertTrue(outcome.out().startsWith("nngp (7, 7) f64, mean "), outcome.out());
        assertTrue(outcome.out().contains("trace"), outcome.out());
        assertTrue(outcome.out().contains("shape1 (7, 3)"), outcome.out());
    }

    @Test
    void replacesAnOlderFile() {
        Path out = Samples.text(folder.resolve("K.npz"), "something older");
        ran(Outcome.of("kernel", "--model", model, "--x1", a, "--out", out));
        assertEquals(List.of("nngp", "ntk"), Npz.names(out));
    }
}
