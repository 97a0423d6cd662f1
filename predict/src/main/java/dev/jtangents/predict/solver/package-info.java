/**
 * Linear systems with kernels of any size: Cholesky in f64 and in f32 with refinement, conjugate
 * gradients with a randomly pivoted Cholesky preconditioner, and Nystrom regression. What is solved
 * with is a {@link dev.jtangents.predict.solver.KernelOperator}, of which only blocks are asked
 * for; {@link dev.jtangents.predict.KernelRegression} is the way in.
 *
 * <p>Results depend on the seed but not on the number of threads: sums run over fixed blocks in a
 * fixed order, and only blocks that do not influence one another are worked on side by side.
 */
@NullMarked
package dev.jtangents.predict.solver;

import org.jspecify.annotations.NullMarked;
