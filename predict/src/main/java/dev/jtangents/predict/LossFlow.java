package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.ode.ODEState;
import org.hipparchus.ode.OrdinaryDifferentialEquation;
import org.hipparchus.ode.SecondaryODE;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The differential equation of the training outputs f, with the gradient g of the loss: f' = -K g,
 * or with friction γ f'' = -γ f' - K g.
 *
 * <p>Beside it runs the pull s, which is the same without the kernel: s' = g or s'' = -γ s' + g,
 * from 0. It is all that test points need, however many there are ({@link TestPath}), and it costs
 * nothing. It is a secondary equation, on which the size of the steps does not depend.
 */
final class LossFlow implements OrdinaryDifferentialEquation, SecondaryODE {
    private final Tensor kernel;
    private final Loss loss;
    private final OptionalDouble friction;
    private final int size;
    private final Tensor outputMatrix;
    private final Tensor gradientMatrix;
    private final Tensor forceMatrix;
    private final Tensor outputView;
    private final Tensor gradientView;
    private final Tensor outputs;
    private final Tensor labels;
    private final Tensor gradient;

    /** The flow of one integration, with its working memory on an arena. */
    LossFlow(Arena arena, Tensor kernel, Labels labels, Loss loss, OptionalDouble friction) {
        this.kernel = kernel;
        this.loss = loss;
        this.friction = friction;
        this.size = Math.toIntExact(labels.count());
        KernelAxes axes = labels.axes();
        Shape rows = axes.trainRows();
        this.outputMatrix = axes.emptyOutputMatrix(arena, rows);
        this.gradientMatrix = axes.emptyOutputMatrix(arena, rows);
        this.forceMatrix = axes.emptyOutputMatrix(arena, rows);
        this.outputView = axes.asOutputs(outputMatrix, rows);
        this.gradientView = axes.asOutputs(gradientMatrix, rows);
        this.outputs = Tensor.allocate(arena, DType.F64, axes.labels());
        this.gradient = Tensor.allocate(arena, DType.F64, axes.labels());
        this.labels = Tensor.allocate(arena, DType.F64, axes.labels());
        this.labels.assign(axes.asOutputs(labels.matrix(), rows));
    }

    /** Where the flow starts; without a velocity at rest. */
    ODEState start(Tensor position, @Nullable Tensor velocity) {
        double[] state = Arrays.copyOf(position.toArray(), getDimension());
        if (velocity != null) {
            System.arraycopy(velocity.toArray(), 0, state, size, size);
        }
        return new ODEState(0, state, new double[][] {new double[getDimension()]});
    }

    /** The loss at a state. */
    double loss(double[] state) {
        read(state);
        return loss.value(outputs, labels);
    }

    @Override
    public int getDimension() {
        return friction.isPresent() ? 2 * size : size;
    }

    @Override
    public double[] computeDerivatives(double time, double[] state) {
        Tensor pulling = gradient(state);
        LinearAlgebra.get().multiply(-1, kernel, false, pulling, false, 0, forceMatrix);
        return motion(state, forceMatrix.toArray());
    }

    /** The matrix of the gradient at a state, until the next call of any method. */
    Tensor gradient(double[] state) {
        read(state);
        // What a loss forgets to write must not pass for a number.
        Matrices.fill(gradient, Double.NaN);
        loss.gradient(outputs, labels, gradient);
        gradientView.assign(gradient);
        if (!Matrices.allFinite(gradientMatrix)) {
            throw new InputException(
                    "The gradient of the loss is not finite everywhere during the integration."
                            + " Lower the learning rate, ask for an earlier time, or correct the"
                            + " loss.");
        }
        return gradientMatrix;
    }

    /** Called right after the other, of the same point, whose gradient is therefore at hand. */
    @Override
    public double[] computeDerivatives(
            double time, double[] state, double[] derivative, double[] pull) {
        return motion(pull, gradientMatrix.toArray());
    }

    private double[] motion(double[] state, double[] force) {
        if (friction.isEmpty()) {
            return force;
        }
        double[] derivative = new double[2 * size];
        System.arraycopy(state, size, derivative, 0, size);
        for (int i = 0; i < size; i++) {
            derivative[size + i] = force[i] - friction.getAsDouble() * state[size + i];
        }
        return derivative;
    }

    private void read(double[] state) {
        Matrices.assign(outputMatrix, state, 0);
        outputs.assign(outputView);
    }
}
