package dev.jtangents.predict;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.predict.solver.CrossProduct;
import dev.jtangents.predict.solver.KernelOperator;
import dev.jtangents.predict.solver.Selection;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

/** What a kernel regression learns from: examples and a kernel function, or a kernel alone. */
sealed interface TrainingInputs extends AutoCloseable {
    /** What messages call a kernel that is given as a matrix. */
    String NAME = "k_train_train";

    /** The kernel between all of them. */
    KernelOperator operator(KernelName name);

    /** The array that tells them from others. */
    Tensor array();

    /** What of them predictions need when the weights belong to these examples only. */
    TrainingInputs basis(Selection selection);

    /** The kernel between a test set and the basis times the weights of the basis. */
    Tensor product(CrossProduct product, KernelName name, Tensor test, Tensor weights);

    /** Frees what is not borrowed. */
    @Override
    void close();

    /**
     * Examples.
     *
     * @param x borrowed, or a copy of some of them
     */
    record Examples(KernelFunction function, Tensor x, boolean owned) implements TrainingInputs {
        @Override
        public KernelOperator operator(KernelName name) {
            return KernelOperator.of(function, name, x);
        }

        @Override
        public Tensor array() {
            return x;
        }

        @Override
        public TrainingInputs basis(Selection selection) {
            boolean all = selection.equals(Selection.range(0, x.shape().extent(0)));
            return all ? this : new Examples(function, selection.of(x, 0), true);
        }

        @Override
        public Tensor product(CrossProduct product, KernelName name, Tensor test, Tensor weights) {
            requireExamples(test, x);
            return product.of(function, name, test, x, weights);
        }

        private static void requireExamples(Tensor test, Tensor train) {
            boolean fits =
                    test.shape().rank() == train.shape().rank()
                            && test.size() > 0
                            && test.shape().with(0, train.shape().extent(0)).equals(train.shape());
            if (!fits) {
                throw new InputException(
                        "x_test has shape "
                                + test.shape()
                                + "; training examples have shape "
                                + train.shape()
                                + ", which differs in more than their number.");
            }
        }

        @Override
        public void close() {
            if (owned) {
                x.close();
            }
        }
    }

    /**
     * A kernel between training examples, borrowed.
     *
     * @param basis the examples that weights belong to
     */
    record Matrix(Tensor kernel, Selection basis) implements TrainingInputs {
        /** A kernel whose examples may all have weights. */
        static Matrix of(Tensor kernel) {
            KernelOperator.of(kernel, NAME);
            return new Matrix(kernel, Selection.range(0, kernel.shape().extent(0)));
        }

        @Override
        public KernelOperator operator(KernelName name) {
            return KernelOperator.of(kernel, NAME);
        }

        @Override
        public Tensor array() {
            return kernel;
        }

        @Override
        public TrainingInputs basis(Selection selection) {
            return new Matrix(kernel, selection);
        }

        @Override
        public Tensor product(CrossProduct product, KernelName name, Tensor test, Tensor weights) {
            long train = kernel.shape().extent(0);
            boolean fits =
                    test.shape().rank() == 2 && test.size() > 0 && test.shape().extent(1) == train;
            if (!fits) {
                throw new InputException(
                        "k_test_train has shape "
                                + test.shape()
                                + "; needed is (N_test, "
                                + train
                                + "), with N_test above 0.");
            }
            return product.of(test, basis, weights);
        }

        @Override
        public void close() {}
    }
}
