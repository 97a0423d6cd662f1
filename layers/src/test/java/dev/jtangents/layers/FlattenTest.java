package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

class FlattenTest {
    private static Tensor images() {
        return Tensor.of(
                new SplittableRandom(3).doubles(4 * 2 * 3 * 5, -1, 1).toArray(), 4, 2, 3, 5);
    }

    @Test
    void readsTheBatchWhereItIsTold() {
        try (Tensor first = images();
                Kernel expected = serial(flatten(), dense(3), relu()).kernel(first)) {
            for (int axis = 1; axis < 4; axis++) {
                int[] order = {0, 1, 2, 3};
                order[0] = axis;
                order[axis] = 0;
                Tensor moved = first.transpose(order);
                // The order of features does not matter to a dense layer.
                try (Kernel kernel = serial(flatten(axis, 0), dense(3), relu()).kernel(moved)) {
                    assertEquals(Shape.of(4, 3), kernel.shape1());
                    assertArrayEquals(
                            expected.ntk().toArray(),
                            kernel.ntk().toArray(),
                            1e-14,
                            "axis " + axis);
                }
            }
        }
    }

    @Test
    void aloneIsTheProductOfWholeExamples() {
        try (Tensor x = images();
                Kernel kernel = flatten().kernel(x)) {
            double sum = 0;
            for (long i = 0; i < 30; i++) {
                sum += x.get(1, i / 15, i / 5 % 3, i % 5) * x.get(2, i / 15, i / 5 % 3, i % 5);
            }
            assertEquals(sum / 30, kernel.nngp().get(1, 2), 1e-15);
            assertEquals(Shape.of(), kernel.ntk().shape());
        }
    }

    @Test
    void aSliceEqualToTheBatchIsTheBatch() {
        try (Tensor x = images();
                Tensor copy = x.slice(0, 0, 2).copy(x.dtype());
                Kernel kernel = serial(flatten(), dense(1)).kernel(x.slice(0, 0, 2), copy)) {
            assertTrue((boolean) kernel.get(KernelField.X1_IS_X2).orElseThrow());
        }
    }
}
