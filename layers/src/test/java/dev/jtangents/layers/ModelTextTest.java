package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Networks as texts and back. */
class ModelTextTest {
    private static void assertSameNetwork(Network expected, Network actual, Tensor x) {
        assertEquals(expected.text(), actual.text());
        try (Kernel a = expected.kernel(x);
                Kernel b = actual.kernel(x)) {
            assertEquals(-1, a.nngp().segment().mismatch(b.nngp().segment()));
            assertEquals(-1, a.ntk().segment().mismatch(b.ntk().segment()));
            assertEquals(a.shape1(), b.shape1());
        }
        try (Parameters p = expected.init(3, x.shape());
                Parameters q = actual.init(3, x.shape());
                Tensor f = expected.apply(p, x);
                Tensor g = actual.apply(q, x)) {
            assertEquals(-1, f.segment().mismatch(g.segment()));
        }
    }

    @Test
    void randomNetworksReadBackAsThemselves() {
        var random = new SplittableRandom(51);
        for (int trial = 0; trial < 60; trial++) {
            boolean image = trial % 2 == 0;
            Network network =
                    image ? RandomNetworks.on(random, 1, 0, true) : RandomNetworks.dense(random);
            String json = Model.toJson(network);
            Network again = Model.parse("json", json);
            assertEquals(json, Model.toJson(again));
            long[] shape = image ? new long[] {3, 4, 2} : new long[] {4, 3};
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, shape)) {
                assertSameNetwork(network, again, x);
            }
        }
    }

    @Test
    void everyLayerOfTheLanguageReadsBack() {
        for (LayerType type : LayerType.all()) {
            String arguments =
                    switch (type.name()) {
                        case "Dense" -> "\"out_dim\": 3, \"b_std\": 0.1, \"s\": [2, 3]";
                        case "Conv", "ConvTranspose", "ConvLocal" ->
                                "\"out_chan\": 3, \"filter_shape\": [3, 2], \"padding\": \"SAME\"";
                        case "AvgPool", "SumPool", "MaxPool" ->
                                "\"window_shape\": [2], \"strides\": [2]";
                        case "BatchNorm" -> "\"mean\": [1, 2], \"variance\": [0, 3.5]";
                        case "FanOut" -> "\"num\": 2";
                        case "FanInConcat" -> "\"axis\": 1";
                        case "Dropout" -> "\"rate\": 0.5";
                        case "ImageResize" -> "\"shape\": [-1, 4, 5, -1], \"method\": \"linear\"";
                        case "Index" -> "\"idx\": \":, 1:3\"";
                        case "GlobalSelfAttention" ->
                                "\"n_chan_out\": 2, \"n_chan_key\": 3, \"n_chan_val\": 4,"
                                        + " \"n_heads\": 5, \"pos_emb_type\": \"SUM\"";
                        case "LeakyRelu" -> "\"alpha\": -0.3, \"do_stabilize\": true";
                        case "ABRelu" -> "\"a\": 0.1, \"b\": 1e-300";
                        case "RectifiedMonomial", "Monomial", "Hermite" -> "\"degree\": 3";
                        case "Polynomial" -> "\"coef\": [0.1, -2, 3e-5, 0]";
                        case "ElementwiseNumerical" -> "\"fn\": \"SoftPlus\", \"deg\": 7";
                        case "ExpNormalized" -> "\"gamma\": 0.3, \"do_clip\": true";
                        case "Gaussian" -> "\"b\": -0.2";
                        case "Gelu" -> "\"approximate\": true";
                        default -> "";
                    };
            String json = "{\"" + type.name() + "\": {" + arguments + "}}";
            Network network = Model.parse("json", json);
            assertEquals(network.text(), Model.parse("again", Model.toJson(network)).text(), json);
        }
    }

    @Test
    void javaCodeHasNoText() {
        for (Network network :
                List.of(
                        Stax.elementwise(Math::sin, new SinMap(1, 1, 0)),
                        Stax.elementwise(new SinMap(1, 1, 0)),
                        Stax.serial(Stax.elementwiseNumerical(Math::sin, Math::cos, 20)))) {
            var refusal = assertThrows(InputException.class, () -> Model.toJson(network));
            assertTrue(refusal.getMessage().contains("Java code"), refusal.getMessage());
            assertTrue(network.toString().contains("Elementwise"));
        }
    }

    @Test
    void filesReadAsTheirText(@TempDir Path folder) throws IOException {
        Network network = RandomNetworks.dense(new SplittableRandom(52));
        Path file = folder.resolve("models with spaces ü.json");
        Files.writeString(file, Model.toJson(network) + "\n\n");
        assertEquals(network.text(), Model.read(file).text());
    }

    @Test
    void repeatsAreTheirLayersInARow() {
        Network layer =
                Stax.serial(Stax.dense(5).weightStd(1.2).biasStd(0.3), Stax.erf(), Stax.dense(4));
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(53), DType.F64, 5, 4)) {
            for (int n : new int[] {0, 1, 3}) {
                Network[] row = new Network[n];
                java.util.Arrays.fill(row, layer);
                Network repeated = Stax.repeat(layer, n);
                Network serial = Stax.serial(row);
                try (Kernel a = repeated.kernel(x);
                        Kernel b = serial.kernel(x);
                        Parameters p = repeated.init(1, x.shape());
                        Parameters q = serial.init(1, x.shape());
                        Tensor f = repeated.apply(p, x);
                        Tensor g = serial.apply(q, x)) {
                    assertEquals(-1, a.nngp().segment().mismatch(b.nngp().segment()));
                    assertEquals(a.ntk().shape(), b.ntk().shape());
                    assertEquals(-1, a.ntk().segment().mismatch(b.ntk().segment()));
                    assertEquals(2L * 2 * n - n, p.arrays().count());
                    assertEquals(-1, f.segment().mismatch(g.segment()));
                }
            }
            assertThrows(InputException.class, () -> Stax.repeat(layer, -1));
        }
    }

    /** What does not run may not decide how the input is read. */
    @Test
    void aLayerRepeatedNoTimesIsTheIdentity() {
        Network none = Stax.serial(Stax.repeat(Stax.dense(3).axes(1, 0), 0), Stax.dense(2));
        Network flat = Stax.serial(Stax.repeat(Stax.flatten(), 0), Stax.dense(2));
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(54), DType.F64, 3, 2, 4);
                Kernel expected = Stax.dense(2).kernel(x);
                Kernel first = none.kernel(x);
                Kernel second = flat.kernel(x)) {
            assertEquals(expected.nngp().shape(), first.nngp().shape());
            assertEquals(expected.nngp().shape(), second.nngp().shape());
            assertEquals(-1, expected.ntk().segment().mismatch(first.ntk().segment()));
            assertEquals(-1, expected.ntk().segment().mismatch(second.ntk().segment()));
        }
    }

    @Test
    void repeatsFromJavaHaveALimitToo() {
        assertThrows(InputException.class, () -> Stax.repeat(Stax.relu(), Integer.MAX_VALUE));
    }
}
