package dev.jtangents.graph;

/** What attention applies to its scores. */
public enum AttentionScores {
    /** Softmax over the keys. */
    SOFTMAX,
    /** Nothing. */
    IDENTITY,
    /** The absolute value. */
    ABS,
    /** max(0, x). */
    RELU
}
