package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.avgPool;
import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSumPool;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sumPool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** Shapes and matrices of pooling, what it refuses, and its texts. */
class PoolTest {
    /** The matrix of a network that is one pooling, as a whole. */
    private static double[][] matrix(Network network, Shape input) {
        var map = (CovarianceOp.PositionMap) Propagated.operations(network, input).getFirst();
        SparseMatrix sparse = map.matrix();
        double[][] whole = new double[sparse.rows()][sparse.columns()];
        for (int row = 0; row < whole.length; row++) {
            for (int i = 0; i < sparse.indices().get(row).length; i++) {
                whole[row][sparse.indices().get(row)[i]] += sparse.weights().get(row)[i];
            }
        }
        return whole;
    }

    private static void assertMatrix(double[][] expected, Network network, Shape input) {
        double[][] actual = matrix(network, input);
        assertEquals(expected.length, actual.length);
        for (int row = 0; row < expected.length; row++) {
            assertArrayEquals(expected[row], actual[row], 1e-15, "row " + row);
        }
    }

    private static void refused(Runnable what, String... parts) {
        String message = assertThrows(InputException.class, what::run).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void addsWhatItsWindowSees() {
        Shape input = Shape.of(2, 5, 3);
        assertMatrix(
                new double[][] {{1, 1, 0, 0, 0}, {0, 0, 1, 1, 0}}, sumPool(2).strides(2), input);
        assertMatrix(
                new double[][] {{1, 1, 0, 0, 0}, {0, 0, 1, 1, 0}, {0, 0, 0, 0, 1}},
                sumPool(2).strides(2).padding(Padding.SAME),
                input);
        assertMatrix(
                new double[][] {{1, 1, 0, 0, 0}, {0, 0, 1, 1, 0}, {1, 0, 0, 0, 1}},
                sumPool(2).strides(2).padding(Padding.CIRCULAR),
                input);
    }

    @Test
    void goesAroundMoreThanOnce() {
        assertMatrix(
                new double[][] {{3, 2}, {2, 3}},
                sumPool(5).padding(Padding.CIRCULAR),
                Shape.of(1, 2, 1));
    }

    @Test
    void dividesByTheWindowOrByWhatItSees() {
        Shape input = Shape.of(2, 3, 3);
        Pool pool = avgPool(3).strides(2).padding(Padding.SAME);
        double third = 1.0 / 3;
        assertMatrix(new double[][] {{third, third, 0}, {0, third, third}}, pool, input);
        assertMatrix(new double[][] {{0.5, 0.5, 0}, {0, 0.5, 0.5}}, pool.normalizeEdges(), input);
        assertMatrix(
                new double[][] {{third, third, third}, {third, third, third}},
                pool.padding(Padding.CIRCULAR).normalizeEdges(),
                input);
    }

    @Test
    void multipliesTheWeightsOfAxes() {
        Pool pool = avgPool(2, 2).padding(Padding.SAME);
        Shape input = Shape.of(1, 2, 3, 1);
        double[][] actual = matrix(pool, input);
        double[] sums = new double[6];
        for (int row = 0; row < 6; row++) {
            for (double weight : actual[row]) {
                sums[row] += weight;
            }
        }
        assertArrayEquals(new double[] {1, 1, 0.5, 0.5, 0.5, 0.25}, sums);
        double[] normalized = matrix(pool.normalizeEdges(), input)[4];
        assertArrayEquals(new double[] {0, 0, 0, 0, 0.5, 0.5}, normalized);
    }

    @Test
    void keepsBatchAndChannels() {
        Pool pool = avgPool(2, 3).strides(1, 2).axes(3, 1);
        Propagation out = Propagated.through(pool, Shape.of(4, 3, 7, 2));
        assertEquals(Shape.of(3, 3, 3, 2), out.shape1());
        assertEquals(Shape.of(3, 3, 3, 2), pool.outputShape(Shape.of(4, 3, 7, 2)));
        assertEquals(new Extents(List.of(3, 3)), out.extents());
        assertEquals(3, out.batchAxis());
        assertEquals(1, out.channelAxis());
        assertFalse(out.gaussian());
        assertFalse(out.parametric());
        assertTrue(
                Propagated.through(serial(conv(1, 2), avgPool(2)), Shape.of(1, 6, 1)).gaussian());
    }

    @Test
    void globalPoolingLeavesBatchAndChannelsInOrder() {
        Shape input = Shape.of(4, 3, 7, 2);
        assertMatrix(
                new double[][] {{0.25, 0.25, 0.25, 0.25}}, globalAvgPool(), Shape.of(1, 2, 2, 1));
        assertMatrix(new double[][] {{1, 1, 1, 1}}, globalSumPool(), Shape.of(1, 2, 2, 1));
        assertMatrix(new double[][] {{1}}, globalAvgPool(), Shape.of(2, 3));
        Propagation usual = Propagated.through(globalAvgPool(), input);
        assertEquals(Shape.of(4, 2), usual.shape1());
        assertEquals(0, usual.batchAxis());
        GlobalPool reversed = globalSumPool().axes(2, 1);
        Propagation out = Propagated.through(reversed, input);
        assertEquals(Shape.of(3, 7), out.shape1());
        assertEquals(Shape.of(3, 7), reversed.outputShape(input));
        assertEquals(1, out.batchAxis());
        assertEquals(0, out.channelAxis());
        assertEquals(Extents.NONE, out.extents());
    }

    @Test
    void refusesWhatItCannotPool() {
        Shape input = Shape.of(2, 4, 5, 3);
        refused(() -> avgPool(2, 0), "AvgPool has window_shape [2, 0]");
        refused(() -> sumPool(2, 2).strides(1, 0), "SumPool has strides [1, 0]");
        refused(() -> sumPool(2, 2).normalizeEdges(), "SumPool divides by nothing");
        refused(() -> avgPool(2).outputShape(input), "AvgPool", "1 axes", "2 spatial axes");
        refused(() -> Propagated.through(sumPool(5, 5), input), "SumPool", "5x5", "4x5", "VALID");
        refused(
                () -> Propagated.through(serial(sumPool(2, 2), avgPool(2, 2).axes(0, 1)), input),
                "AvgPool reads axis 0 as batch and axis 1 as channels");
        refused(
                () -> Propagated.through(serial(sumPool(2, 2), globalSumPool().axes(1, 0)), input),
                "GlobalSumPool reads axis 1 as batch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"AvgPool\": {\"window_shape\": [2, 3], \"strides\": [2, 1], \"padding\":"
                        + " \"CIRCULAR\", \"normalize_edges\": true, \"batch_axis\": 1,"
                        + " \"channel_axis\": 2}}",
                "{\"AvgPool\": {\"window_shape\": [2, 3], \"strides\": null}}",
                "{\"SumPool\": {\"window_shape\": [2], \"padding\": \"SAME\", \"channel_axis\":"
                        + " 1}}",
                "{\"SumPool\": {\"window_shape\": []}}",
                "{\"GlobalAvgPool\": {\"batch_axis\": 1, \"channel_axis\": 0}}",
                "\"GlobalSumPool\""
            })
    void readsBack(String json) {
        Network network = Model.parse("json", json);
        assertEquals(network.text(), Model.parse("again", Model.toJson(network)).text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"AvgPool": {}}                                         | window_shape
                    {"AvgPool": {"window_shape": 2}}                        | array of whole numbers
                    {"AvgPool": {"window_shape": [2], "strides": [1, 1]}}   | strides [1, 1]
                    {"SumPool": {"window_shape": [2], "padding": "EDGE"}}   | [valid, same, circular]
                    {"SumPool": {"window_shape": [2], "normalize_edges": true}} | no argument
                    {"GlobalAvgPool": {"window_shape": [2]}}                | no argument
                    """)
    void refusesModels(String json, String reason) {
        refused(() -> Model.parse("model", json), "model at $.", reason);
    }
}
