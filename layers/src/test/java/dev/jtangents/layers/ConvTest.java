package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.convLocal;
import static dev.jtangents.layers.Stax.convTranspose;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** Shapes and programs of convolutions, what they refuse, and their texts. */
class ConvTest {
    private static final Shape IMAGES = Shape.of(2, 6, 5, 3);

    private static void refused(Runnable what, String... parts) {
        String message = assertThrows(InputException.class, what::run).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void hasTheShapeOfItsWindows() {
        assertEquals(Shape.of(2, 4, 4, 7), conv(7, 3, 2).outputShape(IMAGES));
        assertEquals(Shape.of(2, 2, 2, 7), conv(7, 3, 2).strides(2, 2).outputShape(IMAGES));
        assertEquals(
                Shape.of(2, 3, 5, 7),
                conv(7, 3, 2).strides(2, 1).padding(Padding.SAME).outputShape(IMAGES));
        assertEquals(
                Shape.of(2, 12, 5, 7),
                convTranspose(7, 3, 2).strides(2, 1).padding(Padding.SAME).outputShape(IMAGES));
        assertEquals(Shape.of(2, 8, 6, 7), convTranspose(7, 3, 2).outputShape(IMAGES));
        assertEquals(Shape.of(2, 7), conv(7).outputShape(Shape.of(2, 3)));
        assertEquals(
                Shape.of(2, 7, 6),
                conv(7, 4).dimensionNumbers("NCW", "OIW", "NCW").outputShape(Shape.of(2, 3, 9)));
    }

    @Test
    void isAWindowAndAnAffineStep() {
        Conv layer = conv(7, 3, 2).padding(Padding.CIRCULAR).weightStd(2).biasStd(3);
        var window =
                new SpatialWindow(
                        List.of(3, 2),
                        List.of(1, 1),
                        List.of(1, 0),
                        new Extents(List.of(6, 5)),
                        true,
                        false);
        var step = new AffineStep(4, 9, 4, 4, 9);
        assertEquals(
                List.of(new CovarianceOp.Window(window), new CovarianceOp.Affine(step)),
                Propagated.operations(layer, IMAGES));
        Propagation out = Propagated.through(layer, IMAGES);
        assertTrue(out.gaussian());
        assertTrue(out.parametric());
    }

    @Test
    void countsTheWindowAsFanIn() {
        Conv layer =
                conv(7, 3, 2)
                        .parameterization(Parameterization.STANDARD)
                        .weightStd(2)
                        .biasStd(3)
                        .widthMultipliers(2, 5);
        var step = new AffineStep(4, 9, 4, 3 * 6 / 2.0, 1);
        assertEquals(new CovarianceOp.Affine(step), Propagated.operations(layer, IMAGES).get(1));
        assertEquals(35, layer.outputShape(IMAGES).extent(-1));
    }

    @Test
    void withoutAxesIsDense() {
        Shape input = Shape.of(2, 3);
        List<CovarianceOp> operations =
                Propagated.operations(conv(7).weightStd(1.5).biasStd(0.1), input);
        assertEquals(
                Propagated.operations(dense(7).weightStd(1.5).biasStd(0.1), input).getFirst(),
                operations.getLast());
    }

    @Test
    void localWeightsLeaveEqualPositions() {
        List<CovarianceOp> operations =
                Propagated.operations(convLocal(7, 3, 2).biasStd(1), IMAGES);
        assertEquals(3, operations.size());
        assertEquals(new CovarianceOp.EqualPositions(), operations.getLast());
        // As in the reference, whose ConvLocal does not read s[1].
        Conv standard =
                convLocal(7, 3, 2)
                        .parameterization(Parameterization.STANDARD)
                        .widthMultipliers(1, 2);
        assertEquals(7, standard.outputShape(IMAGES).extent(-1));
    }

    @Test
    void reordersAxes() {
        Conv layer = conv(7, 1, 2, 3).strides(1, 2, 1).dimensionNumbers("NDHWC", "WODIH", "WNDCH");
        Shape input = Shape.of(9, 5, 6, 7, 3);
        // Filter and strides: W 1 and 1, D 2 and 2, H 3 and 1.
        assertEquals(Shape.of(7, 9, 2, 7, 4), layer.outputShape(input));
        Propagation out = Propagated.through(layer, input);
        assertEquals(1, out.batchAxis());
        assertEquals(3, out.channelAxis());
        assertEquals(new Extents(List.of(7, 2, 4)), out.extents());
        List<CovarianceOp> operations = Propagated.operations(layer, input);
        var window = ((CovarianceOp.Window) operations.getFirst()).window();
        assertEquals(List.of(2, 3, 1), window.size());
        assertEquals(List.of(2, 1, 1), window.stride());
        assertEquals(new CovarianceOp.Permutation(List.of(2, 0, 1)), operations.getLast());
    }

    @Test
    void leavesItsAxesToTheNextLayer() {
        Conv layer = conv(7, 3, 3).dimensionNumbers("NCHW", "OIHW", "CHWN");
        Network network = serial(layer, relu(), globalAvgPool().axes(3, 0), dense(1).axes(1, 0));
        Propagation out = Propagated.through(network, Shape.of(2, 3, 6, 5));
        assertEquals(Shape.of(1, 2), out.shape1());
        assertEquals(1, out.batchAxis());
        refused(
                () ->
                        Propagated.through(
                                serial(layer, relu(), globalAvgPool()), Shape.of(2, 3, 6, 5)),
                "GlobalAvgPool reads axis 0 as batch");
    }

    @ParameterizedTest
    @CsvSource({
        "NHWC, HWIO, NHW",
        "NHWC, HWIO, NHWCD",
        "NHWC, HWIO, NHDC",
        "NHWC, HWIO, NHHC",
        "NHWC, HWI, NHWC",
        "NHWC, HWII, NHWC",
        "NHWC, HWIX, NHWC",
        "HWIO, HWIO, NHWC",
        "nhwc, HWIO, NHWC",
        "NWC, WIO, NWC"
    })
    void refusesLettersThatNameNoConvolution(String input, String filter, String output) {
        refused(
                () -> conv(1, 3, 3).dimensionNumbers(input, filter, output),
                "dimension_numbers [" + input + ", " + filter + ", " + output + "]",
                "[NHWC, HWIO, NHWC]");
    }

    @Test
    void refusesArgumentsThatAreNone() {
        refused(() -> conv(0, 3, 3), "out_chan is 0");
        refused(() -> conv(1, 3, 0), "filter_shape [3, 0]");
        refused(() -> conv(1, 3, 3).strides(1), "strides [1]");
        refused(() -> convLocal(1, 3, 3).strides(1, 0), "ConvLocal has strides [1, 0]");
        refused(() -> conv(1, new int[20]), "at most 19");
        Conv wide =
                conv(1 << 30, 3, 3)
                        .parameterization(Parameterization.STANDARD)
                        .widthMultipliers(1, 4);
        refused(() -> wide.outputShape(IMAGES), "4294967296 channels, out_chan times s[1]");
    }

    @Test
    void refusesActivationsThatItDoesNotFit() {
        for (Shape shape : List.of(Shape.of(2, 3), Shape.of(2, 6, 5), Shape.of(2, 6, 5, 4, 3))) {
            refused(
                    () -> Propagated.through(conv(1, 3, 3), shape),
                    "Conv",
                    "4 axes",
                    shape.toString());
            refused(() -> conv(1, 3, 3).outputShape(shape), "4 axes", shape.toString());
        }
        refused(() -> Propagated.through(conv(1, 3, 6), IMAGES), "3x6", "6x5", "padding SAME");
        refused(() -> conv(1, 3, 3).outputShape(Shape.of(2, 0, 5, 3)), "0 positions");
        Network mixed = serial(dense(3).axes(0, 1), conv(1, 3, 3));
        refused(() -> Propagated.through(mixed, IMAGES), "Conv reads axis 0 as batch and axis 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Conv", "ConvTranspose", "ConvLocal"})
    void readsBack(String name) {
        String json =
                """
                {"%s": {"out_chan": 7, "filter_shape": [3, 2], "strides": [2, 1], "padding": "same",
                "W_std": 1.5, "b_std": 0.1, "dimension_numbers": ["NCHW", "OIHW", "NCWH"],
                "parameterization": "standard", "s": [1, 2]}}\
                """
                        .formatted(name);
        Network network = Model.parse("json", json);
        Network again = Model.parse("again", Model.toJson(network));
        assertEquals(network.text(), again.text());
        assertEquals(9, ((LayerText.Leaf) network.text()).arguments().size());
        assertEquals("SAME", ((LayerText.Leaf) network.text()).arguments().get("padding"));
        String usual =
                "{\"%s\": {\"out_chan\": 7, \"filter_shape\": [], \"strides\": null}}"
                        .formatted(name);
        Network dense = Model.parse("json", usual);
        assertEquals(dense.text(), Model.parse("again", Model.toJson(dense)).text());
        assertFalse(((LayerText.Leaf) dense.text()).arguments().containsKey("strides"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "strides": [1]                | $.Conv                | strides [1]
                    "strides": [1, 0]             | $.Conv                | at least 1
                    "strides": 2                  | $.Conv.strides        | array of whole numbers
                    "strides": [1, 1.5]           | $.Conv.strides[1]     | whole number
                    "padding": "SAM"              | $.Conv.padding        | [valid, same, circular]
                    "padding": null               | $.Conv.padding        | [valid, same, circular]
                    "dimension_numbers": "NHWC"   | dimension_numbers     | array of texts
                    "dimension_numbers": ["NHWC"] | $.Conv                | three texts
                    "dimension_numbers": [1]      | dimension_numbers[0]  | texts
                    "channel_axis": 1             | $.Conv.channel_axis   | no argument
                    """)
    void refusesModelsWithTheirPlace(String argument, String place, String reason) {
        String json = "{\"Conv\": {\"out_chan\": 1, \"filter_shape\": [3, 3], " + argument + "}}";
        String message =
                assertThrows(InputException.class, () -> Model.parse("model", json)).getMessage();
        assertTrue(message.startsWith("model at "), message);
        assertEquals(message.indexOf("model at "), message.lastIndexOf("model at "), message);
        assertTrue(message.contains(place) && message.contains(reason), message);
    }
}
