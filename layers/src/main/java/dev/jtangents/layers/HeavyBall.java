package dev.jtangents.layers;

import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * Parameters on their way downhill: v = momentum v + gradient, p = p - rate v. Moves parameters in
 * place; closing frees the velocities.
 */
final class HeavyBall implements AutoCloseable {
    private final List<Tensor> parameters;
    private final List<Tensor> velocities;
    private final double rate;
    private final double momentum;

    HeavyBall(Parameters parameters, double rate, double momentum) {
        this.parameters = parameters.arrays().toList();
        this.velocities =
                this.parameters.stream()
                        .map(array -> Tensor.allocate(array.dtype(), array.shape()))
                        .toList();
        this.rate = rate;
        this.momentum = momentum;
    }

    /**
     * One step.
     *
     * @throws InputException when the gradient has other shapes than the parameters
     */
    void step(Parameters gradient) {
        List<Tensor> slopes = gradient.arrays().toList();
        List<Shape> given = slopes.stream().map(Tensor::shape).toList();
        List<Shape> wanted = parameters.stream().map(Tensor::shape).toList();
        if (!given.equals(wanted)) {
            throw new InputException(
                    "The gradient has arrays of shapes "
                            + given
                            + ", but the parameters have "
                            + wanted
                            + ".");
        }
        for (int i = 0; i < slopes.size(); i++) {
            Tensor velocity = velocities.get(i);
            try (Tensor next = slopes.get(i).copy(velocity.dtype())) {
                add(next, momentum, velocity);
                add(parameters.get(i), -rate, next);
                velocity.assign(next);
            }
        }
    }

    private static void add(Tensor target, double factor, Tensor source) {
        Loops.get(target.dtype())
                .addScaled(target.segment(), 0, source.segment(), 0, factor, target.size());
    }

    @Override
    public void close() {
        velocities.forEach(Tensor::close);
    }
}
