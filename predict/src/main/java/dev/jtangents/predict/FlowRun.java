package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.ode.ODEState;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;

/** One run of the flow of a loss, from the user's arrays to arrays for the user. */
final class FlowRun {
    private final TrainingKernel kernel;
    private final KernelAxes axes;
    private final long columns;
    private final FlowOptions options;
    private final LossFlow flow;
    private final Arena scratch;

    FlowRun(TrainingKernel kernel, Loss loss, FlowOptions options, Arena scratch) {
        Labels labels = kernel.labels();
        this.kernel = kernel;
        this.axes = labels.axes();
        this.columns = labels.matrix().shape().extent(1);
        this.options = options;
        this.flow = new LossFlow(scratch, kernel.matrix(), labels, loss, options.friction());
        this.scratch = scratch;
    }

    /** The points of the flow that starts here at these times. */
    List<FlowPoint> points(FlowStart train, @Nullable TestPath test, Time time) {
        Shape rows = axes.trainRows();
        ODEState start =
                flow.start(
                        train.outputs().matrix(scratch, axes, rows, "fx_train_0"),
                        velocity(train, rows, "qx_train_0"));
        FlowIntegration integration = new FlowIntegration(flow, options);
        return time.isInfinite()
                ? List.of(
                        integration.stationary(
                                start, point -> outputs(point, test), this::residual))
                : integration.at(time.rates(options.pace(), 1), start);
    }

    TestPath testPath(FlowStart test, Tensor kTestTrain) {
        Shape rows = axes.testRows(kTestTrain, "k_test_train");
        return new TestPath(
                rows,
                axes.testTrainMatrix(scratch, kTestTrain, rows, "k_test_train"),
                test.outputs().matrix(scratch, axes, rows, "fx_test_0"),
                velocity(test, rows, "qx_test_0"),
                options.friction());
    }

    /** The state at these points, on the arena of the results. */
    OdeState state(Arena results, Time time, List<FlowPoint> points, @Nullable TestPath test) {
        boolean moving = options.momentum().isPresent();
        Shape rows = axes.trainRows();
        return new OdeState(
                results,
                collect(results, time, rows, points, this::position),
                test == null ? null : collect(results, time, test.rows(), points, test::outputs),
                moving ? collect(results, time, rows, points, this::velocity) : null,
                moving && test != null
                        ? collect(results, time, test.rows(), points, test::velocity)
                        : null);
    }

    private Tensor collect(
            Arena results,
            Time time,
            Shape rows,
            List<FlowPoint> points,
            BiFunction<Arena, FlowPoint, Tensor> matrixAt) {
        try (Arena step = Arena.ofShared()) {
            Tensor sideBySide = Matrices.zeros(step, rows.size(), points.size() * columns);
            for (int i = 0; i < points.size(); i++) {
                sideBySide
                        .slice(1, i * columns, (i + 1) * columns)
                        .assign(matrixAt.apply(step, points.get(i)));
            }
            return axes.outputs(results, time.shape(), rows, sideBySide);
        }
    }

    private Tensor position(Arena arena, FlowPoint point) {
        return FlowPoint.part(arena, point.state(), 0, axes.trainRows().size(), columns);
    }

    private Tensor velocity(Arena arena, FlowPoint point) {
        return FlowPoint.part(arena, point.state(), 1, axes.trainRows().size(), columns);
    }

    private double[] outputs(FlowPoint point, @Nullable TestPath test) {
        try (Arena step = Arena.ofShared()) {
            double[] train = position(step, point).toArray();
            double[] tested = test == null ? new double[0] : test.outputs(step, point).toArray();
            return DoubleStream.concat(Arrays.stream(train), Arrays.stream(tested)).toArray();
        }
    }

    /** The largest gradient in the directions that the kernel moves. */
    private double residual(FlowPoint point) {
        try (Arena step = Arena.ofShared()) {
            Tensor gradient = flow.gradient(point.state());
            return Matrices.largestMagnitude(kernel.spectrum().projectOnRange(step, gradient));
        }
    }

    private @Nullable Tensor velocity(FlowStart start, Shape rows, String name) {
        Tensor velocity = start.velocity();
        if (velocity != null && options.momentum().isEmpty()) {
            throw new InputException(
                    "The state to start from has velocities ("
                            + name
                            + "), but this gradient descent has no momentum: set momentum, or"
                            + " start from the outputs alone with trainFrom and testFrom.");
        }
        return velocity == null ? null : axes.outputMatrix(scratch, velocity, rows, name);
    }
}
