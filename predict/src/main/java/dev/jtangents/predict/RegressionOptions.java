package dev.jtangents.predict;

import dev.jtangents.predict.solver.SolverOptions;

import java.util.List;

/** What a kernel regression was asked for. */
record RegressionOptions(
        Inference inference,
        Regularization regularization,
        List<Integer> traceAxes,
        SolverOptions solver) {}
