package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kernels that cannot be solved with at infinite time, and the advice that users get. */
final class NotPositiveDefiniteTest {
    private final Tensor labels = Examples.random(2, 4, 2);
    private final Tensor testTrain = Examples.random(3, 3, 4);

    /** The regularisation that the message advises must be enough, and a tenth of it too little. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void kernelThatIsNotPositiveDefinite(boolean absolute) {
        Tensor rows = Examples.random(6, 4, 7);
        rows.slice(0, 3, 4).assign(rows.slice(0, 2, 3));
        Tensor[] singular = {
            Examples.gram(rows),
            Examples.diagonal(100, 3, 2, 0),
            Examples.diagonal(100, 3, 2, -0.24),
            Examples.diagonal(1e-8, 3e-8, 0, 0),
            Examples.diagonal(1, -50, 2, 3),
            Examples.diagonal(0, 0, 0, 0),
        };
        for (Tensor indefinite : singular) {
            String message = failure(indefinite, 0, absolute);
            Matcher advice =
                    Pattern.compile("diag_reg to (1e-?\\d+)( on the absolute scale)?")
                            .matcher(message);
            assertTrue(advice.find(), message);
            double advised = Double.parseDouble(advice.group(1));
            boolean scale = absolute || advice.group(2) != null;
            try (GradientDescentMse fit =
                            Predict.gradientDescentMse(indefinite, labels)
                                    .diagReg(advised)
                                    .diagRegAbsoluteScale(scale)
                                    .build();
                    Outputs outputs = fit.at(Time.infinite()).testFrom(0, testTrain).predict()) {
                assertEquals(6, outputs.test().size());
                assertTrue(fit.reciprocalCondition() > 0);
            }
            if (indefinite.get(1, 1) == -50 || indefinite.get(3, 3) == -0.24) {
                failure(indefinite, advised / 10, scale);
            }
        }
    }

    private String failure(Tensor indefinite, double diagReg, boolean absolute) {
        try (GradientDescentMse fit =
                Predict.gradientDescentMse(indefinite, labels)
                        .diagReg(diagReg)
                        .diagRegAbsoluteScale(absolute)
                        .build()) {
            InputException refused =
                    assertThrows(
                            InputException.class,
                            () -> fit.at(Time.infinite()).testFrom(0, testTrain).predict());
            assertEquals(0, fit.reciprocalCondition(), 1e-15);
            String message = refused.getMessage();
            assertTrue(message.contains("k_train_train with diag_reg = " + diagReg));
            assertTrue(message.contains("its eigenvalues go from"), message);
            return message;
        }
    }

    /** Further below 0 than rounding moves eigenvalues, finite times have no limit either. */
    @ParameterizedTest
    @ValueSource(doubles = {-0.5, -3e-7})
    void finiteTimesOfIndefiniteKernels(double eigenvalue) {
        Tensor indefinite = Examples.diagonal(2, 1, 1, eigenvalue);
        try (GradientDescentMse fit = Predict.gradientDescentMse(indefinite, labels).build();
                GradientDescentMseEnsemble ensemble =
                        Predict.gradientDescentMseEnsemble(
                                        (_, _, _) -> Kernels.nngp(indefinite.copy(DType.F64)),
                                        labels,
                                        labels)
                                .build()) {
            String smallest = String.format(Locale.ROOT, "%.3g", eigenvalue);
            String[] words = {"not positive semidefinite", smallest, "Set diag_reg to"};
            Examples.assertRefused(() -> fit.at(Time.of(1)).trainFrom(0).predict(), words);
            Examples.assertRefused(
                    () -> fit.at(Time.of(1)).testFrom(0, testTrain).predict(), words);
            Examples.assertRefused(
                    () -> ensemble.at(Time.of(1)).get(KernelName.NNGP).predict(), words);
            String refused =
                    assertThrows(
                                    InputException.class,
                                    () -> fit.at(Time.infinite()).testFrom(0, testTrain).predict())
                            .getMessage();
            assertFalse(refused.contains("finite time"), refused);
        }
        try (GradientDescentMse fit =
                        Predict.gradientDescentMse(indefinite, labels).diagReg(1).build();
                Outputs outputs = fit.at(Time.of(1)).testFrom(0, testTrain).predict()) {
            assertEquals(6, outputs.test().size());
        }
    }
}
