package dev.jtangents.linalg;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

/**
 * What both implementations share: the checks of every argument, the cases without an element, and
 * what reads a matrix only once. What is left to a subclass gets checked matrices, none of them
 * empty.
 */
abstract sealed class CheckedAlgebra implements LinearAlgebra permits JavaAlgebra, OpenBlasAlgebra {

    /** {@code result = factor op(a) op(b) + keep result}, and no more of NaN where keep is 0. */
    abstract void product(
            double factor,
            Matrix a,
            boolean transposeA,
            Matrix b,
            boolean transposeB,
            double keep,
            Matrix result);

    /** Factors the first rows and columns, which are finite; as {@link #cholesky(Tensor)}. */
    abstract int factor(Matrix matrix);

    /** As {@link #triangularSolve(Tensor, boolean, Tensor)}. */
    abstract void solve(Matrix lower, boolean transpose, Matrix right);

    /** As {@link #triangularSolveRows(Tensor, boolean, Tensor)}. */
    abstract void solveRows(Matrix lower, boolean transpose, Matrix rows);

    /** The reciprocal condition number for a norm above 0. */
    abstract double condition(Matrix factor, double norm);

    /** As {@link #symmetricEigen(Tensor)}, into {@code values}. */
    abstract void eigen(Matrix matrix, Tensor values);

    @Override
    public final void multiply(
            double factor,
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            double keep,
            Tensor result) {
        Matrix left = Matrix.of("a", a);
        Matrix right = Matrix.of("b", b);
        Matrix target = Matrix.of("result", result).writable();
        checkTypes(left, right, target);
        int inner = transposeA ? left.rows() : left.columns();
        boolean fits =
                inner == (transposeB ? right.columns() : right.rows())
                        && target.rows() == (transposeA ? left.columns() : left.rows())
                        && target.columns() == (transposeB ? right.rows() : right.columns());
        if (!fits) {
            throw new InputException(
                    String.format(
                            "A product of shapes %s%s and %s%s does not fit a result of shape %s.",
                            a.shape(),
                            transposeA ? " transposed" : "",
                            b.shape(),
                            transposeB ? " transposed" : "",
                            result.shape()));
        }
        target.apartFrom(left).apartFrom(right);
        if (target.isEmpty()) {
            return;
        }
        if (inner == 0 || factor == 0) {
            scale(target, keep);
        } else {
            product(factor, left, transposeA, right, transposeB, keep, target);
        }
    }

    private static void checkTypes(Matrix a, Matrix b, Matrix result) {
        if (a.dtype() != b.dtype() || a.dtype() != result.dtype()) {
            throw new InputException(
                    String.format(
                            "The matrices of a product have one dtype; a is %s, b is %s and result"
                                    + " is %s: convert with copy.",
                            a.dtype().label(), b.dtype().label(), result.dtype().label()));
        }
    }

    private static void scale(Matrix matrix, double keep) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                matrix.set(row, column, keep == 0 ? 0 : keep * matrix.get(row, column));
            }
        }
    }

    @Override
    public final int cholesky(Tensor matrix) {
        Matrix checked = Matrix.of("matrix", matrix).square().writable();
        int finite = checked.finiteRows();
        int failed = finite == 0 ? 0 : factor(checked.block(0, finite, 0, finite));
        return failed == 0 && finite < checked.rows() ? finite + 1 : failed;
    }

    @Override
    public final void choleskySolve(Tensor factor, Tensor right) {
        Matrix lower = Matrix.of("factor", factor).square();
        Matrix target = rightHandSide(lower, right);
        if (!target.isEmpty()) {
            solve(lower, false, target);
            solve(lower, true, target);
        }
    }

    @Override
    public final void triangularSolve(Tensor lower, boolean transpose, Tensor right) {
        Matrix triangle = Matrix.of("lower", lower).square();
        Matrix target = rightHandSide(triangle, right);
        if (!target.isEmpty()) {
            solve(triangle, transpose, target);
        }
    }

    private static Matrix rightHandSide(Matrix lower, Tensor right) {
        Matrix target = Matrix.of("right", right).like(lower).writable();
        if (target.rows() != lower.rows()) {
            throw new InputException(
                    String.format(
                            "Argument right has %d rows; %s has %d.",
                            target.rows(), lower.name(), lower.rows()));
        }
        return target.apartFrom(lower);
    }

    @Override
    public final void triangularSolveRows(Tensor lower, boolean transpose, Tensor rows) {
        Matrix triangle = Matrix.of("lower", lower).square();
        Matrix target = Matrix.of("rows", rows).like(triangle).writable();
        if (target.columns() != triangle.rows()) {
            throw new InputException(
                    String.format(
                            "Argument rows has %d columns; lower has %d rows.",
                            target.columns(), triangle.rows()));
        }
        target.apartFrom(triangle);
        if (!target.isEmpty()) {
            solveRows(triangle, transpose, target);
        }
    }

    @Override
    public final double reciprocalCondition(Tensor factor, double norm) {
        Matrix lower = Matrix.of("factor", factor).doubles().square().finite();
        if (!(norm >= 0 && Double.isFinite(norm))) {
            throw new InputException("A norm is finite and not negative; given was " + norm + ".");
        }
        if (lower.isEmpty()) {
            return 1;
        }
        return norm == 0 ? 0 : condition(lower, norm);
    }

    @Override
    public final double symmetricNorm(Tensor matrix) {
        Matrix lower = Matrix.of("matrix", matrix).doubles().square();
        double[] sums = new double[lower.rows()];
        for (int row = 0; row < lower.rows(); row++) {
            for (int column = 0; column < row; column++) {
                double size = Math.abs(lower.get(row, column));
                sums[row] += size;
                sums[column] += size;
            }
            sums[row] += Math.abs(lower.get(row, row));
        }
        double norm = 0;
        for (double sum : sums) {
            norm = Math.max(norm, sum);
        }
        return norm;
    }

    @Override
    public final Tensor symmetricEigen(Tensor matrix) {
        Matrix lower = Matrix.of("matrix", matrix).doubles().square().writable().finite();
        Tensor values = Tensor.allocate(lower.dtype(), Shape.of(matrix.shape().extent(0)));
        if (lower.isEmpty()) {
            return values;
        }
        try {
            eigen(lower, values);
            return values;
        } catch (RuntimeException | Error failure) {
            values.close();
            throw failure;
        }
    }
}
