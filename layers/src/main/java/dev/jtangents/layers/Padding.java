package dev.jtangents.layers;

/** What a window sees where it reaches over the edges of an axis. */
public enum Padding {
    /** A window never does: it starts where all of it fits. */
    VALID,
    /** Zeros, as many on both sides as leave one output for each stride. */
    SAME,
    /** The other end of the axis, as often as {@link #SAME} sees zeros. */
    CIRCULAR;

    /** The name in model files. */
    public String label() {
        return name();
    }
}
