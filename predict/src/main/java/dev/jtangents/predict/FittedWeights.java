package dev.jtangents.predict;

import dev.jtangents.predict.solver.Selection;
import dev.jtangents.predict.solver.SolverReport;
import dev.jtangents.tensor.Tensor;

/**
 * What a kernel regression has learnt.
 *
 * @param weights one row for each example of the basis
 * @param basis the examples that the weights belong to
 * @param axes how the columns of the weights become outputs
 */
record FittedWeights(
        Tensor weights,
        Selection basis,
        KernelAxes axes,
        SolverReport report,
        LabelStatistics labels) {}
