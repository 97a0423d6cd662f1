package dev.jtangents.graph;

/** Hears how far a computation has come. Called from any worker, after each block. */
@FunctionalInterface
public interface Progress {
    /** A listener that does not listen. */
    Progress NONE = (done, total) -> {};

    /**
     * Some more entries are done.
     *
     * @param done kernel entries computed so far
     * @param total kernel entries to compute
     */
    void update(long done, long total);
}
