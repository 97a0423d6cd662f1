package dev.jtangents.cli;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.layers.EmpiricalKernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import picocli.CommandLine.Option;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The options of kernels of finite networks; shared by several commands. */
final class EmpiricalArguments {
    private static final String NONE = "none";

    @Option(
            names = "--trace-axes",
            paramLabel = "AXES",
            description = {
                "Axes of the outputs over which the kernel is a mean, separated by commas, or none;"
                        + " -1 unless given.",
                "Each other axis occurs twice in the kernel, as in (N1, N2, H, H)."
            })
    private String traceAxes = "-1";

    @Option(
            names = "--diagonal-axes",
            paramLabel = "AXES",
            description =
                    "Axes of the outputs of which only equal places are paired: they occur once in"
                            + " the kernel; none unless given.")
    private String diagonalAxes = NONE;

    @Option(
            names = "--implementation",
            paramLabel = "NAME",
            description =
                    "How the NTK is computed: auto (the cheapest), jacobian, vector-products or"
                            + " structured; auto unless given.")
    private String implementation = "auto";

    /**
     * The defaults, changed as the user wishes.
     *
     * @param outputs the shapes of the network's outputs
     * @throws InputException when a wish cannot be granted
     */
    EmpiricalKernels applyTo(EmpiricalKernels defaults, List<Shape> outputs) {
        return defaults.traceAxes(axes("--trace-axes", traceAxes, outputs))
                .diagonalAxes(axes("--diagonal-axes", diagonalAxes, outputs))
                .implementation(implementation());
    }

    private static int[] axes(String option, String text, List<Shape> outputs) {
        if (text.strip().equalsIgnoreCase(NONE)) {
            return new int[0];
        }
        int[] axes;
        try {
            axes =
                    Arrays.stream(text.split(",", -1))
                            .map(String::strip)
                            .mapToInt(Integer::parseInt)
                            .toArray();
        } catch (NumberFormatException notANumber) {
            throw new InputException(
                    option + " " + text + ": give whole numbers, as in -1 or 1,2, or none.",
                    notANumber);
        }
        for (Shape output : outputs) {
            int rank = output.rank();
            if (Arrays.stream(axes).anyMatch(axis -> axis < -rank || axis >= rank)) {
                throw new InputException(
                        option
                                + " "
                                + text
                                + ": the network has outputs of shape "
                                + output
                                + ", whose axes are 0 to "
                                + (rank - 1)
                                + ", or -1 for the last, and so on.");
            }
        }
        return axes;
    }

    private NtkImplementation implementation() {
        return switch (implementation.strip().toLowerCase(Locale.ROOT)) {
            case "auto" -> NtkImplementation.AUTO;
            case "jacobian" -> NtkImplementation.JACOBIAN_CONTRACTION;
            case "vector-products" -> NtkImplementation.NTK_VECTOR_PRODUCTS;
            case "structured" -> NtkImplementation.STRUCTURED_DERIVATIVES;
            default ->
                    throw new InputException(
                            "--implementation "
                                    + implementation
                                    + ": give auto, jacobian, vector-products or structured.");
        };
    }
}
