package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npy;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Kernels of several tiles: the same bits on any number of threads, from memory or from disk. */
final class LargeRegressionTest {
    private static final int EXAMPLES = 2200;
    private static final long ENOUGH = 1L << 30;

    /** What no kernel of this size fits in, so that blocks are computed again and again. */
    private static final long TILES_ONLY = 60_000_000;

    private final SmoothKernel kernel = new SmoothKernel(1.5, DType.F32);
    private final Tensor xTrain = Examples.random(1, EXAMPLES, 4);
    private final Tensor yTrain = Examples.random(2, EXAMPLES, 2);
    private final Tensor xTest = Examples.random(3, 1100, 4);

    private KernelRegression.Builder regression(UnaryOperator<SolverOptions> options) {
        return Predict.kernelRegression(kernel, xTrain, yTrain)
                .inference(Inference.NNGP)
                .diagReg(1e-2)
                .solver(options);
    }

    private static UnaryOperator<SolverOptions> by(SolverKind kind, int threads, long memory) {
        return options ->
                (kind == SolverKind.NYSTROM ? options.withCentres(300) : options.withKind(kind))
                        .withThreads(threads)
                        .withMemory(memory)
                        .withSeed(7)
                        .withTolerance(1e-10);
    }

    @ParameterizedTest
    @EnumSource(
            value = SolverKind.class,
            names = {"CHOLESKY", "CHOLESKY_F32", "CG", "NYSTROM"})
    void theSameBitsOnAnyNumberOfThreads(SolverKind kind) {
        double[][] means = new double[2][];
        for (int threads : new int[] {1, 3}) {
            try (KernelRegression fit = regression(by(kind, threads, ENOUGH)).build();
                    Tensor mean = fit.mean(xTest)) {
                means[threads / 2] = mean.toArray();
            }
        }
        assertArrayEquals(means[0], means[1]);
    }

    @Test
    void solversAgreeOverManyTiles(@TempDir Path folder) {
        Path file = folder.resolve("K.npy");
        try (Tensor whole = kernel.nngp(xTrain, xTrain)) {
            Npy.write(file, whole);
        }
        try (Tensor mapped = Npy.read(file);
                Tensor testTrain = kernel.nngp(xTest, xTrain);
                KernelRegression exact = regression(by(SolverKind.CHOLESKY, 2, ENOUGH)).build();
                Tensor expected = exact.mean(xTest);
                KernelRegression single =
                        regression(by(SolverKind.CHOLESKY_F32, 2, ENOUGH)).build();
                Tensor refined = single.mean(xTest);
                KernelRegression kept = regression(by(SolverKind.CG, 2, ENOUGH)).build();
                Tensor once = kept.mean(xTest);
                KernelRegression tiled =
                        regression(o -> by(SolverKind.CG, 2, TILES_ONLY).apply(o).withRank(200))
                                .build();
                Tensor again = tiled.mean(xTest);
                KernelRegression fromDisk =
                        Predict.kernelRegression(mapped, yTrain)
                                .diagReg(1e-2)
                                .solver(by(SolverKind.CG, 2, ENOUGH))
                                .build();
                Tensor read = fromDisk.mean(testTrain)) {
            Examples.assertClose(expected, refined, 1e-8);
            Examples.assertClose(expected, once, 1e-8);
            Examples.assertClose(expected, again, 1e-8);
            Examples.assertClose(once, read, 0);
            assertEquals(200, tiled.report().rank());
        }
    }

    /** The more centres, the closer to what all examples give. */
    @Test
    void nystromComesCloserWithEachCentre() {
        try (KernelRegression exact = regression(by(SolverKind.CHOLESKY, 2, ENOUGH)).build();
                Tensor expected = exact.mean(xTest)) {
            double last = Double.POSITIVE_INFINITY;
            for (int centres : new int[] {30, 300, 1500}) {
                try (KernelRegression fit =
                                regression(o -> o.withCentres(centres).withThreads(2)).build();
                        Tensor mean = fit.mean(xTest)) {
                    double deviation = Examples.deviation(expected, mean);
                    assertTrue(deviation < last / 2, centres + " centres: " + deviation);
                    last = deviation;
                }
            }
            assertTrue(last < 1e-2, "1500 centres: " + last);
        }
    }

    /** A preconditioner of higher rank saves iterations. */
    @Test
    void rankSavesIterations() {
        int last = Integer.MAX_VALUE;
        for (int rank : new int[] {1, 30, 300}) {
            try (KernelRegression fit =
                    regression(o -> by(SolverKind.CG, 2, ENOUGH).apply(o).withRank(rank)).build()) {
                assertTrue(fit.report().iterations() < last, fit.describe());
                last = fit.report().iterations();
            }
        }
        assertTrue(last < 20, last + " iterations");
    }
}
