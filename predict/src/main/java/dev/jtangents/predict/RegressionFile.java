package dev.jtangents.predict;

import dev.jtangents.io.TensorFile;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.predict.solver.Factorization;
import dev.jtangents.predict.solver.KernelSolver;
import dev.jtangents.predict.solver.Selection;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A saved {@link KernelRegression}: a {@link TensorFile} whose tensors stay mapped. */
final class RegressionFile implements AutoCloseable {
    private static final String KIND = "kernel regression";
    private static final int VERSION = 1;

    private static final String WEIGHTS = "weights";
    private static final String BASIS = "basis";
    private static final String CENTRES = "centres";
    private static final String PROBE = "probe";
    private static final String FACTOR = "factor";
    private static final String DIAGONAL = "diagonal";

    /** All but the factor, which is as large as the kernel and stays unread until it is used. */
    private static final List<String> CHECKED = List.of(WEIGHTS, BASIS, CENTRES, PROBE, DIAGONAL);

    /** So many examples of the basis tell whether the kernel function is the one of the fit. */
    private static final long PROBED = 8;

    /** Kernels of one function on several machines, in f32, differ by less. */
    private static final double SAME = 1e-5;

    private final Path path;
    private final TensorFile file;

    private RegressionFile(Path path, TensorFile file) {
        this.path = path;
        this.file = file;
    }

    static void write(
            Path path,
            TrainingInputs training,
            TrainingInputs basis,
            RegressionOptions options,
            FittedWeights fitted,
            @Nullable KernelSolver solver,
            @Nullable RegressionFile opened) {
        String checksum = opened == null ? Checksum.of(training.array()) : opened.checksum();
        SequencedMap<String, String> properties =
                RegressionProperties.of(options, fitted, checksum);
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(WEIGHTS, fitted.weights());
        try (Tensor indices = indices(fitted.basis());
                Tensor probe = probe(basis, options.inference().kernel())) {
            if (fitted.report().kind() == SolverKind.NYSTROM) {
                tensors.put(BASIS, indices);
                if (basis instanceof TrainingInputs.Examples) {
                    tensors.put(CENTRES, basis.array());
                }
            }
            tensors.put(PROBE, probe);
            if (solver != null) {
                solver.factorization()
                        .ifPresent(
                                factor -> {
                                    tensors.put(FACTOR, factor.matrix());
                                    tensors.put(DIAGONAL, factor.diagonal());
                                    properties.put(
                                            "factor_jitter", Double.toString(factor.jitter()));
                                    properties.put(
                                            "factor_condition",
                                            Double.toString(factor.reciprocalCondition()));
                                });
            }
            for (String name : CHECKED) {
                Tensor tensor = tensors.get(name);
                if (tensor != null) {
                    properties.put(checksumOf(name), Checksum.of(tensor));
                }
            }
            TensorFile.write(path, KIND, VERSION, properties, tensors);
        }
    }

    private static String checksumOf(String tensor) {
        return tensor + "_sha256";
    }

    private static Tensor indices(Selection basis) {
        double[] indices = new double[Math.toIntExact(basis.size())];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = basis.index(i);
        }
        return Tensor.of(indices, indices.length);
    }

    /** The kernel between the first examples of the basis; empty for a kernel matrix. */
    private static Tensor probe(TrainingInputs basis, KernelName name) {
        if (!(basis instanceof TrainingInputs.Examples examples)) {
            return Tensor.of(new double[0], 0, 0);
        }
        long count = Math.min(PROBED, examples.x().shape().extent(0));
        Tensor first = examples.x().slice(0, 0, count);
        try (Kernels kernels = examples.function().kernels(first, null, EnumSet.of(name))) {
            return TrainingSet.required(kernels, name, "k_train_train").copy(DType.F64);
        }
    }

    /** Opens a file for a kernel function, with the training examples or, for nystrom, without. */
    static KernelRegression open(Path path, KernelFunction function, @Nullable Tensor xTrain) {
        return open(
                path,
                file -> {
                    if (xTrain != null) {
                        file.requireChecksum(xTrain, "x_train");
                        return new TrainingInputs.Examples(function, xTrain, false);
                    }
                    if (!file.file.has(CENTRES)) {
                        throw file.unusable(
                                "holds no training examples, as only fits by nystrom do: give"
                                        + " x_train.");
                    }
                    return new TrainingInputs.Examples(function, file.file.tensor(CENTRES), false);
                });
    }

    /** Opens a file for a kernel matrix. */
    static KernelRegression open(Path path, Tensor kTrainTrain) {
        return open(
                path,
                file -> {
                    file.requireChecksum(kTrainTrain, "k_train_train");
                    return TrainingInputs.Matrix.of(kTrainTrain);
                });
    }

    /** Finds what a file was fitted to. */
    @FunctionalInterface
    private interface Training {
        TrainingInputs of(RegressionFile file);
    }

    private static KernelRegression open(Path path, Training training) {
        RegressionFile file = new RegressionFile(path, TensorFile.open(path, KIND, VERSION));
        try {
            file.requireUndamaged();
            return file.regression(training.of(file));
        } catch (RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
    }

    private KernelRegression regression(TrainingInputs training) {
        RegressionProperties properties = new RegressionProperties(file);
        RegressionOptions options = properties.options();
        Selection indices = basis(properties.size());
        TrainingInputs basis = basis(training, indices);
        requireSameKernel(basis, options.inference().kernel());
        KernelSolver solver =
                file.has(FACTOR)
                        ? KernelSolver.of(
                                training.operator(options.inference().kernel()),
                                options.regularization(),
                                options.solver(),
                                new Factorization(
                                        file.tensor(FACTOR),
                                        file.tensor(DIAGONAL),
                                        properties.number("factor_jitter"),
                                        properties.number("factor_condition")))
                        : null;
        FittedWeights fitted = properties.fitted(file.tensor(WEIGHTS), indices);
        return new KernelRegression(training, basis, options, fitted, solver, this);
    }

    private Selection basis(long size) {
        if (!file.has(BASIS)) {
            return Selection.range(0, size);
        }
        double[] stored = file.tensor(BASIS).toArray();
        long[] indices = new long[stored.length];
        for (int i = 0; i < stored.length; i++) {
            indices[i] = (long) stored[i];
        }
        return Selection.of(indices);
    }

    private TrainingInputs basis(TrainingInputs training, Selection indices) {
        return training instanceof TrainingInputs.Examples examples && file.has(CENTRES)
                ? new TrainingInputs.Examples(examples.function(), file.tensor(CENTRES), false)
                : training.basis(indices);
    }

    private void requireSameKernel(TrainingInputs basis, KernelName name) {
        Tensor expected = file.tensor(PROBE);
        try (Tensor actual = probe(basis, name)) {
            boolean same = actual.shape().equals(expected.shape());
            if (same) {
                double[] then = expected.toArray();
                double[] now = actual.toArray();
                for (int i = 0; i < then.length; i++) {
                    same &= Math.abs(now[i] - then[i]) <= SAME * Math.abs(then[i]) + SAME;
                }
            }
            if (!same) {
                throw unusable(
                        "was fitted with another "
                                + name.label()
                                + " than the kernel function given: use the same network and the"
                                + " same kind of training data.");
            }
        }
    }

    private void requireUndamaged() {
        for (String name : CHECKED) {
            boolean damaged =
                    file.has(name)
                            && !Checksum.of(file.tensor(name))
                                    .equals(file.property(checksumOf(name)));
            if (damaged) {
                throw unusable("is damaged in its " + name + ": make it anew.");
            }
        }
    }

    private void requireChecksum(Tensor array, String name) {
        if (!Checksum.of(array).equals(checksum())) {
            throw unusable(
                    "was fitted to other data than "
                            + name
                            + " of "
                            + array.dtype().label()
                            + " "
                            + array.shape()
                            + ": their checksums differ. Give the same array, or fit again.");
        }
    }

    String checksum() {
        return file.property(RegressionProperties.CHECKSUM);
    }

    private InputException unusable(String what) {
        return new InputException(path + ": " + what);
    }

    @Override
    public void close() {
        file.close();
    }
}
