package dev.jtangents.predict.solver;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * About where the eigenvalues of a symmetric matrix lie, from a few dozen products with it:
 * Lanczos' iteration, whose vectors are kept orthogonal (Golub and Van Loan 2013, algorithm 10.1.1
 * and section 10.3.1), widened by its residuals.
 */
record EigenvalueRange(double smallest, double largest) {
    private static final int STEPS = 60;

    static EigenvalueRange of(KernelProduct product) {
        long n = product.size();
        int most = (int) Math.min(n, STEPS);
        try (Arena arena = Arena.ofShared()) {
            Tensor basis = Blocks.zeros(arena, most, n);
            Tensor tridiagonal = Blocks.zeros(arena, most, most);
            Tensor vector = Blocks.zeros(arena, n, 1);
            Tensor image = Blocks.zeros(arena, n, 1);
            var random = new SplittableRandom(0);
            for (long i = 0; i < n; i++) {
                image.set(random.nextDouble() - 0.5, i, 0);
            }
            double norm = Columns.norms(image)[0];
            double rounding = 0;
            int count = 0;
            while (count < most && norm > rounding) {
                if (count > 0) {
                    tridiagonal.set(norm, count, count - 1);
                }
                Columns.scale(image, new double[] {1 / norm}, vector);
                Blocks.rows(basis, count, count + 1).assign(vector.transpose(1, 0));
                product.multiply(vector, image);
                tridiagonal.set(Columns.products(vector, image)[0], count, count);
                rounding = Math.max(rounding, n * Math.ulp(Columns.norms(image)[0]));
                count++;
                makeOrthogonal(arena, image, Blocks.rows(basis, 0, count));
                norm = Columns.norms(image)[0];
            }
            return of(Blocks.block(tridiagonal, 0, count, 0, count), norm);
        }
    }

    /** Twice is enough. */
    private static void makeOrthogonal(Arena arena, Tensor image, Tensor basis) {
        LinearAlgebra algebra = LinearAlgebra.get();
        Tensor parts = Blocks.zeros(arena, basis.shape().extent(0), 1);
        for (int time = 0; time < 2; time++) {
            algebra.multiply(1, basis, false, image, false, 0, parts);
            algebra.multiply(-1, basis, true, parts, false, 1, image);
        }
    }

    private static EigenvalueRange of(Tensor tridiagonal, double residual) {
        int last = (int) tridiagonal.shape().extent(0) - 1;
        try (Tensor values = LinearAlgebra.get().symmetricEigen(tridiagonal)) {
            double low = Math.abs(residual * tridiagonal.get(0, last));
            double high = Math.abs(residual * tridiagonal.get(last, last));
            return new EigenvalueRange(values.get(0) - low, values.get(last) + high);
        }
    }

    /**
     * The smallest power of ten, in units of {@code unit}, that lifts the smallest eigenvalue of a
     * matrix of this order clearly above rounding.
     */
    String lift(long order, double unit) {
        double size = Math.max(Math.abs(smallest), Math.abs(largest));
        double clear = Math.max(1e-12, 4 * order * Math.ulp(1.0)) * size;
        double needed = Math.max(clear - smallest, Double.MIN_NORMAL);
        return "1e" + (int) Math.ceil(Math.log10(needed / unit));
    }
}
