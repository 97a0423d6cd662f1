package dev.jtangents.graph.finite;

/** A function of one number that acts on each element of an array. */
@FunctionalInterface
public interface ScalarFunction {
    /** The value at x. */
    double value(double x);
}
