package dev.jtangents.predict;

import org.hipparchus.ode.ODEState;
import org.hipparchus.ode.sampling.ODEStateInterpolator;
import org.hipparchus.ode.sampling.ODEStepHandler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Takes the points of an integration at given times, in any order, from the solver's steps. */
final class Sampler implements ODEStepHandler {
    private final double[] times;
    private final int[] increasing;
    private final List<FlowPoint> points;
    private int taken;

    Sampler(double[] times, ODEState start) {
        this.times = times;
        this.increasing =
                IntStream.range(0, times.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> times[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        this.points = new ArrayList<>(Collections.nCopies(times.length, FlowPoint.of(start)));
        while (taken < times.length && times[increasing[taken]] <= start.getTime()) {
            taken++;
        }
    }

    @Override
    public void handleStep(ODEStateInterpolator step) {
        double end = step.getCurrentState().getTime();
        while (taken < times.length && times[increasing[taken]] <= end) {
            double time = times[increasing[taken]];
            ODEState point = time == end ? step.getCurrentState() : step.getInterpolatedState(time);
            points.set(increasing[taken], FlowPoint.of(point));
            taken++;
        }
    }

    /** One point for each of the times, in their order. */
    List<FlowPoint> points() {
        return points;
    }
}
