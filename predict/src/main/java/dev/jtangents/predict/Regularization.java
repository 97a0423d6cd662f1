package dev.jtangents.predict;

/**
 * What is added to the diagonal of a train-train kernel.
 *
 * @param diagReg as the user gave it
 * @param absoluteScale whether it is added as it is, or times the mean of the diagonal
 */
record Regularization(double diagReg, boolean absoluteScale) {
    /** The number to add to each entry of the diagonal. */
    double of(double diagonalMean) {
        return absoluteScale ? diagReg : diagReg * diagonalMean;
    }

    @Override
    public String toString() {
        return "diag_reg = "
                + diagReg
                + (absoluteScale ? " (absolute scale)" : " (times the mean of the diagonal)");
    }
}
