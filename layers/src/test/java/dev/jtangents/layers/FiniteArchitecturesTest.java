package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.layers.twin.Array;
import dev.jtangents.layers.twin.RandomArchitecture;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Random architectures at finite width: they apply, to each example alone. */
class FiniteArchitecturesTest {
    private static final int SEEDS = 400;

    /** Layers that mix examples, which only kernels can, and the one that has no function. */
    private static final Pattern KERNELS_ONLY =
            Pattern.compile("one example at a time|given by its kernel alone");

    @Test
    void outputsHaveTheShapesThatWerePromised() {
        int refused = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            RandomArchitecture architecture = RandomArchitecture.of(seed);
            try {
                apply(architecture, seed);
            } catch (InputException refusal) {
                String message = refusal.getMessage();
                assertTrue(KERNELS_ONLY.matcher(message).find(), architecture + ": " + message);
                refused++;
            }
        }
        assertTrue(refused < SEEDS / 4, refused + " refused");
    }

    private static void apply(RandomArchitecture architecture, long seed) {
        Network network = Model.parse("seed " + seed, architecture.json());
        List<Tensor> x = tensors(architecture.x1());
        List<Tensor> patterns = tensors(architecture.inputs().patterns());
        ApplyOptions options = ApplyOptions.defaults().seed(seed);
        Double maskConstant = architecture.maskConstant();
        options = maskConstant == null ? options : options.maskConstant(maskConstant);
        options = patterns.isEmpty() ? options : options.pattern(patterns.getFirst());
        List<Shape> shapes = x.stream().map(Tensor::shape).toList();
        List<Tensor> opened = new ArrayList<>();
        opened.addAll(x);
        opened.addAll(patterns);
        try (Parameters parameters = network.init(seed, shapes, x.getFirst().dtype())) {
            List<Tensor> outputs = network.apply(parameters, x, options);
            opened.addAll(outputs);
            assertEquals(
                    network.outputShapes(shapes),
                    outputs.stream().map(Tensor::shape).toList(),
                    architecture.json());
        } finally {
            opened.forEach(Tensor::close);
        }
    }

    private static List<Tensor> tensors(List<Array> arrays) {
        return arrays.stream().map(array -> Tensor.of(array.data(), array.shape())).toList();
    }
}
