package dev.jtangents.graph.finite;

import org.hipparchus.analysis.differentiation.DSFactory;
import org.hipparchus.analysis.differentiation.DerivativeStructure;

import java.util.function.UnaryOperator;

/** A function by its formula on numbers that carry their derivatives. */
record SmoothFunction(UnaryOperator<DerivativeStructure> formula) implements ScalarFunction {
    @Override
    public double value(double x) {
        return at(new DSFactory(1, 0), x).getValue();
    }

    @Override
    public double derivative(double x) {
        return at(new DSFactory(1, 1), x).getPartialDerivative(1);
    }

    @Override
    public void taylor(double x, double[] coefficients) {
        double[] derivatives = at(new DSFactory(1, coefficients.length - 1), x).getAllDerivatives();
        double factorial = 1;
        for (int k = 0; k < coefficients.length; k++) {
            factorial *= Math.max(k, 1);
            coefficients[k] = derivatives[k] / factorial;
        }
    }

    @Override
    public void values(double[] x, double[] result, int count) {
        var factory = new DSFactory(1, 0);
        for (int i = 0; i < count; i++) {
            result[i] = at(factory, x[i]).getValue();
        }
    }

    @Override
    public void derivatives(double[] x, double[] result, int count) {
        var factory = new DSFactory(1, 1);
        for (int i = 0; i < count; i++) {
            result[i] = at(factory, x[i]).getPartialDerivative(1);
        }
    }

    private DerivativeStructure at(DSFactory factory, double x) {
        return formula.apply(factory.variable(0, x));
    }
}
