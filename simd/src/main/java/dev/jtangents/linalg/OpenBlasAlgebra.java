package dev.jtangents.linalg;

import dev.jtangents.panama.OpenBlas;
import dev.jtangents.panama.openblas.Cblas;
import dev.jtangents.panama.openblas.Lapacke;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Linear algebra by OpenBLAS, in place.
 *
 * <p>LAPACKE copies row-major matrices to transpose them. Here it is told that they are
 * column-major, where the lower triangle of a symmetric matrix is the upper one and an eigenvector
 * in a row is one in a column.
 */
final class OpenBlasAlgebra extends CheckedAlgebra {
    /** The largest order whose workspace of dsyevd, 1 + 6n + 2n², fits a C int. */
    static final int LARGEST_EIGEN = 32_766;

    /** From here down LAPACKE says that it found no memory. */
    private static final int NO_MEMORY = -1010;

    private static final byte UPPER = 'U';
    private static final byte WITH_VECTORS = 'V';

    private final OpenBlas.Found library;

    /**
     * @param library the proof that OpenBLAS is loaded, without which no binding may be touched
     */
    OpenBlasAlgebra(OpenBlas.Found library) {
        this.library = library;
    }

    @Override
    public String description() {
        return library.describe();
    }

    @Override
    void product(
            double factor,
            Matrix a,
            boolean transposeA,
            Matrix b,
            boolean transposeB,
            double keep,
            Matrix result) {
        int inner = transposeA ? a.rows() : a.columns();
        if (result.dtype() == DType.F64) {
            Cblas.cblas_dgemm(
                    Cblas.CblasRowMajor(),
                    transposition(transposeA),
                    transposition(transposeB),
                    result.rows(),
                    result.columns(),
                    inner,
                    factor,
                    a.segment(),
                    a.stride(),
                    b.segment(),
                    b.stride(),
                    keep,
                    result.segment(),
                    result.stride());
        } else {
            Cblas.cblas_sgemm(
                    Cblas.CblasRowMajor(),
                    transposition(transposeA),
                    transposition(transposeB),
                    result.rows(),
                    result.columns(),
                    inner,
                    (float) factor,
                    a.segment(),
                    a.stride(),
                    b.segment(),
                    b.stride(),
                    (float) keep,
                    result.segment(),
                    result.stride());
        }
    }

    private static int transposition(boolean transpose) {
        return transpose ? Cblas.CblasTrans() : Cblas.CblasNoTrans();
    }

    @Override
    int factor(Matrix matrix) {
        return checked(
                matrix.dtype() == DType.F64
                        ? Lapacke.LAPACKE_dpotrf(
                                Cblas.CblasColMajor(),
                                UPPER,
                                matrix.rows(),
                                matrix.segment(),
                                matrix.stride())
                        : Lapacke.LAPACKE_spotrf(
                                Cblas.CblasColMajor(),
                                UPPER,
                                matrix.rows(),
                                matrix.segment(),
                                matrix.stride()));
    }

    @Override
    void solve(Matrix lower, boolean transpose, Matrix right) {
        triangular(Cblas.CblasLeft(), transpose, lower, right);
    }

    @Override
    void solveRows(Matrix lower, boolean transpose, Matrix rows) {
        triangular(Cblas.CblasRight(), !transpose, lower, rows);
    }

    private static void triangular(int side, boolean transpose, Matrix lower, Matrix target) {
        if (target.dtype() == DType.F64) {
            Cblas.cblas_dtrsm(
                    Cblas.CblasRowMajor(),
                    side,
                    Cblas.CblasLower(),
                    transposition(transpose),
                    Cblas.CblasNonUnit(),
                    target.rows(),
                    target.columns(),
                    1,
                    lower.segment(),
                    lower.stride(),
                    target.segment(),
                    target.stride());
        } else {
            Cblas.cblas_strsm(
                    Cblas.CblasRowMajor(),
                    side,
                    Cblas.CblasLower(),
                    transposition(transpose),
                    Cblas.CblasNonUnit(),
                    target.rows(),
                    target.columns(),
                    1,
                    lower.segment(),
                    lower.stride(),
                    target.segment(),
                    target.stride());
        }
    }

    @Override
    double condition(Matrix factor, double norm) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reciprocal = arena.allocate(ValueLayout.JAVA_DOUBLE);
            checked(
                    Lapacke.LAPACKE_dpocon(
                            Cblas.CblasColMajor(),
                            UPPER,
                            factor.rows(),
                            factor.segment(),
                            factor.stride(),
                            norm,
                            reciprocal));
            return reciprocal.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    @Override
    void eigen(Matrix matrix, Tensor values) {
        if (matrix.rows() > LARGEST_EIGEN) {
            throw new InputException(
                    String.format(
                            "OpenBLAS decomposes symmetric matrices of up to %d rows; this one has"
                                    + " %d.",
                            LARGEST_EIGEN, matrix.rows()));
        }
        int failed =
                checked(
                        Lapacke.LAPACKE_dsyevd(
                                Cblas.CblasColMajor(),
                                WITH_VECTORS,
                                UPPER,
                                matrix.rows(),
                                matrix.segment(),
                                matrix.stride(),
                                values.segment()));
        if (failed > 0) {
            throw new ArithmeticException(
                    "The eigenvalues of a matrix of "
                            + matrix.rows()
                            + " rows did not converge (dsyevd returned "
                            + failed
                            + ").");
        }
    }

    /** Returns the outcome of a call that its arguments, which were checked, cannot make fail. */
    private static int checked(int outcome) {
        if (outcome <= NO_MEMORY) {
            throw new InputException(
                    "The memory that LAPACK works in was refused: use a smaller matrix.");
        }
        if (outcome < 0) {
            throw new IllegalStateException("LAPACK refused its argument " + -outcome + ".");
        }
        return outcome;
    }
}
