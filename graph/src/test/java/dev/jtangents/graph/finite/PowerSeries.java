package dev.jtangents.graph.finite;

import org.hipparchus.analysis.polynomials.PolynomialFunctionLagrangeForm;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Taylor coefficients of smooth functions at 0 without their derivatives: those of a polynomial
 * through their values at Chebyshev nodes.
 */
final class PowerSeries {
    private static final int NODES = 17;

    private PowerSeries() {}

    /**
     * The first coefficients of each element of a function.
     *
     * @param radius how far from 0 the function is looked at
     * @return for each coefficient an array like those of the function
     */
    static double[][] of(DoubleFunction<double[]> function, double radius, int terms) {
        double[] nodes =
                IntStream.range(0, NODES)
                        .mapToDouble(i -> Math.cos(Math.PI * (i + 0.5) / NODES))
                        .toArray();
        List<double[]> values =
                IntStream.range(0, NODES).mapToObj(i -> function.apply(radius * nodes[i])).toList();
        double[][] series = new double[terms][values.getFirst().length];
        for (int element = 0; element < series[0].length; element++) {
            int chosen = element;
            double[] heights = values.stream().mapToDouble(value -> value[chosen]).toArray();
            double[] coefficients =
                    new PolynomialFunctionLagrangeForm(nodes, heights).getCoefficients();
            for (int k = 0; k < terms; k++) {
                series[k][element] = coefficients[k] / Math.pow(radius, k);
            }
        }
        return series;
    }
}
