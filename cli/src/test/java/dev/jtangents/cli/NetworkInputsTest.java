package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Images, texts of several lengths, graphs, and networks of several inputs and outputs. */
final class NetworkInputsTest {
    @TempDir private Path folder;
    private Path images = Path.of("");
    private Path texts = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void writeInputs() {
        images = Samples.npy(folder.resolve("images.npy"), Samples.random(1, 3, 4, 4, 2));
        texts = Samples.npy(folder.resolve("texts.npy"), Samples.random(2, 3, 6, 2));
        out = folder.resolve("K.npz");
    }

    private Path model(String json) {
        return Samples.text(folder.resolve("model.json"), json);
    }

    private static Outcome ran(Object... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertEquals(0, outcome.status(), outcome.err());
        assertEquals("", outcome.err());
        return outcome;
    }

    private double[] array(String name) {
        try (Tensor tensor = Npz.read(out, name)) {
            return tensor.toArray();
        }
    }

    private Shape shape(String name) {
        try (Tensor tensor = Npz.read(out, name)) {
            return tensor.shape();
        }
    }

    @Test
    void everyOutputHasAKernelOfItsOwn() {
        Path both = model(Samples.TWO_OUTPUTS);
        Outcome outcome =
                ran("kernel", "--model", both, "--x1", images, "--x1", texts, "--out", out);
        assertEquals(List.of("nngp_0", "ntk_0", "nngp_1", "ntk_1"), Npz.names(out));
        assertTrue(outcome.out().contains("ntk_1"), outcome.out());
        double[] ofImages = array("ntk_0");
        Path one = Samples.text(folder.resolve("one.json"), Samples.POOLED);
        ran("kernel", "--model", one, "--x1", images, "--out", out);
        assertArrayEquals(array("ntk"), ofImages);
        Outcome summary = ran("kernel", "--model", both, "--x1", images, "--x1", texts);
        assertTrue(summary.out().contains("nngp_1 (3, 3) f64"), summary.out());
    }

    @Test
    void severalInputsHaveSeveralSecondBatches() {
        Path two = model("{\"serial\": [" + Samples.TWO_OUTPUTS + ", \"FanInSum\"]}");
        Path fewer = Samples.npy(folder.resolve("fewer.npy"), Samples.random(3, 2, 4, 4, 2));
        Path words = Samples.npy(folder.resolve("words.npy"), Samples.random(4, 2, 6, 2));
        ran(
                "kernel", "--model", two, "--x1", images, "--x1", texts, "--x2", fewer, "--x2",
                words, "--out", out);
        assertEquals(Shape.of(3, 2), shape("nngp"));
        Outcome described = ran("describe", "--model", two, "--input", "4x4x2", "--input", "6x2");
        assertTrue(described.out().contains("(1000, 4, 4, 2), (1000, 6, 2)"), described.out());
    }

    @Test
    void paddingThatIsMaskedCountsForNothing() {
        Path model =
                model(
                        """
                        {"serial": [{"Dense": {"out_dim": 8, "b_std": 0.1}}, "Relu",
                                    "GlobalAvgPool", {"Dense": {"out_dim": 1}}]}
                        """);
        Path two =
                Samples.npy(
                        folder.resolve("two.npy"), Tensor.of(new double[] {1, 2, 3, 4}, 2, 2, 1));
        Path padded =
                Samples.npy(
                        folder.resolve("padded.npy"),
                        Tensor.of(new double[] {1, 2, -9, 3, 4, -9}, 2, 3, 1));
        ran("kernel", "--model", model, "--x1", two, "--out", out);
        double[] expected = array("ntk");
        ran("kernel", "--model", model, "--x1", padded, "--mask-constant", -9, "--out", out);
        assertArrayEquals(expected, array("ntk"), 1e-12);
        ran("kernel", "--model", model, "--x1", padded, "--out", out);
        assertNotEquals(expected[0], array("ntk")[0], 0.1);
    }

    @Test
    void masksCanBeAskedFor() {
        Path model =
                model(
                        "{\"Conv\": {\"out_chan\": 8, \"filter_shape\": [1], \"padding\":"
                                + " \"SAME\"}}");
        Path padded =
                Samples.npy(
                        folder.resolve("padded.npy"),
                        Tensor.of(new double[] {1, 2, Double.NaN, 3, 4, 5}, 2, 3, 1));
        ran(
                "kernel",
                "--model",
                model,
                "--x1",
                padded,
                "--mask-constant",
                "NaN",
                "--get",
                "mask1",
                "--out",
                out);
        assertArrayEquals(new double[] {0, 0, 1, 0, 0, 0}, array("mask1"));
    }

    @Test
    void graphsBelongToTheirBatches() {
        Path model = model(Samples.GRAPH);
        Path paths = Samples.npy(folder.resolve("paths.npy"), Samples.random(5, 3, 6, 6));
        Path other = Samples.npy(folder.resolve("other.npy"), Samples.random(6, 3, 6, 6));
        ran("kernel", "--model", model, "--x1", texts, "--pattern1", paths, "--out", out);
        double[] alone = array("ntk");
        ran(
                "kernel",
                "--model",
                model,
                "--x1",
                texts,
                "--pattern1",
                paths,
                "--x2",
                texts,
                "--pattern2",
                paths,
                "--out",
                out);
        assertArrayEquals(alone, array("ntk"), 1e-12 * alone[0]);
        ran(
                "kernel",
                "--model",
                model,
                "--x1",
                texts,
                "--pattern1",
                paths,
                "--x2",
                texts,
                "--pattern2",
                other,
                "--out",
                out);
        assertNotEquals(alone[0], array("ntk")[0], 1e-3);
        Outcome described = ran("describe", "--model", model, "--input", "6x2");
        assertTrue(described.out().contains("graphs     not in this plan"), described.out());
    }

    /** Also where the network pairs different positions on the way: pools do. */
    @Test
    void equalPositionsAreADiagonalOfAllPairs() {
        Path model =
                model(
                        "{\"serial\": ["
                                + Samples.CONV
                                + ", \"Relu\", {\"AvgPool\": {\"window_shape\": [2, 2]}}, "
                                + Samples.CONV
                                + "]}");
        List<Object> arguments = List.of("kernel", "--model", model, "--x1", images, "--out", out);
        ran(arguments.toArray());
        assertEquals(Shape.of(3, 3, 3, 3, 3, 3), shape("ntk"));
        try (Tensor pairs = Npz.read(out, "ntk")) {
            List<Object> equal = new ArrayList<>(arguments);
            equal.addAll(List.of("--diagonal-spatial", true));
            ran(equal.toArray());
            assertEquals(Shape.of(3, 3, 3, 3), shape("ntk"));
            try (Tensor positions = Npz.read(out, "ntk")) {
                assertEquals(pairs.get(0, 1, 2, 2, 1, 1), positions.get(0, 1, 2, 1), 1e-12);
                assertEquals(pairs.get(2, 2, 0, 0, 2, 2), positions.get(2, 2, 0, 2), 1e-12);
            }
        }
    }

    @Test
    void imagesArePredictedFrom() {
        Path model = model(Samples.POOLED);
        Path labels = Samples.npy(folder.resolve("y.npy"), Tensor.of(new double[] {0, 1, 0}, 3));
        Outcome outcome =
                ran(
                        "predict",
                        "--model",
                        model,
                        "--train-x",
                        images,
                        "--train-y",
                        labels,
                        "--test-x",
                        images,
                        "--test-y",
                        labels,
                        "--mask-constant",
                        "nan");
        assertTrue(outcome.out().contains("3 of 3"), outcome.out());
    }
}
