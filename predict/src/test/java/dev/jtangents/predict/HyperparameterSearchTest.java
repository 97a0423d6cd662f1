package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Maxima that are known, and searches that cannot be made. */
final class HyperparameterSearchTest {
    private final Tensor labels = Examples.random(1, 40, 1);

    /** Σ y², the labels' variance times their number. */
    private double squares() {
        return Matrices.innerProduct(labels, labels);
    }

    private static Tensor multipleOfUnity(double factor, int n) {
        double[] diagonal = new double[n];
        Arrays.fill(diagonal, factor);
        return Examples.diagonal(diagonal);
    }

    /** For K = W_std² I the most likely W_std² is the mean of y². */
    @Test
    void oneHyperparameter() {
        HyperparameterSearch.Optimum found =
                Predict.hyperparameterSearch(
                                labels, at -> multipleOfUnity(at.weightStd() * at.weightStd(), 40))
                        .start(new Hyperparameters(3, 0, 0))
                        .tolerance(1e-8)
                        .maximize();
        double variance = squares() / 40;
        assertTrue(found.converged());
        assertEquals(Math.sqrt(variance), found.hyperparameters().weightStd(), 1e-3);
        assertEquals(0, found.hyperparameters().biasStd());
        assertEquals(0, found.hyperparameters().diagReg());
        assertEquals(
                -20 * (1 + Math.log(2 * Math.PI * variance)), found.logMarginalLikelihood(), 1e-6);
    }

    /**
     * K = b_std² 1 1ᵀ + diag_reg I has eigenvalues 40 b_std² + diag_reg along the mean and diag_reg
     * elsewhere, and the most likely are the labels' squares there.
     */
    @Test
    void severalHyperparameters() {
        Tensor shifted = Examples.random(1, 40, 1);
        double mean = 0;
        for (int i = 0; i < 40; i++) {
            shifted.set(shifted.get(i, 0) + 2, i, 0);
            mean += shifted.get(i, 0) / 40;
        }
        double around = (Matrices.innerProduct(shifted, shifted) - 40 * mean * mean) / 39;
        double along = 40 * mean * mean;
        HyperparameterSearch search =
                Predict.hyperparameterSearch(
                                shifted,
                                at -> {
                                    Tensor ones = multipleOfUnity(0, 40);
                                    Matrices.fill(ones, at.biasStd() * at.biasStd());
                                    return ones;
                                })
                        .start(new Hyperparameters(0, 1, 1))
                        .diagRegAbsoluteScale(true)
                        .tolerance(1e-9);
        HyperparameterSearch.Optimum found = search.maximize();
        assertTrue(found.converged());
        assertEquals(around, found.hyperparameters().diagReg(), 1e-3 * around);
        assertEquals(Math.sqrt((along - around) / 40), found.hyperparameters().biasStd(), 1e-3);
        assertEquals(found, search.maximize());
    }

    /** Kernels that are no covariances on the way count as impossible. */
    @Test
    void regionsWithoutCovariances() {
        HyperparameterSearch.Optimum found =
                Predict.hyperparameterSearch(
                                labels,
                                at -> multipleOfUnity(1 - Math.abs(at.weightStd() - 1.5), 40))
                        .start(new Hyperparameters(2.4, 0, 0))
                        .tolerance(1e-8)
                        .maximize();
        double variance = squares() / 40;
        assertEquals(1 - variance, Math.abs(found.hyperparameters().weightStd() - 1.5), 1e-3);
    }

    @Test
    void kernelsAreClosedAndCounted() {
        List<Tensor> made = new ArrayList<>();
        HyperparameterSearch.Optimum found =
                Predict.hyperparameterSearch(
                                labels,
                                at -> {
                                    made.add(multipleOfUnity(at.weightStd(), 40));
                                    return made.getLast();
                                })
                        .maxEvaluations(5)
                        .maximize();
        assertFalse(found.converged());
        assertEquals(5, found.evaluations());
        assertEquals(5, made.size());
        assertFalse(made.stream().anyMatch(one -> one.segment().scope().isAlive()));
    }

    @Test
    void searchesThatCannotBeMade() {
        HyperparameterSearch search =
                Predict.hyperparameterSearch(labels, at -> multipleOfUnity(-at.weightStd(), 40));
        Examples.assertRefused(
                () -> search.start(new Hyperparameters(1, 0, 0)).maximize(),
                "no kernel",
                "positive definite",
                "diag_reg");
        Examples.assertRefused(
                () -> search.start(new Hyperparameters(0, 0, 0)).maximize(), "starts at 0");
        Examples.assertRefused(
                () -> Predict.hyperparameterSearch(labels, at -> multipleOfUnity(1, 39)).maximize(),
                "k_train_train",
                "(39, 39)",
                "(40, 40)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void options(double value) {
        HyperparameterSearch search =
                Predict.hyperparameterSearch(labels, at -> multipleOfUnity(1, 40));
        Examples.assertRefused(() -> search.start(new Hyperparameters(value, 1, 1)), "W_std");
        Examples.assertRefused(() -> search.start(new Hyperparameters(1, value, 1)), "b_std");
        Examples.assertRefused(() -> search.start(new Hyperparameters(1, 1, value)), "diag_reg");
        Examples.assertRefused(() -> search.range(value), "range");
        Examples.assertRefused(() -> search.tolerance(value), "tolerance");
        Examples.assertRefused(() -> search.maxEvaluations(0), "max_evaluations");
    }
}
