package dev.jtangents.maps;

/**
 * The derivative of a formula by q12, by central differences in the correlation c, whose steps are
 * halved and extrapolated to 0 as long as that settles (Ridders 1982).
 *
 * <p>Near |c| = 1 there is no room for steps. There the derivative is extrapolated from
 * correlations further inside, as a polynomial in x = sqrt(1 - |c|), in which also the derivatives
 * of φ with kinks are smooth (that of ReLU is linear in the angle). Of several spacings of x, that
 * counts whose last two polynomials agree best.
 *
 * <p>Accuracy, for a formula that is exact to its rounding and a φ that changes little within a
 * hundredth of a standard deviation of its argument: 1e-9 of E[φ'²] for 1 - |c| above 1e-3 and 1e-6
 * below. Where φ is almost constant, its rounding counts: 1e-12 and 1e-10 of E[φ²] / q. A variance
 * of 0 leaves no room at all and counts as 1e-8. NaN means that the formula overflows.
 */
final class NumericalDerivative implements FormulaMap.Formula {
    /** The room below which differences are replaced by extrapolation. */
    private static final double NARROW = 1e-3;

    /** Variances below leave no normal numbers for the steps. */
    private static final double SMALLEST = 1e-280;

    private static final double STAND_IN = 1e-8;
    private static final double[] SPACINGS = {0.04, 0.02, 0.01, 0.005, 0.0025};
    private static final int POINTS = 8;
    private static final int HALVINGS = 10;

    private final FormulaMap.Formula formula;

    NumericalDerivative(FormulaMap.Formula formula) {
        this.formula = formula;
    }

    @Override
    public double at(double q12, double q11, double q22) {
        double left = q11 < SMALLEST ? STAND_IN : q11;
        double right = q22 < SMALLEST ? STAND_IN : q22;
        double c = Correlation.of(q12, left, right);
        double room = 1 - Math.abs(c);
        return room > NARROW
                ? inside(c, left, right)
                : atTheEdge(Math.sqrt(room), Math.copySign(1, c), left, right);
    }

    private double inside(double c, double q11, double q22) {
        double norms = Math.sqrt(q11) * Math.sqrt(q22);
        double[] column = new double[HALVINGS];
        double best = Double.NaN;
        double error = Double.POSITIVE_INFINITY;
        double step = (1 - Math.abs(c)) / 2;
        for (int k = 0; k < HALVINGS; k++, step /= 2) {
            double after = (c + step) * norms;
            double before = (c - step) * norms;
            double above = formula.at(after, q11, q22);
            double value = (above - formula.at(before, q11, q22)) / (after - before);
            double rounding = Math.ulp(above) / (after - before);
            double factor = 4;
            for (int j = 0; j < k; j++, factor *= 4) {
                double coarse = column[j];
                column[j] = value;
                value += (value - coarse) / (factor - 1);
                double change = Math.max(Math.abs(value - column[j]), Math.abs(value - coarse));
                if (change + rounding <= error) {
                    error = change + rounding;
                    best = value;
                }
            }
            column[k] = value;
        }
        return best;
    }

    private double atTheEdge(double x, double side, double q11, double q22) {
        double best = Double.NaN;
        double error = Double.POSITIVE_INFINITY;
        for (double spacing : SPACINGS) {
            double[] table = new double[POINTS];
            double change = Double.POSITIVE_INFINITY;
            for (int k = 0; k < POINTS; k++) {
                double node = (k + 1) * spacing;
                double value = inside(side * (1 - node * node), q11, q22);
                // Neville's scheme: table[j] becomes the polynomial through the last j + 1 nodes.
                for (int j = 0; j < k; j++) {
                    double shorter = table[j];
                    table[j] = value;
                    value += (value - shorter) * (x - node) / ((j + 1) * spacing);
                    change = Math.abs(value - table[j]);
                }
                table[k] = value;
            }
            if (change < error) {
                error = change;
                best = table[POINTS - 1];
            }
        }
        return best;
    }
}
