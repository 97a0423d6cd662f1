package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The eigenvalues, in increasing order, and eigenvectors of a symmetric matrix. */
final class Spectrum implements AutoCloseable {
    private final double[] values;
    private final Tensor vectors;

    private Spectrum(double[] values, Tensor vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /** The spectrum of a matrix, which this takes over and whose memory holds the eigenvectors. */
    static Spectrum of(Tensor matrix) {
        try (Tensor values = LinearAlgebra.get().symmetricEigen(matrix)) {
            return new Spectrum(values.toArray(), matrix);
        }
    }

    double smallest() {
        return values[0];
    }

    double largest() {
        return values[values.length - 1];
    }

    /** The smallest over the largest eigenvalue; 0 when the matrix is not positive definite. */
    double reciprocalCondition() {
        return smallest() > 0 ? smallest() / largest() : 0;
    }

    /** The eigenvectors, one in each row. */
    Tensor vectors() {
        return vectors;
    }

    /** A function of the eigenvalues, at one rate. */
    double[] map(SpectralFunction function, double rate) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> function.at(values[i], rate))
                .toArray();
    }

    /** The products of the eigenvectors with the columns of a matrix. */
    Tensor project(Arena arena, Tensor matrix) {
        return Matrices.product(arena, vectors, false, matrix, false);
    }

    /** The products of the eigenvectors with the rows of a matrix. */
    Tensor projectRows(Arena arena, Tensor matrix) {
        return Matrices.product(arena, vectors, false, matrix, true);
    }

    /** {@link #project}, with 0 for eigenvectors whose eigenvalues may be 0 but for rounding. */
    Tensor projectOnRange(Arena arena, Tensor matrix) {
        double zero = values.length * Math.ulp(1.0) * Math.max(largest(), -smallest());
        double[] kept = Arrays.stream(values).map(value -> value > zero ? 1 : 0).toArray();
        return Matrices.scaledRows(arena, project(arena, matrix), kept);
    }

    /**
     * The combinations of the eigenvectors with these coefficients, which {@link #project} undoes.
     */
    Tensor combine(Arena arena, Tensor coefficients) {
        return Matrices.product(arena, vectors, true, coefficients, false);
    }

    /**
     * The products of a function of the matrix with the columns of {@code right}, for each of the
     * rates; the results stand side by side.
     */
    Tensor apply(Arena arena, SpectralFunction function, double[] rates, Tensor right) {
        Tensor projected = project(arena, right);
        long columns = right.shape().extent(1);
        Tensor sideBySide = Matrices.zeros(arena, values.length, rates.length * columns);
        for (int i = 0; i < rates.length; i++) {
            sideBySide
                    .slice(1, i * columns, (i + 1) * columns)
                    .assign(Matrices.scaledRows(arena, projected, map(function, rates[i])));
        }
        return combine(arena, sideBySide);
    }

    @Override
    public void close() {
        vectors.close();
    }
}
