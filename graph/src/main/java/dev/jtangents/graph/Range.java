package dev.jtangents.graph;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.util.Locale;

/** Refuses what the dtype of a computation cannot hold, in the words of whoever gave the input. */
record Range(Sources sources, Side side, DType dtype) {
    void require(String what, long example, double value) {
        double largest = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        if (!(Math.abs(value) <= largest)) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The %s of %s grows to %g, beyond the range of %s: rescale the inputs"
                                    + " or W_std%s.",
                            what,
                            sources.exampleName(side, example),
                            value,
                            dtype.label(),
                            dtype == DType.F32 ? ", or compute in f64" : ""));
        }
    }
}
