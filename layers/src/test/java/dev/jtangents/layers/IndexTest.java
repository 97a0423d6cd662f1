package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Indexing as NumPy does it. */
class IndexTest {
    private static final Shape INPUT = Shape.of(3, 5, 4, 2);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "-1 | 4",
                ": | 0 1 2 3 4",
                ":: | 0 1 2 3 4",
                "1:-1 | 1 2 3",
                "-9:9 | 0 1 2 3 4",
                "::2 | 0 2 4",
                "1::3 | 1 4",
                "::-1 | 4 3 2 1 0",
                "-2:0:-2 | 3 1",
                "9:-9:-4 | 4 0",
                " 1 : 2 | 1",
                "3:2:-1 | 3"
            })
    void takesOfAnAxis(String text, String expected) {
        int[] wanted = Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray();
        IndexText.Part part = IndexText.parse(text).partsFor(Shape.of(5)).getFirst();
        assertArrayEquals(wanted, IndexText.selected(part, 5, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ": | (3, 5, 4, 2) | 0 3",
                "..., : | (3, 5, 4, 2) | 0 3",
                ":, 1:3 | (3, 2, 4, 2) | 0 3",
                ":, 2 | (3, 4, 2) | 0 2",
                ":, 2, -1 | (3, 2) | 0 1",
                "..., 1:, : | (3, 5, 3, 2) | 0 3",
                "1:, ..., ::-2, : | (2, 5, 2, 2) | 0 3",
                "::2, 0 | (2, 4, 2) | 0 2"
            })
    void shapesAreThoseOfTheArray(String text, String shape, String axes) {
        Propagation out = Propagated.through(index(text), INPUT);
        assertEquals(shape, out.shape1().toString());
        assertEquals(shape, index(text).outputShape(INPUT).toString());
        assertEquals(axes, out.batchAxis() + " " + out.channelAxis());
    }

    @Test
    void axesInFrontVanishBeforeTheBatch() {
        Propagation out = Propagated.through(index("1, :, 2").axes(1, 3), INPUT);
        assertEquals(Shape.of(5, 2), out.shape1());
        assertEquals(0, out.batchAxis());
        assertEquals(1, out.channelAxis());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                ":, 5",
                ":, -6",
                ":, 2:2",
                ":, 3:1",
                "..., 0",
                "..., 0:1",
                "..., ::-1",
                ":, :, :, :, :",
                "5:"
            })
    void refusesWhatNoKernelHas(String text) {
        assertThrows(InputException.class, () -> Propagated.through(index(text), INPUT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a", ":, None", "1.5", ":,,", "1:2:3:4", "::0", "..., ...", "[0]"})
    void refusesWhatIsNoIndex(String text) {
        String message = assertThrows(InputException.class, () -> index(text)).getMessage();
        assertTrue(message.contains("\"" + text + "\""), message);
    }

    @Test
    void covariancesAreThoseOfWhatIsTaken() {
        double[] values = new SplittableRandom(5).doubles(INPUT.size(), -1, 1).toArray();
        try (Tensor x = Tensor.of(values, INPUT.extents());
                Tensor taken = x.slice(0, 1, 3).slice(1, 2, 3).slice(2, 1, 4).copy(x.dtype());
                Kernel expected = Stax.identity().kernel(taken.reshape(2, 3, 2));
                Kernel actual = index("1:, 2, 1:").kernel(x)) {
            assertEquals(expected.nngp().shape(), actual.nngp().shape());
            assertArrayEquals(expected.nngp().toArray(), actual.nngp().toArray(), 1e-15);
            assertArrayEquals(expected.cov1().toArray(), actual.cov1().toArray(), 1e-15);
        }
    }

    @Test
    void textsReadBack() {
        Network network = index(":, 1:-1, ::2").axes(3, 0);
        String json = Model.toJson(network);
        assertEquals(network.text(), Model.parse("json", json).text(), json);
    }
}
