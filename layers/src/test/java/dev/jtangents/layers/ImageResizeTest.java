package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.imageResize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

/** Resizing images, as jax.image.resize does. */
class ImageResizeTest {
    private static final double[] ROW = {1, -2, 0.5, 3, 7};

    private static double[] resized(double[] row, SparseMatrix weights) {
        double[] made = new double[weights.rows()];
        for (int i = 0; i < made.length; i++) {
            int[] columns = weights.indices().get(i);
            for (int k = 0; k < columns.length; k++) {
                made[i] += weights.weights().get(i)[k] * row[columns[k]];
            }
        }
        return made;
    }

    /** The rows that jax 0.4.20 makes of {@link #ROW}, in f64. */
    @ParameterizedTest
    @CsvSource({
        "LINEAR, true, -0.28571428571428586 0.5 5.2857142857142865",
        "LINEAR, false, 0 0.5 5.666666666666668",
        "LINEAR, true, 1 -0.3125 -1.84375 -0.28125 1.28125 2.84375 5.25 7",
        "CUBIC, true, -0.3999999999999997 0.23953488372092957 5.492307692307694",
        "CUBIC, false, 0.08620689655172391 0.5 5.982758620689656",
        "CUBIC, true, 1.2158671586715868 -0.31025231190775204 -1.99481201171875 -0.46588134765625"
                + " 1.23089599609375 2.80255126953125 5.546694828176733 7.287822878228782",
        "LANCZOS3, true, -0.4345399808509069 0.01639212516404942 5.673958071038749",
        "LANCZOS3, false, 0.036192675141355775 0.4999999999999999 6.072193036492506",
        "LANCZOS3, true, 1.3845125451162257 -0.32301590277872155 -2.0686945026205508"
                + " -0.5989570298343655 1.2016689246167187 2.73813980322472 5.665050036120853"
                + " 7.3306464044410715",
        "LANCZOS5, true, -0.3905594380396755 -0.08210720019708845 5.782420118809134",
        "LANCZOS5, false, -0.03218108803956352 0.4999999999999998 5.999219364422895",
        "LANCZOS5, true, 1.4425551640796848 -0.4052479051111779 -2.031081889986237"
                + " -0.45279106429141297 1.0912172567402252 2.725150515442861 5.6027773678307256"
                + " 7.4094174203832806"
    })
    void readsBetweenPixelsAsJaxDoes(ResizeMethod method, boolean antialias, String expected) {
        double[] row =
                Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
        SparseMatrix weights = ResizeWeights.matrix(ROW.length, row.length, method, antialias);
        assertArrayEquals(row, resized(ROW, weights), 1e-14);
    }

    @Test
    void theNearestPixelIsThatOfTheCentre() {
        SparseMatrix weights = ResizeWeights.matrix(ROW.length, 3, ResizeMethod.NEAREST, true);
        assertArrayEquals(new double[] {1, 0.5, 7}, resized(ROW, weights));
    }

    @Test
    void covariancesAreThoseOfResizedImages() {
        Network network = imageResize(ResizeMethod.CUBIC, -1, 3, -1);
        double[] row = resized(ROW, ResizeWeights.matrix(ROW.length, 3, ResizeMethod.CUBIC, true));
        try (Tensor x = Tensor.of(ROW, 1, 5, 1);
                Tensor small = Tensor.of(row, 1, 3, 1);
                Kernel actual = network.kernel(x);
                Kernel expected = Stax.identity().kernel(small)) {
            assertArrayEquals(expected.nngp().toArray(), actual.nngp().toArray(), 1e-13);
            assertEquals(Shape.of(1, 3, 1), actual.shape1());
        }
    }

    @Test
    void examplesCanBeResized() {
        Network network = imageResize(ResizeMethod.LINEAR, 2, -1).antialias(false);
        try (Tensor x = Tensor.of(new double[] {1, 2, 4, 8}, 4, 1);
                Kernel kernel = network.kernel(x)) {
            assertArrayEquals(new double[] {2.25, 9, 9, 36}, kernel.nngp().toArray(), 1e-14);
            assertArrayEquals(new double[] {2.25, 36}, kernel.cov1().toArray(), 1e-14);
            assertEquals(Shape.of(2, 1), kernel.shape1());
        }
    }

    private static void refused(String part, Network network, Shape input) {
        String message =
                assertThrows(InputException.class, () -> Propagated.through(network, input))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void refusesWhatCannotBeResized() {
        Network network = imageResize(ResizeMethod.NEAREST, -1, 3, 2);
        refused("channels", network, Shape.of(1, 4, 3));
        refused("as many sizes", network, Shape.of(1, 4, 4, 2));
        assertThrows(InputException.class, () -> imageResize(ResizeMethod.LINEAR, -1, 0, -1));
        assertThrows(InputException.class, () -> imageResize(ResizeMethod.LINEAR, -2, 1));
        Propagated.through(network, Shape.of(1, 4, 2));
    }

    @Test
    void textsReadBack() {
        for (ResizeMethod method : ResizeMethod.values()) {
            Network network = imageResize(method, -1, 3, -1, 2).antialias(false).axes(3, 0);
            String json = Model.toJson(network);
            assertEquals(network.text(), Model.parse("json", json).text(), json);
        }
    }
}
