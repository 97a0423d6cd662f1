package dev.jtangents.jmh;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.predict.KernelRegression;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.Locale;

/**
 * Kernel regression with the NTK of a fully connected ReLU network at sizes that no matrix in
 * memory reaches, on made-up data: {@code SOLVER N FEATURES GIGABYTES [CENTRES]}. Prints times, the
 * residual and the accuracy on 2,000 test examples; the memory is measured from outside. Not a JMH
 * benchmark: one run takes minutes.
 */
public final class LargeRegression {
    private static final long TEST = 2000;
    private static final double DIAG_REG = 1e-3;

    /** What one call of the kernel may take beside its result, of which a block is small. */
    private static final long KERNEL_MEMORY = 512L << 20;

    private LargeRegression() {}

    /** Runs one regression. */
    public static void main(String[] arguments) {
        if (arguments.length < 4) {
            System.out.println("usage: SOLVER N FEATURES GIGABYTES [CENTRES]");
            return;
        }
        SolverKind kind = SolverKind.named(arguments[0]);
        long examples = Long.parseLong(arguments[1]);
        int features = Integer.parseInt(arguments[2]);
        long memory = (long) (Double.parseDouble(arguments[3]) * 1e9);
        SolverOptions options =
                (kind == SolverKind.NYSTROM
                                ? SolverOptions.defaults()
                                        .withCentres(Integer.parseInt(arguments[4]))
                                : SolverOptions.defaults().withKind(kind))
                        .withMemory(memory)
                        .withTolerance(1e-6);
        try (ClusteredExamples train = ClusteredExamples.of(1, examples, features);
                ClusteredExamples test = ClusteredExamples.of(2, TEST, features)) {
            run(train, test, options);
        }
    }

    private static void run(
            ClusteredExamples train, ClusteredExamples test, SolverOptions options) {
        Network network =
                serial(
                        dense(512).weightStd(1.4).biasStd(0.1),
                        relu(),
                        dense(512).weightStd(1.4).biasStd(0.1),
                        relu(),
                        dense(1).weightStd(1.4).biasStd(0.1));
        KernelFunction kernel =
                network.kernelFunction(
                        KernelOptions.defaults().execution(o -> o.withMemory(KERNEL_MEMORY)));
        KernelRegression.Builder builder =
                Predict.kernelRegression(kernel, train.x(), train.labels())
                        .diagReg(DIAG_REG)
                        .solver(_ -> options);
        System.out.println("plan: " + builder.describe());
        long start = System.nanoTime();
        try (KernelRegression fit = builder.build()) {
            double fitted = seconds(start);
            System.out.println(fit.describe());
            start = System.nanoTime();
            try (Tensor mean = fit.mean(test.x())) {
                System.out.printf(
                        Locale.ROOT,
                        "fitted in %.1f s, %d test examples in %.1f s, accuracy %.2f %%%n",
                        fitted,
                        TEST,
                        seconds(start),
                        100 * accuracy(mean, test.labels()));
            }
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double accuracy(Tensor mean, Tensor labels) {
        int classes = (int) mean.shape().extent(1);
        double[] predicted = mean.toArray();
        double[] actual = labels.toArray();
        int right = 0;
        for (int from = 0; from < predicted.length; from += classes) {
            right += largest(predicted, from, classes) == largest(actual, from, classes) ? 1 : 0;
        }
        return (double) right * classes / predicted.length;
    }

    private static int largest(double[] values, int from, int count) {
        double most = Arrays.stream(values, from, from + count).max().orElseThrow();
        int at = 0;
        while (values[from + at] < most) {
            at++;
        }
        return at;
    }
}
