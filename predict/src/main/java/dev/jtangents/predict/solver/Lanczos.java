package dev.jtangents.predict.solver;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * The extreme eigenvalues that the steps of conjugate gradients have seen: those of Lanczos'
 * tridiagonal matrix, which the steps make up (Golub and Van Loan 2013, section 11.3).
 */
final class Lanczos {
    /** Beyond this many steps the extremes hardly move. */
    private static final int MOST_STEPS = 500;

    private Lanczos() {}

    /**
     * A lower bound, and an estimate, of the condition number of the preconditioned matrix; 1 when
     * there was no step.
     *
     * @param steps how far each step went, for each column; 0 once a column had ended
     * @param corrections what of the direction was kept after each step
     */
    static double condition(List<double[]> steps, List<double[]> corrections) {
        int column = longest(steps);
        int count = Math.min(MOST_STEPS, count(steps, column));
        if (count == 0) {
            return 1;
        }
        try (Tensor matrix = Tensor.allocate(DType.F64, Shape.of(count, count))) {
            for (int i = 0; i < count; i++) {
                double diagonal = 1 / steps.get(i)[column];
                if (i > 0) {
                    double before = steps.get(i - 1)[column];
                    double kept = corrections.get(i - 1)[column];
                    diagonal += kept / before;
                    matrix.set(Math.sqrt(kept) / before, i, i - 1);
                }
                matrix.set(diagonal, i, i);
            }
            try (Tensor values = LinearAlgebra.get().symmetricEigen(matrix)) {
                return values.get(count - 1) / values.get(0);
            }
        }
    }

    private static int longest(List<double[]> steps) {
        int longest = 0;
        int columns = steps.isEmpty() ? 0 : steps.getFirst().length;
        for (int column = 1; column < columns; column++) {
            if (count(steps, column) > count(steps, longest)) {
                longest = column;
            }
        }
        return longest;
    }

    private static int count(List<double[]> steps, int column) {
        int count = 0;
        while (count < steps.size() && steps.get(count)[column] != 0) {
            count++;
        }
        return count;
    }
}
