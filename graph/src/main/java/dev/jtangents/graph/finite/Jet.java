package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * Rows as a function of one variable near 0, by Taylor coefficients: {@code sum over k of
 * coefficient k times ε^k}. A coefficient that is all zeros may be absent. Degree 0 are the rows
 * themselves, degree 1 the rows and their tangents.
 */
final class Jet {
    private final Workspace workspace;
    private final long rows;
    private final long width;
    private final @Nullable Tensor[] coefficients;

    Jet(Workspace workspace, long rows, long width, int degree) {
        this.workspace = workspace;
        this.rows = rows;
        this.width = width;
        this.coefficients = new Tensor[degree + 1];
    }

    int degree() {
        return coefficients.length - 1;
    }

    long rows() {
        return rows;
    }

    long width() {
        return width;
    }

    Workspace workspace() {
        return workspace;
    }

    /** A coefficient, or null when it is zero. */
    @Nullable Tensor coefficient(int k) {
        return coefficients[k];
    }

    /** The rows themselves. */
    Tensor value() {
        return grown(0);
    }

    /** Whether these rows do not depend on the variable. */
    boolean constant() {
        for (int k = 1; k < coefficients.length; k++) {
            if (coefficients[k] != null) {
                return false;
            }
        }
        return true;
    }

    /** A coefficient to be added to. */
    Tensor grown(int k) {
        Tensor present = coefficients[k];
        if (present == null) {
            present = workspace.zeros(rows, width);
            coefficients[k] = present;
        }
        return present;
    }

    /** A coefficient that is written in full next, or added to when it is there already. */
    Tensor written(int k) {
        Tensor present = coefficients[k];
        if (present == null) {
            present = workspace.matrix(rows, width);
            coefficients[k] = present;
        }
        return present;
    }

    void set(int k, Tensor coefficient) {
        coefficients[k] = coefficient;
    }

    /** Gives all memory back to the workspace. */
    void release() {
        for (Tensor coefficient : coefficients) {
            if (coefficient != null) {
                workspace.release(coefficient);
            }
        }
    }
}
