package dev.jtangents.graph.finite;

/**
 * How the tangent kernel J(x1) J(x2)ᵀ of a finite network is computed (Novak, Sohl-Dickstein and
 * Schoenholz 2022, arXiv:2206.08720). All give the same up to rounding.
 */
public enum NtkImplementation {
    /** The one of the others that takes the fewest operations. */
    AUTO,

    /** The Jacobians of both batches, parameter by parameter, and their product. */
    JACOBIAN_CONTRACTION,

    /**
     * For each example of x2 and each output a vector-Jacobian product, and the Jacobian-vector
     * product of x1 with it: no Jacobian is ever formed.
     */
    NTK_VECTOR_PRODUCTS,

    /**
     * Jacobians as products of what enters a weight matrix and the derivatives by what leaves it,
     * multiplied out only where that is cheaper.
     */
    STRUCTURED_DERIVATIVES
}
