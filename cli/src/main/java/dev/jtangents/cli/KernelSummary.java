package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.tensor.Tensor;

import java.io.PrintStream;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;

/** Prints what a kernel is like: its shape, its mean and its first entries. */
final class KernelSummary {
    private static final int SHOWN = 5;

    private KernelSummary() {}

    /** Prints the kernels of all outputs. */
    static void print(List<Kernel> kernels, List<KernelField> fields, PrintStream out) {
        for (int output = 0; output < kernels.size(); output++) {
            for (KernelField field : fields) {
                String name = KernelValues.name(field.label(), output, kernels.size());
                Object value = kernels.get(output).get(field).orElse("none");
                if (value instanceof Tensor tensor) {
                    print(name, tensor, out);
                } else {
                    out.println(name + " " + value);
                }
            }
        }
    }

    /** Prints one array. */
    static void print(String name, Tensor tensor, PrintStream out) {
        out.print(name + " " + tensor.shape() + " " + tensor.dtype().label());
        if (tensor.size() > 1) {
            out.printf(Locale.ROOT, ", mean %.6g", mean(tensor));
        }
        if (isSquare(tensor)) {
            out.printf(Locale.ROOT, ", trace %.6g", trace(tensor));
        }
        out.println();
        long columns = tensor.shape().rank() == 0 ? 1 : tensor.shape().extent(-1);
        long rows = columns == 0 ? 0 : tensor.size() / columns;
        Tensor matrix = tensor.reshape(rows, columns);
        for (long row = 0; row < Math.min(rows, SHOWN); row++) {
            for (long column = 0; column < Math.min(columns, SHOWN); column++) {
                out.printf(Locale.ROOT, " %12.6g", matrix.get(row, column));
            }
            out.println(columns > SHOWN ? " ..." : "");
        }
        if (rows > SHOWN) {
            out.println("          ...");
        }
    }

    private static boolean isSquare(Tensor tensor) {
        return tensor.shape().rank() == 2 && tensor.shape().extent(0) == tensor.shape().extent(1);
    }

    private static double trace(Tensor tensor) {
        double sum = 0;
        for (long i = 0; i < tensor.shape().extent(0); i++) {
            sum += tensor.get(i, i);
        }
        return sum;
    }

    /** Kernels are contiguous; a loop over their memory is many times faster than over indices. */
    private static double mean(Tensor tensor) {
        double sum = 0;
        for (long i = 0; i < tensor.size(); i++) {
            sum +=
                    switch (tensor.dtype()) {
                        case F32 -> tensor.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        case F64 -> tensor.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                    };
        }
        return sum / tensor.size();
    }
}
