package dev.jtangents.jmh;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import dev.jtangents.layers.Network;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.KernelRegression;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.Time;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * How long does inference take, from training and test examples to predictions? Fully connected
 * networks of three layers, 64 features, ten classes, f64; kernels and factors are made anew each
 * time.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 15)
@Measurement(iterations = 9)
@Fork(1)
public class PredictBenchmark {
    private static final int FEATURES = 64;

    /** The nonlinearity of a network. */
    public enum Nonlinearity {
        /** Relu. */
        RELU,
        /** Erf. */
        ERF;

        private Network network() {
            return serial(
                    dense(512).weightStd(1.5).biasStd(0.05),
                    this == RELU ? relu() : erf(),
                    dense(512).weightStd(1.5).biasStd(0.05),
                    this == RELU ? relu() : erf(),
                    dense(1).weightStd(1.5).biasStd(0.05));
        }
    }

    /** Examples for an ensemble, nngp and ntk. */
    @State(Scope.Benchmark)
    public static class Ensemble {
        @Param({"1000", "2000", "4000"})
        public int examples;

        @Param({"500"})
        public int test;

        @Param({"RELU", "ERF"})
        public Nonlinearity nonlinearity;

        private ClusteredExamples made;
        private Tensor xTrain;
        private Tensor xTest;

        /** Makes the examples. */
        @Setup
        public void setUp() {
            made = ClusteredExamples.of(1, examples, FEATURES);
            xTrain = made.x().copy(DType.F64);
            try (ClusteredExamples others = ClusteredExamples.of(2, test, FEATURES)) {
                xTest = others.x().copy(DType.F64);
            }
        }

        /** Frees the examples. */
        @TearDown
        public void tearDown() {
            made.close();
            xTrain.close();
            xTest.close();
        }

        private GradientDescentMseEnsemble build() {
            return Predict.gradientDescentMseEnsemble(nonlinearity.network(), xTrain, made.labels())
                    .diagReg(1e-4)
                    .build();
        }
    }

    /** Means and covariances of the test set after training without end. */
    @Benchmark
    public double infiniteTimeWithCovariance(Ensemble given) {
        try (GradientDescentMseEnsemble ensemble = given.build();
                Gaussians gaussians =
                        ensemble.at(Time.infinite()).on(given.xTest).covariance().predict()) {
            return gaussians.ntk().covariance().get(0, 0);
        }
    }

    /** Means of the test set at a hundred times. */
    @Benchmark
    public double hundredTimes(Ensemble given) {
        try (GradientDescentMseEnsemble ensemble = given.build();
                Gaussians gaussians = ensemble.at(hundred()).on(given.xTest).predict()) {
            return gaussians.ntk().mean().get(0, 0, 0);
        }
    }

    /** Means and covariances of the test set at a hundred times. */
    @Benchmark
    @Warmup(iterations = 1)
    @Measurement(iterations = 3)
    public double hundredTimesWithCovariance(Ensemble given) {
        try (GradientDescentMseEnsemble ensemble = given.build();
                Gaussians gaussians =
                        ensemble.at(hundred()).on(given.xTest).covariance().predict()) {
            return gaussians.ntk().covariance().get(0, 0, 0);
        }
    }

    /** From 1 to 10^6, evenly on the logarithmic scale. */
    private static Time hundred() {
        return Time.ofEach(
                IntStream.range(0, 100).mapToDouble(i -> Math.pow(10, 6.0 * i / 99)).toArray());
    }

    /** Examples for a solver. */
    @State(Scope.Benchmark)
    public static class Regression {
        @Param({"20000"})
        public int examples;

        @Param({"CG", "CHOLESKY"})
        public SolverKind solver;

        private ClusteredExamples made;

        /** Makes the examples. */
        @Setup
        public void setUp() {
            made = ClusteredExamples.of(1, examples, FEATURES);
        }

        /** Frees the examples. */
        @TearDown
        public void tearDown() {
            made.close();
        }
    }

    /** The weights of a regression with the NTK in f32, by either solver. */
    @Benchmark
    @Warmup(iterations = 0)
    @Measurement(iterations = 1)
    public int regression(Regression given) {
        try (KernelRegression fit =
                Predict.kernelRegression(
                                Nonlinearity.RELU.network(), given.made.x(), given.made.labels())
                        .diagReg(1e-3)
                        .solver(options -> options.withKind(given.solver).withTolerance(1e-6))
                        .build()) {
            return fit.report().iterations();
        }
    }
}
