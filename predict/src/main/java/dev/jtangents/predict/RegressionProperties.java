package dev.jtangents.predict;

import dev.jtangents.io.TensorFile;
import dev.jtangents.predict.solver.Selection;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.predict.solver.SolverReport;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** The properties of a saved {@link KernelRegression}: its options, its report, its labels. */
record RegressionProperties(TensorFile file) {
    static final String CHECKSUM = "training_sha256";

    static SequencedMap<String, String> of(
            RegressionOptions options, FittedWeights fitted, String checksum) {
        Regularization regularization = options.regularization();
        SolverOptions solver = options.solver();
        SolverReport report = fitted.report();
        LabelStatistics labels = fitted.labels();
        SequencedMap<String, Object> values = new LinkedHashMap<>();
        values.put(CHECKSUM, checksum);
        values.put("inference", options.inference().name());
        values.put("diag_reg", regularization.diagReg());
        values.put("diag_reg_absolute_scale", regularization.absoluteScale());
        values.put("max_jitter", regularization.maxJitter());
        values.put("label_shape", list(fitted.axes().labels().extents()));
        values.put("trace_axes", joined(options.traceAxes()));
        values.put("seed", solver.seed());
        values.put("tolerance", solver.tolerance());
        values.put("max_iterations", solver.maxIterations());
        values.put("accept_unconverged", solver.acceptUnconverged());
        values.put("solver", report.kind().name());
        values.put("size", report.size());
        values.put("rank", report.rank());
        values.put("iterations", report.iterations());
        values.put("residual", report.residual());
        values.put("reciprocal_condition", report.reciprocalCondition().orElse(Double.NaN));
        values.put("preconditioned_condition", report.preconditionedCondition());
        values.put("jitter", report.jitter());
        values.put("converged", report.converged());
        values.put("label_mean", labels.mean());
        values.put("label_deviation", labels.deviation());
        values.put("label_smallest", labels.smallest());
        values.put("label_largest", labels.largest());
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        values.forEach((name, value) -> texts.put(name, value.toString()));
        return texts;
    }

    private static String list(long[] values) {
        return joined(Arrays.stream(values).boxed().toList());
    }

    private static String joined(List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    double number(String name) {
        return Double.parseDouble(file.property(name));
    }

    private int count(String name) {
        return Integer.parseInt(file.property(name));
    }

    private boolean flag(String name) {
        return Boolean.parseBoolean(file.property(name));
    }

    private long[] numbers(String name) {
        String text = file.property(name);
        return text.isEmpty()
                ? new long[0]
                : Arrays.stream(text.split(",", -1)).mapToLong(Long::parseLong).toArray();
    }

    /** The number of training examples. */
    long size() {
        return Long.parseLong(file.property("size"));
    }

    /** The options of the fit, on the memory and the threads of this machine. */
    RegressionOptions options() {
        SolverKind kind = SolverKind.valueOf(file.property("solver"));
        SolverOptions defaults = SolverOptions.defaults();
        SolverOptions solver =
                new SolverOptions(
                        kind,
                        defaults.memory(),
                        defaults.threads(),
                        Long.parseLong(file.property("seed")),
                        number("tolerance"),
                        count("max_iterations"),
                        kind == SolverKind.CG ? count("rank") : 0,
                        kind == SolverKind.NYSTROM ? count("rank") : 0,
                        flag("accept_unconverged"));
        return new RegressionOptions(
                Inference.valueOf(file.property("inference")),
                new Regularization(
                        number("diag_reg"), flag("diag_reg_absolute_scale"), number("max_jitter")),
                traceAxes(),
                solver);
    }

    private List<Integer> traceAxes() {
        return Arrays.stream(numbers("trace_axes")).mapToObj(Math::toIntExact).toList();
    }

    FittedWeights fitted(Tensor weights, Selection basis) {
        double condition = number("reciprocal_condition");
        SolverReport report =
                new SolverReport(
                        SolverKind.valueOf(file.property("solver")),
                        size(),
                        count("rank"),
                        count("iterations"),
                        number("residual"),
                        Double.isNaN(condition)
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(condition),
                        number("preconditioned_condition"),
                        number("jitter"),
                        flag("converged"));
        LabelStatistics labels =
                new LabelStatistics(
                        number("label_mean"),
                        number("label_deviation"),
                        number("label_smallest"),
                        number("label_largest"));
        int[] traced = traceAxes().stream().mapToInt(Integer::intValue).toArray();
        KernelAxes axes = KernelAxes.of(Shape.of(numbers("label_shape")), traced);
        return new FittedWeights(weights, basis, axes, report, labels);
    }
}
