package dev.jtangents.predict;

/** What is asked for beside the mean. */
enum Uncertainty {
    NONE,
    VARIANCE,
    COVARIANCE
}
