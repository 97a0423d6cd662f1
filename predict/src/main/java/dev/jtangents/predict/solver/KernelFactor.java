package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Locale;

/**
 * The Cholesky factor L of K + (shift + jitter) I, and K itself, in one square matrix: L on and
 * below the diagonal, K above it. The diagonal of K is kept apart.
 */
final class KernelFactor implements Preconditioner {
    /** No entry of a kernel is larger than its diagonal, which is far below this. */
    private static final double LARGEST = 1e150;

    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final Tensor matrix;
    private final Tensor diagonal;
    private final double jitter;
    private final double reciprocalCondition;

    private KernelFactor(
            Tensor matrix, Tensor diagonal, double jitter, double reciprocalCondition) {
        this.matrix = matrix;
        this.diagonal = diagonal;
        this.jitter = jitter;
        this.reciprocalCondition = reciprocalCondition;
    }

    /** What is said of a matrix that has no factor, given the range of its eigenvalues. */
    @FunctionalInterface
    interface Refusal {
        String message(EigenvalueRange eigenvalues);
    }

    /**
     * Factors a kernel.
     *
     * @param dtype in which
     * @param jitters what may be added to the diagonal, in the order of trials
     * @throws InputException when the matrix is not positive definite to working precision with any
     *     of them, or not finite
     */
    static KernelFactor of(
            KernelOperator kernel,
            DType dtype,
            double shift,
            double[] jitters,
            WorkerPool pool,
            Refusal refusal) {
        long n = kernel.size();
        Tensor matrix = Tensor.allocate(dtype, Shape.of(n, n));
        Tensor diagonal = Tensor.allocate(DType.F64, Shape.of(n));
        KernelFactor factor = null;
        try {
            Blocks.readUpper(kernel, matrix);
            for (long i = 0; i < n; i++) {
                diagonal.set(matrix.get(i, i), i);
            }
            for (double jitter : jitters) {
                double condition = tryFactor(matrix, diagonal, shift + jitter, pool);
                if (condition > 0) {
                    factor = new KernelFactor(matrix, diagonal, jitter, condition);
                    return factor;
                }
            }
            requireFinite(matrix, diagonal);
            KernelOperator kept = new KernelFactor(matrix, diagonal, 0, 0).kernel();
            throw new InputException(
                    refusal.message(EigenvalueRange.of(new KernelProduct(kept, 0, pool))));
        } finally {
            if (factor == null) {
                matrix.close();
                diagonal.close();
            }
        }
    }

    /** A matrix with NaN or infinity has no factor either, and no regularisation helps. */
    private static void requireFinite(Tensor matrix, Tensor diagonal) {
        for (long i = 0; i < matrix.shape().extent(0); i++) {
            for (long j = i; j < matrix.shape().extent(0); j++) {
                double entry = i == j ? diagonal.get(i) : matrix.get(i, j);
                if (!(Math.abs(entry) < LARGEST)) {
                    throw new InputException(
                            String.format(
                                    Locale.ROOT,
                                    "The kernel, or what is made of it, has %s in row %d and column"
                                            + " %d: look for NaN and infinity in the examples, or"
                                            + " rescale them.",
                                    entry,
                                    i,
                                    j));
                }
            }
        }
    }

    /** A factor that was made before; closing this leaves it open. */
    static KernelFactor borrowed(Factorization made) {
        Tensor matrix =
                Tensor.wrap(made.matrix().segment(), made.matrix().dtype(), made.matrix().shape());
        Tensor diagonal =
                Tensor.wrap(made.diagonal().segment(), DType.F64, made.diagonal().shape());
        return new KernelFactor(matrix, diagonal, made.jitter(), made.reciprocalCondition());
    }

    /** The reciprocal condition number in f64, 1 in f32, or 0 when that failed. */
    private static double tryFactor(Tensor matrix, Tensor diagonal, double added, WorkerPool pool) {
        LinearAlgebra algebra = LinearAlgebra.get();
        Blocks.mirrorDown(matrix, pool);
        for (long i = 0; i < matrix.shape().extent(0); i++) {
            matrix.set(diagonal.get(i) + added, i, i);
        }
        boolean single = matrix.dtype() == DType.F32;
        double norm = single ? 0 : algebra.symmetricNorm(matrix);
        if (LinearAlgebra.on(pool).cholesky(matrix) != 0) {
            return 0;
        }
        double condition = single ? 1 : algebra.reciprocalCondition(matrix, norm);
        // Rounding decides whether the last pivots of a singular matrix come out positive.
        return condition > Math.ulp(1.0) ? condition : 0;
    }

    DType dtype() {
        return matrix.dtype();
    }

    /** All of it, of the life of this. */
    Factorization factorization() {
        return new Factorization(matrix, diagonal, jitter, reciprocalCondition);
    }

    /** What was added to the diagonal beside the shift. */
    double jitter() {
        return jitter;
    }

    /** An estimate for f64; 1 for f32. */
    double reciprocalCondition() {
        return reciprocalCondition;
    }

    @Override
    public void apply(Tensor residual, Tensor result) {
        if (matrix.dtype() == DType.F64) {
            result.assign(residual);
            algebra.choleskySolve(matrix, result);
            return;
        }
        double[] norms = Columns.norms(residual);
        double[] inverses = new double[norms.length];
        for (int column = 0; column < norms.length; column++) {
            inverses[column] = norms[column] > 0 ? 1 / norms[column] : 0;
        }
        try (Tensor single = Tensor.allocate(DType.F32, residual.shape())) {
            // Residuals become so small that their squares underflow in f32.
            Columns.scale(residual, inverses, result);
            Blocks.copy(result, single);
            algebra.choleskySolve(matrix, single);
            Blocks.copy(single, result);
            Columns.scale(result, norms, result);
        }
    }

    /** L⁻¹ times the columns of a matrix, in place. */
    void solveHalf(Tensor right) {
        algebra.triangularSolve(matrix, false, right);
    }

    /** L⁻ᵀ times the columns of a matrix, in place. */
    void solveTransposedHalf(Tensor right) {
        algebra.triangularSolve(matrix, true, right);
    }

    /** K as it is kept here, for {@link KernelProduct}, which asks for the upper triangle only. */
    KernelOperator kernel() {
        return new Kept();
    }

    @Override
    public void close() {
        matrix.close();
        diagonal.close();
    }

    private final class Kept implements KernelOperator {
        @Override
        public long size() {
            return matrix.shape().extent(0);
        }

        @Override
        public DType dtype() {
            return matrix.dtype();
        }

        @Override
        public boolean isStored() {
            return true;
        }

        @Override
        public Tensor block(Selection rows, Selection columns) {
            Tensor view = columns.of(rows.of(matrix, 0), 1);
            if (!rows.equals(columns)) {
                return view;
            }
            Tensor whole = view.copy(dtype());
            Blocks.mirrorDown(whole, WorkerPool.of(1));
            for (long i = 0; i < rows.size(); i++) {
                whole.set(diagonal.get(rows.index(i)), i, i);
            }
            return whole;
        }
    }

    /**
     * What a factor in f32 that only guides iterations may add: 0, then 1e-7 to 0.1 of the mean.
     */
    static double[] singleJitters(double diagonalMean) {
        double[] jitters = new double[8];
        for (int i = 1; i < jitters.length; i++) {
            jitters[i] = diagonalMean * Math.pow(10, i - 8);
        }
        return jitters;
    }
}
