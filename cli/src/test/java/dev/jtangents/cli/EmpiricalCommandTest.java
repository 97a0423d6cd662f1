package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npy;
import dev.jtangents.io.Npz;
import dev.jtangents.layers.EmpiricalKernels;
import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.Parameters;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

final class EmpiricalCommandTest {
    private static final int SEED = 3;

    @TempDir private Path folder;

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

    /** Runs the command on a model and the files a and b, with success. */
    private Outcome run(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("empirical", "--model", model));
        arguments.addAll(Arrays.asList(more));
        Outcome outcome = Outcome.of(arguments.toArray());
        assertEquals(0, outcome.status(), outcome.err());
        return outcome;
    }

    private double[] array(String name) {
        try (Tensor array = Npz.read(out, name)) {
            return array.toArray();
        }
    }

    private interface Kernel {
        Tensor of(EmpiricalKernels kernels, Parameters parameters, Tensor x1, Tensor x2);
    }

    /** The same from the library. */
    private double[] library(Kernel kernel) {
        Network network = Model.parse("model", Samples.MODEL);
        try (Tensor x1 = Npy.read(a);
                Tensor x2 = Npy.read(b);
                Parameters parameters = network.init(SEED, x1.shape(), DType.F64);
                Tensor result = kernel.of(network.empirical(), parameters, x1, x2)) {
            return result.toArray();
        }
    }

    @Test
    void writesTheKernelsOfTheNetworkThatTheSeedDraws() {
        Outcome outcome = run("--x1", a, "--x2", b, "--seed", SEED, "--out", out);
        assertEquals(List.of("nngp", "ntk"), Npz.names(out));
        assertArrayEquals(library(EmpiricalKernels::nngp), array("nngp"));
        assertArrayEquals(library(EmpiricalKernels::ntk), array("ntk"));
        assertTrue(outcome.out().contains("K.npz: ntk (7, 4) f64"), outcome.out());
        assertEquals(1, outcome.errLines().size(), outcome.err());
        assertTrue(outcome.err().contains("operations"), outcome.err());
    }

    @Test
    void parametersAreSavedByTheirPlacesAndReadAgain() {
        Path saved = folder.resolve("P.npz");
        run("--x1", a, "--x2", b, "--seed", SEED, "--save-params", saved, "--out", out);
        double[] drawn = array("ntk");
        assertEquals(List.of("0.0", "0.1", "2.0", "2.1"), Npz.names(saved));
        try (Tensor weights = Npz.read(saved, "2.0")) {
            assertEquals(Shape.of(16, 3), weights.shape());
        }
        run("--x1", a, "--x2", b, "--params", saved, "--out", out);
        assertArrayEquals(drawn, array("ntk"));
        assertFalse(Arrays.equals(drawn, otherSeed()));
    }

    private double[] otherSeed() {
        run("--x1", a, "--x2", b, "--seed", SEED + 1, "--out", out);
        return array("ntk");
    }

    @ParameterizedTest
    @CsvSource({"f64, f32, f64", "f32, f64, f64", "f32, f32, f32"})
    void computesInTheWiderTypeOfParametersAndExamples(
            String parameters, String examples, String computed) {
        Path saved = folder.resolve("P.npz");
        run("--x1", a, "--dtype", parameters, "--save-params", saved);
        Path x = folder.resolve("x.npy");
        try (Tensor read = Npy.read(a);
                Tensor converted = read.copy(ExecutionArguments.dtype(examples))) {
            Npy.write(x, converted);
        }
        run("--x1", x, "--params", saved, "--out", out);
        try (Tensor ntk = Npz.read(out, "ntk")) {
            assertEquals(computed, ntk.dtype().label());
        }
        run("--x1", x, "--params", saved, "--dtype", "f32", "--out", out);
        try (Tensor ntk = Npz.read(out, "ntk")) {
            assertEquals(DType.F32, ntk.dtype());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jacobian, JACOBIAN_CONTRACTION",
        "Vector-Products, NTK_VECTOR_PRODUCTS",
        "structured, STRUCTURED_DERIVATIVES"
    })
    void implementationsAgree(String name, String chosen) {
        Outcome outcome =
                run("--x1", a, "--x2", b, "--seed", SEED, "--implementation", name, "--out", out);
        assertArrayEquals(library(EmpiricalKernels::ntk), array("ntk"), 1e-12);
        assertTrue(outcome.err().contains(chosen), outcome.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --trace-axes none                      | (7, 7, 3, 3)
                    --trace-axes none --diagonal-axes -1   | (7, 7, 3)
                    --trace-axes 1 --diagonal-axes 0       | (7,)
                    --trace-axes 0,1                       | ()
                    """)
    void axesAreTracedAndDiagonal(String options, String shape) {
        List<Object> arguments = new ArrayList<>(List.of("--x1", a, "--out", out));
        arguments.addAll(List.of(options.split(" +", -1)));
        run(arguments.toArray());
        try (Tensor nngp = Npz.read(out, "nngp");
                Tensor ntk = Npz.read(out, "ntk")) {
            assertEquals(shape, nngp.shape().toString());
            assertEquals(shape, ntk.shape().toString());
        }
    }

    @Test
    void eachOutputHasItsKernels() {
        model = Samples.text(folder.resolve("two.json"), Samples.TWO_OUTPUTS);
        Path images = Samples.npy(folder.resolve("images.npy"), Samples.random(7, 3, 4, 4, 2));
        Path texts = Samples.npy(folder.resolve("texts.npy"), Samples.random(9, 3, 6, 2));
        run("--x1", images, "--x1", texts, "--out", out);
        assertEquals(List.of("nngp_0", "nngp_1", "ntk_0", "ntk_1"), Npz.names(out));
    }

    @Test
    void whatIsMaskedCountsAsZero() {
        Path masked =
                Samples.npz(
                        folder.resolve("x.npz"),
                        Map.of(
                                "nan", Tensor.of(new double[] {1, Double.NaN, 3, 4, 5}, 1, 5),
                                "zero", Tensor.of(new double[] {1, 0, 3, 4, 5}, 1, 5)));
        run("--x1", masked + ":zero", "--out", out);
        double[] expected = array("ntk");
        run("--x1", masked + ":nan", "--mask-constant", "nan", "--out", out);
        assertArrayEquals(expected, array("ntk"), 1e-12);
    }

    @Test
    void dropoutDrawsFromTheSeed() {
        model =
                Samples.text(
                        folder.resolve("dropout.json"),
                        """
                        {"serial": [{"Dense": {"out_dim": 16}}, {"Dropout": {"rate": 0.5}},
                                    {"Dense": {"out_dim": 3}}]}
                        """);
        Path saved = folder.resolve("P.npz");
        run("--x1", a, "--seed", 1, "--save-params", saved, "--out", out);
        double[] first = array("nngp");
        run("--x1", a, "--seed", 1, "--params", saved, "--out", out);
        assertArrayEquals(first, array("nngp"));
        run("--x1", a, "--seed", 2, "--params", saved, "--out", out);
        assertFalse(Arrays.equals(first, array("nngp")));
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        run("--x1", a, "--threads", 1, "--out", out);
        double[] ntk = array("ntk");
        run("--x1", a, "--threads", 3, "--out", out);
        assertArrayEquals(ntk, array("ntk"));
    }

    @Test
    void printsASummaryWithoutAFile() {
        Outcome outcome = run("--x1", a, "--get", "nngp");
        assertTrue(outcome.out().startsWith("nngp (7, 7) f64, mean "), outcome.out());
        assertEquals("", outcome.err());
    }

    @Test
    void takesNetworksThatHaveNoInfiniteLimit() {
        model = Samples.text(folder.resolve("max.json"), Samples.MAX_POOLED);
        Path images = Samples.npy(folder.resolve("images.npy"), Samples.random(7, 3, 4, 4, 2));
        run("--x1", images, "--out", out);
        try (Tensor ntk = Npz.read(out, "ntk")) {
            assertEquals(Shape.of(3, 3), ntk.shape());
        }
    }
}
