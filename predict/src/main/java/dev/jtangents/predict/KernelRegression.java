package dev.jtangents.predict;

import dev.jtangents.predict.solver.CrossProduct;
import dev.jtangents.predict.solver.KernelOperator;
import dev.jtangents.predict.solver.KernelSolver;
import dev.jtangents.predict.solver.Solution;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.predict.solver.SolverReport;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The mean of {@link GpInference} for training sets of any size: K* (K + reg I)⁻¹ y, where the
 * kernel need not be in memory. With the NTK it is that of the ensemble of networks trained without
 * end, with the NNGP kernel the posterior mean of the Gaussian process. {@link SolverKind} says how
 * it is solved for; {@link SolverKind#NYSTROM} is a simpler model, on some of the examples.
 *
 * <p>The kernel pairs examples only: the labels have one axis that is not traced. A fit owns its
 * weights, its factor if it has one and copies of its centres, which {@link #close} frees. <b>It
 * borrows the training examples, or their kernel</b>: the caller keeps them open and unchanged as
 * long as the fit is used.
 */
public final class KernelRegression implements AutoCloseable {
    private final TrainingInputs training;
    private final TrainingInputs basis;
    private final RegressionOptions options;
    private final FittedWeights fitted;
    private final @Nullable KernelSolver solver;
    private final @Nullable RegressionFile file;

    KernelRegression(
            TrainingInputs training,
            TrainingInputs basis,
            RegressionOptions options,
            FittedWeights fitted,
            @Nullable KernelSolver solver,
            @Nullable RegressionFile file) {
        this.training = training;
        this.basis = basis;
        this.options = options;
        this.fitted = fitted;
        this.solver = solver;
        this.file = file;
    }

    /**
     * The mean of the outputs on a test set.
     *
     * @param test the test examples; for a fit of a kernel matrix their kernel with all training
     *     examples, (N_test, N)
     * @return f64, of the shape of the labels with the extent of the test set; the caller closes it
     * @throws InputException when the test set does not fit the training set
     * @throws IllegalStateException after close
     */
    public Tensor mean(Tensor test) {
        requireOpen();
        CrossProduct product = new CrossProduct(options.solver().threads());
        try (Tensor matrix =
                basis.product(product, options.inference().kernel(), test, fitted.weights())) {
            Checks.finiteResult(matrix, "The prediction");
            Shape rows = Shape.of(test.shape().extent(0));
            Tensor outputs = Tensor.allocate(DType.F64, fitted.axes().outputShape(rows));
            outputs.assign(fitted.axes().asOutputs(matrix, rows));
            return outputs;
        }
    }

    /**
     * The covariance of the outputs on a test set, as {@link GpInference} defines it for the
     * inference asked for: solves for one right-hand side for each test example, so take few.
     *
     * @param xTest the test examples
     * @return (N_test, N_test), f64; the caller closes it
     * @throws InputException when this is a fit of a kernel matrix, a nystrom fit, or one from a
     *     file that holds no factor; when the solver does not converge, or the budget of memory
     *     does not suffice
     * @throws IllegalStateException after close
     */
    public Tensor covariance(Tensor xTest) {
        requireOpen();
        if (!(training instanceof TrainingInputs.Examples examples)) {
            throw new InputException(
                    "The covariance needs a kernel function, and this fit has only a matrix: use"
                            + " gpInference.");
        }
        if (report().kind() == SolverKind.NYSTROM) {
            throw new InputException(
                    "A nystrom fit has no covariance: it knows the training set by its centres"
                            + " only. Use another solver.");
        }
        if (solver == null) {
            throw new InputException(
                    "This fit was opened from a file without a factor, so it has a mean only: fit"
                            + " again, or save a fit of a cholesky solver.");
        }
        return RegressionCovariance.of(examples, options, solver, xTest);
    }

    /** How the weights were found. */
    public SolverReport report() {
        return fitted.report();
    }

    /** What the labels were like. */
    public LabelStatistics labels() {
        return fitted.labels();
    }

    /** The inference, the solver and how it went, in one line. */
    public String describe() {
        return options.inference().label()
                + " by "
                + report().describe()
                + ", "
                + options.regularization();
    }

    /**
     * Writes the fit to a file, which appears under its name complete or not at all: the weights,
     * the centres, the factor if there is one (8 N² bytes in f64), the options, statistics of the
     * labels and the checksum of the training examples or of their kernel.
     *
     * @throws java.io.UncheckedIOException when it cannot be written
     * @throws IllegalStateException after close
     */
    public void save(Path path) {
        requireOpen();
        RegressionFile.write(path, training, basis, options, fitted, solver, file);
    }

    private void requireOpen() {
        if (!fitted.weights().segment().scope().isAlive()) {
            throw new IllegalStateException("This fit has been closed; build another.");
        }
    }

    /** Frees what the fit owns. Closing twice is allowed. */
    @Override
    public void close() {
        if (solver != null) {
            solver.close();
        }
        basis.close();
        fitted.weights().close();
        if (file != null) {
            file.close();
        }
    }

    /** Collects the options of a kernel regression. */
    public static final class Builder extends FitBuilder<Builder> {
        private final TrainingInputs training;
        private final Tensor yTrain;
        private Inference inference = Inference.NTK;
        private SolverOptions solver = SolverOptions.defaults();

        Builder(TrainingInputs training, Tensor yTrain) {
            this.training = training;
            this.yTrain = yTrain;
        }

        @Override
        Builder self() {
            return this;
        }

        /** Whose mean is learnt; that of {@link Inference#NTK} at first. */
        public Builder inference(Inference value) {
            inference = value;
            return this;
        }

        /**
         * Changes how it is solved: the solver, memory, threads, tolerance and so on.
         *
         * @throws InputException when an option is out of its range
         */
        public Builder solver(UnaryOperator<SolverOptions> change) {
            solver = change.apply(solver);
            return this;
        }

        /**
         * Which solver {@link #build} would use, and what memory it would take.
         *
         * @throws InputException when the memory does not suffice
         */
        public String describe() {
            try (Labels labels = labels()) {
                return KernelSolver.describe(
                        training.operator(inference.kernel()),
                        solver,
                        labels.matrix().shape().extent(1));
            }
        }

        private Labels labels() {
            Labels labels = Labels.of(yTrain, tracedAxes());
            if (labels.axes().trainRows().rank() != 1) {
                labels.close();
                throw new InputException(
                        "y_train of shape "
                                + yTrain.shape()
                                + " with trace axes "
                                + Arrays.toString(tracedAxes())
                                + " has "
                                + labels.axes().trainRows().rank()
                                + " axes that are not traced; a kernel regression needs one, that"
                                + " of the examples.");
            }
            return labels;
        }

        /**
         * Solves for the weights.
         *
         * @throws InputException when shapes do not fit, a number is not finite, a kernel is not
         *     symmetric or not positive definite, the memory does not suffice, or the solver does
         *     not converge
         */
        public KernelRegression build() {
            var options =
                    new RegressionOptions(
                            inference,
                            regularization(),
                            Arrays.stream(tracedAxes()).boxed().toList(),
                            solver);
            try (Labels labels = labels()) {
                KernelOperator kernel = training.operator(inference.kernel());
                long examples = kernel.size();
                if (labels.matrix().shape().extent(0) != examples) {
                    throw new InputException(
                            "y_train of shape "
                                    + yTrain.shape()
                                    + " labels "
                                    + labels.matrix().shape().extent(0)
                                    + " examples; there are "
                                    + examples
                                    + ".");
                }
                KernelSolver made =
                        KernelSolver.of(
                                kernel,
                                options.regularization(),
                                solver,
                                labels.matrix().shape().extent(1));
                try {
                    return fit(options, labels, made);
                } catch (RuntimeException | Error failure) {
                    made.close();
                    throw failure;
                }
            }
        }

        private KernelRegression fit(RegressionOptions options, Labels labels, KernelSolver made) {
            Solution solution = made.solve(labels.matrix());
            try {
                var fitted =
                        new FittedWeights(
                                solution.weights(),
                                made.basis(),
                                labels.axes(),
                                solution.report(),
                                LabelStatistics.of(labels.matrix()));
                TrainingInputs basis = training.basis(made.basis());
                return new KernelRegression(training, basis, options, fitted, made, null);
            } catch (RuntimeException | Error failure) {
                solution.close();
                throw failure;
            }
        }
    }
}
