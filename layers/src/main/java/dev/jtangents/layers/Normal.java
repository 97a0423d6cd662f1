package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.random.RandomGenerator;

/** Arrays of independent normal numbers. */
final class Normal {
    private Normal() {}

    static Parameters array(RandomGenerator random, Shape shape, double deviation, DType dtype) {
        Tensor tensor = Tensor.allocate(dtype, shape);
        Tensor flat = tensor.reshape(shape.size());
        for (long i = 0; i < shape.size(); i++) {
            flat.set(deviation * random.nextGaussian(), i);
        }
        return new Parameters.Array(tensor);
    }
}
