package dev.jtangents.graph.finite;

/** How the Jacobian by a parameter is held, for each example and output. */
enum JacobianForm {
    /** As what enters some weights and the cotangents of what leaves them. */
    FACTORS,

    /** As it is. */
    WHOLE,

    /** As factors, which are multiplied out for some rows of the weights at a time. */
    SLICES
}
