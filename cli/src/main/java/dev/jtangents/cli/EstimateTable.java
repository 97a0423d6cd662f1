package dev.jtangents.cli;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.layers.MonteCarloEstimate;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Shows how good Monte Carlo estimates are, a line for each as it comes. */
final class EstimateTable {
    private final List<KernelName> names;
    private final @Nullable Kernels limit;
    private final PrintStream out;
    private boolean begun;

    /**
     * A table.
     *
     * @param limit the kernels of the infinitely wide network, or null; borrowed
     */
    EstimateTable(List<KernelName> names, @Nullable Kernels limit, PrintStream out) {
        this.names = names;
        this.limit = limit;
        this.out = out;
    }

    /**
     * Refuses an estimate that has no distance to the limit.
     *
     * @throws InputException when the two are of different shapes
     */
    void requireComparable(MonteCarloEstimate estimate) {
        for (KernelName name : names) {
            Shape found = shape(estimate.mean(), name);
            Shape expected = limit == null ? found : shape(limit, name);
            if (!found.equals(expected)) {
                throw new InputException(
                        "--compare: the "
                                + name.label()
                                + " of the infinitely wide network has shape "
                                + expected
                                + " and the estimate "
                                + found
                                + ": trace the channel axis, and that alone, with --trace-axes.");
            }
        }
    }

    private static Shape shape(Kernels kernels, KernelName name) {
        return Objects.requireNonNull(kernels.get(name)).shape();
    }

    /** Adds a line. */
    void print(MonteCarloEstimate estimate) {
        var line = new StringBuilder(String.format(Locale.ROOT, "%9d", estimate.samples()));
        for (KernelName name : names) {
            line.append(number(estimate.relativeError(name)));
        }
        if (limit != null) {
            for (KernelName name : names) {
                line.append(number(distance(name, estimate.mean(), limit)));
            }
        }
        if (!begun) {
            out.println(header());
            begun = true;
        }
        out.println(line);
        out.flush();
    }

    private String header() {
        var line = new StringBuilder("  samples");
        names.forEach(name -> line.append(column(name.label() + " error")));
        if (limit != null) {
            names.forEach(name -> line.append(column(name.label() + " distance")));
        }
        return line.toString();
    }

    private static String column(String text) {
        return String.format("%16s", text);
    }

    private static String number(double value) {
        return column(Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4g", value));
    }

    /** The norm of the difference to the limit, relative to that of the limit. */
    private static double distance(KernelName name, Kernels estimate, Kernels limit) {
        double[] x = Objects.requireNonNull(estimate.get(name)).toArray();
        double[] y = Objects.requireNonNull(limit.get(name)).toArray();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < x.length; i++) {
            difference += (x[i] - y[i]) * (x[i] - y[i]);
            norm += y[i] * y[i];
        }
        return Math.sqrt(difference / norm);
    }
}
