package dev.jtangents.predict;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Labels and the kernels between their examples, as far as they are known yet. Thread-safe. */
final class TrainingSet implements AutoCloseable {
    private final Labels labels;
    private final Regularization regularization;
    private final Map<KernelName, TrainingKernel> kernels = new EnumMap<>(KernelName.class);

    TrainingSet(Labels labels, Regularization regularization) {
        this.labels = labels;
        this.regularization = regularization;
    }

    Labels labels() {
        return labels;
    }

    synchronized Set<KernelName> names() {
        Set<KernelName> names = EnumSet.noneOf(KernelName.class);
        names.addAll(kernels.keySet());
        return names;
    }

    /** Takes copies of these kernels. */
    synchronized void add(Kernels given, Set<KernelName> names) {
        for (KernelName name : names) {
            Tensor kernel = required(given, name, "k_train_train");
            kernels.put(
                    name,
                    TrainingKernel.of(kernel, text("k_train_train", name), labels, regularization));
        }
    }

    /**
     * One of the kernels.
     *
     * @throws InputException when it was not given
     */
    synchronized TrainingKernel kernel(KernelName name) {
        TrainingKernel kernel = kernels.get(name);
        if (kernel == null) {
            throw missing("k_train_train", name);
        }
        return kernel;
    }

    static Tensor required(Kernels given, KernelName name, String argument) {
        Tensor kernel = given.get(name);
        if (kernel == null) {
            throw missing(argument, name);
        }
        return kernel;
    }

    static String text(String argument, KernelName name) {
        return argument + " (" + name.label() + ")";
    }

    private static InputException missing(String argument, KernelName name) {
        return new InputException(
                "What was asked for needs the "
                        + name.label()
                        + " kernel, but "
                        + argument
                        + " has none"
                        + (name == KernelName.NNGP
                                ? "; the covariance of an ntk ensemble starts from nngp, so it"
                                        + " needs both kernels."
                                : "."));
    }

    @Override
    public synchronized void close() {
        kernels.values().forEach(TrainingKernel::close);
        labels.close();
    }
}
