package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * What a node of a finite program does to rows, with its two derivative rules: forwards along a
 * direction to any order (Taylor mode; degree 1 is the Jacobian-vector product), and backwards (the
 * vector-Jacobian product). Examples never mix: row i of the result depends on row i of the inputs,
 * or on the single row of an input that all examples share.
 */
sealed interface Operation
        permits ElementwiseMap,
                ElementwiseProduct,
                Greatest,
                LinearMap,
                MatrixProduct,
                Source,
                WeightedSum {
    /** Makes the Taylor coefficients of the result, all of whose coefficients are absent yet. */
    void push(List<Jet> inputs, Jet result);

    /**
     * Adds to the cotangent of an input what follows from the cotangent of the result.
     *
     * @param input which input
     * @param values of all inputs
     * @param cotangent of the result, a number of rows for each of its rows
     * @param into the cotangent of the input: as many rows, or one to which all are summed
     */
    void pull(int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace);
}
