package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Fits that are saved and opened again. */
final class SavedRegressionTest {
    private final SmoothKernel kernel = new SmoothKernel(1, DType.F64);
    private final Tensor xTrain = Examples.random(1, 40, 3);
    private final Tensor yTrain = Examples.random(2, 40, 2);
    private final Tensor xTest = Examples.random(3, 5, 3);
    private final Path file;

    SavedRegressionTest(@TempDir Path folder) {
        this.file = folder.resolve("fit.jtangents");
    }

    private KernelRegression fit(SolverKind kind) {
        return Predict.kernelRegression(kernel, xTrain, yTrain)
                .inference(Inference.NNGP)
                .diagReg(1e-3)
                .solver(o -> kind == SolverKind.NYSTROM ? o.withCentres(15) : o.withKind(kind))
                .build();
    }

    private void save(SolverKind kind) {
        try (KernelRegression fit = fit(kind)) {
            fit.save(file);
        }
    }

    @ParameterizedTest
    @EnumSource
    void predictTheSameBits(SolverKind kind) {
        try (KernelRegression fit = fit(kind);
                Tensor mean = fit.mean(xTest)) {
            fit.save(file);
            try (KernelRegression opened = Predict.openKernelRegression(file, kernel, xTrain);
                    Tensor again = opened.mean(xTest)) {
                assertArrayEquals(mean.toArray(), again.toArray());
                assertEquals(fit.report(), opened.report());
                assertEquals(fit.labels(), opened.labels());
                assertEquals(fit.describe(), opened.describe());
                Path copy = file.resolveSibling("copy");
                opened.save(copy);
                assertEquals(-1, mismatch(file, copy));
            }
        }
    }

    private static long mismatch(Path file, Path other) {
        try {
            return Files.mismatch(file, other);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SolverKind.class,
            names = {"CHOLESKY", "CHOLESKY_F32"})
    void aFactorGivesCovariancesAgain(SolverKind kind) {
        try (KernelRegression fit = fit(kind);
                Tensor covariance = fit.covariance(xTest)) {
            fit.save(file);
            try (KernelRegression opened = Predict.openKernelRegression(file, kernel, xTrain);
                    Tensor again = opened.covariance(xTest)) {
                assertArrayEquals(covariance.toArray(), again.toArray());
            }
        }
    }

    @Test
    void withoutAFactorThereIsNoCovariance() {
        save(SolverKind.CG);
        try (KernelRegression opened = Predict.openKernelRegression(file, kernel, xTrain)) {
            Examples.assertRefused(() -> opened.covariance(xTest), "factor");
        }
    }

    @Test
    void centresServeWithoutTheTrainingSet() {
        save(SolverKind.NYSTROM);
        try (KernelRegression with = Predict.openKernelRegression(file, kernel, xTrain);
                KernelRegression without = Predict.openKernelRegression(file, kernel);
                Tensor expected = with.mean(xTest);
                Tensor mean = without.mean(xTest)) {
            assertArrayEquals(expected.toArray(), mean.toArray());
        }
        save(SolverKind.CHOLESKY);
        Examples.assertRefused(
                () -> Predict.openKernelRegression(file, kernel), file.toString(), "x_train");
    }

    @ParameterizedTest
    @EnumSource
    void kernelMatrices(SolverKind kind) {
        Tensor matrix = Examples.definite(4, 20);
        Tensor testTrain = Examples.random(5, 3, 20);
        Tensor labels = Examples.random(6, 20, 2);
        try (KernelRegression fit =
                        Predict.kernelRegression(matrix, labels)
                                .diagReg(0.1)
                                .solver(
                                        o ->
                                                kind == SolverKind.NYSTROM
                                                        ? o.withCentres(7)
                                                        : o.withKind(kind))
                                .build();
                Tensor mean = fit.mean(testTrain)) {
            fit.save(file);
            try (KernelRegression opened = Predict.openKernelRegression(file, matrix);
                    Tensor again = opened.mean(testTrain)) {
                assertArrayEquals(mean.toArray(), again.toArray());
            }
        }
        Examples.assertRefused(
                () -> Predict.openKernelRegression(file, Examples.definite(5, 20)),
                "checksums",
                "k_train_train");
    }

    @Test
    void otherDataOrAnotherKernelAreRefused() {
        save(SolverKind.CHOLESKY);
        Tensor changed = xTrain.copy(DType.F64);
        changed.set(Math.nextUp(changed.get(7, 1)), 7, 1);
        Examples.assertRefused(
                () -> Predict.openKernelRegression(file, kernel, changed),
                file.toString(),
                "checksums",
                "x_train");
        Examples.assertRefused(
                () -> Predict.openKernelRegression(file, kernel, xTrain.slice(0, 0, 39)),
                "checksums");
        Examples.assertRefused(
                () -> Predict.openKernelRegression(file, new SmoothKernel(1.1, DType.F64), xTrain),
                file.toString(),
                "another nngp");
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        save(SolverKind.NYSTROM);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            Examples.assertRefused(
                    () -> Predict.openKernelRegression(file, kernel), file.toString());
        }
    }

    /**
     * One bit anywhere: a message, or the same numbers where the bit is in what means are not of.
     */
    @ParameterizedTest
    @EnumSource(
            value = SolverKind.class,
            names = {"CG", "NYSTROM"})
    void damagedFilesAreRefused(SolverKind kind) throws IOException {
        save(kind);
        byte[] whole = Files.readAllBytes(file);
        double[] expected;
        try (KernelRegression opened = Predict.openKernelRegression(file, kernel, xTrain);
                Tensor mean = opened.mean(xTest)) {
            expected = mean.toArray();
        }
        int refused = 0;
        for (int at = 0; at < whole.length; at += 13) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            try (KernelRegression opened = Predict.openKernelRegression(file, kernel, xTrain);
                    Tensor mean = opened.mean(xTest)) {
                assertArrayEquals(expected, mean.toArray());
            } catch (InputException damage) {
                assertTrue(damage.getMessage().startsWith(file.toString()), damage.getMessage());
                refused++;
            }
        }
        assertTrue(refused > whole.length / 13 / 2);
    }

    @Test
    void aFailedSaveLeavesWhatWasThere() throws IOException {
        Files.writeString(file, "older");
        try (KernelRegression fit = fit(SolverKind.CHOLESKY)) {
            Path nowhere = file.resolveSibling("missing").resolve("fit");
            assertThrows(UncheckedIOException.class, () -> fit.save(nowhere));
            assertThrows(UncheckedIOException.class, () -> fit.save(file.resolveSibling("")));
        }
        assertEquals("older", Files.readString(file));
        Examples.assertRefused(
                () -> Predict.openKernelRegression(file, kernel, xTrain), "jtangents");
    }

    @Test
    void kernelsOnTheHeap() {
        try (Tensor matrix = kernel.nngp(xTrain, xTrain)) {
            Tensor heap =
                    Tensor.wrap(MemorySegment.ofArray(matrix.toArray()), DType.F64, matrix.shape());
            try (KernelRegression fit =
                    Predict.kernelRegression(heap, yTrain).diagReg(1e-3).build()) {
                fit.save(file);
            }
            try (KernelRegression opened = Predict.openKernelRegression(file, matrix)) {
                assertEquals(matrix.shape().extent(0), opened.report().size());
            }
        }
    }
}
