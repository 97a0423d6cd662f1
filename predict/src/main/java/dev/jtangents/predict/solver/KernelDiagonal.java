package dev.jtangents.predict.solver;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

/** The diagonal of a kernel. */
final class KernelDiagonal {
    /** So many examples at a time, whose kernel with one another is computed for it. */
    private static final long BLOCK = 256;

    private KernelDiagonal() {}

    /**
     * The diagonal.
     *
     * @throws InputException when an entry is negative or not finite
     */
    static double[] of(KernelOperator kernel) {
        double[] diagonal = new double[Math.toIntExact(kernel.size())];
        for (long from = 0; from < kernel.size(); from += BLOCK) {
            Selection some = Selection.range(from, Math.min(kernel.size(), from + BLOCK));
            try (Tensor block = kernel.block(some, some)) {
                for (long i = 0; i < some.size(); i++) {
                    double entry = block.get(i, i);
                    if (!(entry >= 0 && entry < Double.POSITIVE_INFINITY)) {
                        throw new InputException(
                                "The kernel of example "
                                        + (from + i)
                                        + " with itself is "
                                        + entry
                                        + "; the diagonal of a kernel is finite and not negative.");
                    }
                    diagonal[Math.toIntExact(from + i)] = entry;
                }
            }
        }
        return diagonal;
    }

    static double sum(double[] diagonal) {
        double sum = 0;
        for (double entry : diagonal) {
            sum += entry;
        }
        return sum;
    }
}
