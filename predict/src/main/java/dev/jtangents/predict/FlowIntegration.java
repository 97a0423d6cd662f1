package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;

import org.hipparchus.exception.LocalizedCoreFormats;
import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.ode.ExpandableODE;
import org.hipparchus.ode.LocalizedODEFormats;
import org.hipparchus.ode.ODEState;
import org.hipparchus.ode.ODEStateAndDerivative;
import org.hipparchus.ode.nonstiff.DormandPrince853Integrator;
import org.hipparchus.ode.sampling.ODEStateInterpolator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Follows the flow of a loss by the Runge-Kutta method of order 8 with adaptive steps and dense
 * output of Dormand and Prince (Hairer, Nørsett and Wanner 1993, section II.10).
 */
final class FlowIntegration {
    /** Of the whole time; no budget would suffice for steps shorter than this. */
    private static final double SHORTEST_STEP = 1e-14;

    /** Where what has not come to rest never will. */
    private static final double END = 1e100;

    private final LossFlow flow;
    private final FlowOptions options;
    private double reached;

    FlowIntegration(LossFlow flow, FlowOptions options) {
        this.flow = flow;
        this.options = options;
    }

    /** The points of the flow at these times, in their order. */
    List<FlowPoint> at(double[] times, ODEState start) {
        Sampler sampler = new Sampler(times, start);
        double end = Arrays.stream(times).max().orElse(0);
        if (end > start.getTime()) {
            DormandPrince853Integrator integrator = integrator(SHORTEST_STEP * end, end);
            integrator.addStepHandler(sampler);
            try {
                integrator.integrate(equations(), start, end);
            } catch (MathRuntimeException failure) {
                throw new InputException(
                        String.format(
                                Locale.ROOT,
                                "The integration of gradient descent ended at t = %.4g of %.4g: %s",
                                reached / options.pace(),
                                end / options.pace(),
                                reason(failure)),
                        failure);
            }
        }
        return sampler.points();
    }

    /** The point at which all outputs are at rest. */
    FlowPoint stationary(
            ODEState start,
            Function<FlowPoint, double[]> outputs,
            ToDoubleFunction<FlowPoint> residual) {
        StationaryPoint rest =
                new StationaryPoint(options.stationaryTolerance(), outputs, residual);
        DormandPrince853Integrator integrator = integrator(Double.MIN_NORMAL, END);
        integrator.addStepEndHandler(rest);
        try {
            ODEStateAndDerivative end = integrator.integrate(equations(), start, END);
            if (rest.isFound()) {
                return FlowPoint.of(end);
            }
        } catch (MathRuntimeException failure) {
            throw new InputException(notAtRest(rest, reason(failure)), failure);
        }
        throw new InputException(notAtRest(rest, "They drift without end."));
    }

    private DormandPrince853Integrator integrator(double shortestStep, double longestStep) {
        DormandPrince853Integrator integrator =
                new DormandPrince853Integrator(
                        shortestStep,
                        longestStep,
                        options.absoluteTolerance(),
                        options.relativeTolerance());
        integrator.setMaxEvaluations(options.maxEvaluations());
        integrator.addStepHandler(step -> report(step, integrator.getEvaluations()));
        return integrator;
    }

    private ExpandableODE equations() {
        ExpandableODE equations = new ExpandableODE(flow);
        equations.addSecondaryEquations(flow);
        return equations;
    }

    private void report(ODEStateInterpolator step, int evaluations) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("The integration was interrupted.");
        }
        ODEStateAndDerivative point = step.getCurrentState();
        reached = point.getTime();
        ProgressListener listener = options.listener();
        if (listener != null) {
            double loss = flow.loss(point.getPrimaryState());
            listener.reached(reached / options.pace(), loss, evaluations);
        }
    }

    private String notAtRest(StationaryPoint rest, String reason) {
        return String.format(
                Locale.ROOT,
                "Gradient descent did not reach a stationary point: at t = %.4g %.2g of the"
                        + " gradient was left, and the outputs changed by %.2g of their size (%.2g"
                        + " counts as rest) while the time grew by a quarter. %s There need not be"
                        + " one, as with the cross-entropy of labels that are certain; then ask"
                        + " for a finite time.",
                reached / options.pace(),
                rest.left(),
                rest.change(),
                options.stationaryTolerance(),
                reason);
    }

    private String reason(MathRuntimeException failure) {
        if (failure.getSpecifier() == LocalizedCoreFormats.MAX_COUNT_EXCEEDED) {
            return "The gradient was evaluated "
                    + options.maxEvaluations()
                    + " times, the most that maxEvaluations allows; the largest eigenvalue of the"
                    + " kernel holds the steps down. Allow more, ask for an earlier time, loosen"
                    + " the tolerances, or use gradientDescentMse if the loss is mse.";
        }
        if (failure.getSpecifier()
                == LocalizedODEFormats.MINIMAL_STEPSIZE_REACHED_DURING_INTEGRATION) {
            return "The tolerances would need steps too short ever to arrive: the largest"
                    + " eigenvalue of the kernel is too large for this time, or the gradient of"
                    + " the loss jumps. Loosen the tolerances, ask for an earlier time, or smooth"
                    + " the loss.";
        }
        return "The solver says: " + failure.getMessage() + ".";
    }
}
