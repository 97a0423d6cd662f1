package dev.jtangents.graph;

/** Hears how far a computation has come. */
@FunctionalInterface
public interface Progress {
    /** A listener that does not listen. */
    Progress NONE = (done, total) -> {};

    /**
     * The computation begins.
     *
     * @param done kernel entries that are there already, from a run before
     * @param total kernel entries to compute, these included
     */
    default void begin(long done, long total) {}

    /**
     * Some more entries are done. Called from any worker, after each block.
     *
     * @param done kernel entries computed so far, those of a run before included
     * @param total kernel entries to compute
     */
    void update(long done, long total);
}
