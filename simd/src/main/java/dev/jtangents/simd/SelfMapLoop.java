package dev.jtangents.simd;

/** A map loop that also pairs examples with themselves. */
public interface SelfMapLoop extends MapLoop {
    /**
     * Applies an affine step and then the map to a run whose lanes are examples, each paired with
     * itself at two entries. The factors of each further cell of the run are a cell step of the
     * table further.
     *
     * @param run the entries, transformed in place
     * @param step applied to each entry before the map, in the same pass
     * @param factors factors of the examples
     * @param first where the factors of entry 0 of the first example are
     * @param second where those of the entry that entry 0 is paired with are
     */
    void applyToSelf(Run run, AffineStep step, FactorTable factors, long first, long second);
}
