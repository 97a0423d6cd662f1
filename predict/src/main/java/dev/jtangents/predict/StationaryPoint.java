package dev.jtangents.predict;

import org.hipparchus.ode.ODEStateAndDerivative;
import org.hipparchus.ode.events.Action;
import org.hipparchus.ode.events.ODEStepEndHandler;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Stops an integration where it has come to rest: where the outputs have changed by no more than a
 * tolerance, relative to the largest that they have been, while the time grew by a quarter, and the
 * residual has fallen to a millionth of the largest that it has been.
 *
 * <p>The residual tells rest from slowness: it is the gradient in the directions that the kernel
 * moves at all. The change tells rest from drift, whose gradient tends to 0, too.
 */
final class StationaryPoint implements ODEStepEndHandler {
    private static final double LATER = 1.25;
    private static final double RESIDUAL = 1e-6;

    private final double tolerance;
    private final Function<FlowPoint, double[]> outputs;
    private final ToDoubleFunction<FlowPoint> residual;
    private double[] mark = {};
    private double markTime;
    private double largestOutput;
    private double largestResidual;
    private double change = Double.POSITIVE_INFINITY;
    private double left = 1;
    private boolean found;

    StationaryPoint(
            double tolerance,
            Function<FlowPoint, double[]> outputs,
            ToDoubleFunction<FlowPoint> residual) {
        this.tolerance = tolerance;
        this.outputs = outputs;
        this.residual = residual;
    }

    boolean isFound() {
        return found;
    }

    /** The relative change of the outputs when the time last grew by a quarter. */
    double change() {
        return change;
    }

    /** How much of the residual was left then. */
    double left() {
        return left;
    }

    @Override
    public void init(ODEStateAndDerivative start, double end) {
        FlowPoint point = FlowPoint.of(start);
        mark = outputs.apply(point);
        largestResidual = residual.applyAsDouble(point);
    }

    @Override
    public Action stepEndOccurred(ODEStateAndDerivative state, boolean forward) {
        if (state.getTime() < LATER * markTime) {
            return Action.CONTINUE;
        }
        FlowPoint point = FlowPoint.of(state);
        double[] now = outputs.apply(point);
        change = relativeChange(now);
        left = relativeResidual(residual.applyAsDouble(point));
        mark = now;
        markTime = point.time();
        found = left <= RESIDUAL && change <= tolerance;
        return found ? Action.STOP : Action.CONTINUE;
    }

    private double relativeResidual(double now) {
        largestResidual = Math.max(largestResidual, now);
        return now == 0 ? 0 : now / largestResidual;
    }

    private double relativeChange(double[] now) {
        double difference = 0;
        for (int i = 0; i < now.length; i++) {
            largestOutput = Math.max(largestOutput, Math.max(Math.abs(now[i]), Math.abs(mark[i])));
            difference = Math.max(difference, Math.abs(now[i] - mark[i]));
        }
        return difference == 0 ? 0 : difference / largestOutput;
    }
}
