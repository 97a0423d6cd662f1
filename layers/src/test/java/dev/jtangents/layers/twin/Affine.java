package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.List;

/**
 * Random weights and biases. An output is the sum over taps of the inputs that the tap selects,
 * times a weight matrix of the tap's own; so its covariance is the mean over taps.
 */
record Affine(
        double weightVariance,
        double biasVariance,
        boolean bias,
        boolean standard,
        double widthBefore,
        double widthAfter) {
    static Affine of(Arguments arguments) {
        double weight = arguments.number("W_std", 1);
        double bias = arguments.number("b_std", 0);
        return new Affine(
                weight * weight,
                bias * bias,
                arguments.has("b_std"),
                arguments.text("parameterization", "ntk").equals("standard"),
                arguments.numbers("s", 1, 1)[0],
                arguments.numbers("s", 1, 1)[1]);
    }

    /** How many channels there are at finite width, which the standard NTK counts. */
    int channels(int given) {
        return (int) (standard ? given * widthAfter : given);
    }

    /** Without shared weights different positions have different, independent weights. */
    Covariances apply(
            Covariances input,
            Layout output,
            List<double[][]> taps,
            boolean shared,
            boolean[] masked) {
        double[][] nngp = mean(input.nngp(), output, taps, shared);
        double[][] ntk = mean(input.ntk(), output, taps, shared);
        double fanIn = (double) input.layout().channels() * taps.size();
        // What a weight's own gradient is scaled by, and a bias's.
        double weightScale = standard ? fanIn / widthBefore : weightVariance;
        double biasScale = standard && bias ? 1 : biasVariance;
        return new Covariances(
                output,
                Matrices.tabulate(
                        output.elements(),
                        (a, b) ->
                                weightVariance * nngp[a][b]
                                        + (related(a, b, output, shared) ? biasVariance : 0)),
                Matrices.tabulate(
                        output.elements(),
                        (a, b) ->
                                weightVariance * ntk[a][b]
                                        + weightScale * nngp[a][b]
                                        + (related(a, b, output, shared) ? biasScale : 0)),
                masked);
    }

    private static double[][] mean(
            double[][] covariances, Layout output, List<double[][]> taps, boolean shared) {
        double[][] mean = new double[output.elements()][output.elements()];
        for (double[][] tap : taps) {
            Matrices.add(mean, 1.0 / taps.size(), Matrices.congruence(tap, covariances));
        }
        return Matrices.tabulate(
                mean.length, (a, b) -> related(a, b, output, shared) ? mean[a][b] : 0);
    }

    private static boolean related(int a, int b, Layout output, boolean shared) {
        return shared || output.position(a) == output.position(b);
    }
}
