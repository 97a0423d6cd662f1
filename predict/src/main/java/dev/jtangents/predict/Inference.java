package dev.jtangents.predict;

import dev.jtangents.kernel.KernelName;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/** Which Gaussian distribution over functions is asked for. */
public enum Inference {
    /**
     * The exact Bayesian posterior of the infinitely wide network: Gaussian process regression with
     * the NNGP kernel.
     */
    NNGP(KernelName.NNGP, KernelName.NNGP),
    /**
     * The ensemble of networks drawn at random and trained by gradient descent: the NTK rules the
     * training, the NNGP kernel is the covariance before it.
     */
    NTK(KernelName.NTK, KernelName.NNGP),
    /** Gaussian process regression with the NTK as the covariance of the prior. */
    NTKGP(KernelName.NTK, KernelName.NTK);

    private final KernelName kernel;
    private final KernelName prior;

    Inference(KernelName kernel, KernelName prior) {
        this.kernel = kernel;
        this.prior = prior;
    }

    /** The kernel whose train-train matrix is solved with; it determines the mean. */
    public KernelName kernel() {
        return kernel;
    }

    /** The kernel that is the covariance before training. */
    public KernelName prior() {
        return prior;
    }

    /** The name in lower case, as the command line and messages write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The values of a function of each of these, in their order. */
    static <T> SequencedMap<Inference, T> each(
            List<Inference> asked, Function<Inference, T> function) {
        SequencedMap<Inference, T> values = new LinkedHashMap<>();
        for (Inference inference : asked) {
            values.put(inference, function.apply(inference));
        }
        return values;
    }

    /** The kernels that these need, between training examples and between test and training. */
    static Set<KernelName> needed(Collection<Inference> asked, boolean covariance) {
        Set<KernelName> needed = EnumSet.noneOf(KernelName.class);
        for (Inference inference : asked) {
            needed.add(inference.kernel);
            if (covariance) {
                needed.add(inference.prior);
            }
        }
        return needed;
    }

    /** The kernels between test examples that the covariances of these start from. */
    static Set<KernelName> priors(Collection<Inference> asked) {
        Set<KernelName> priors = EnumSet.noneOf(KernelName.class);
        asked.forEach(inference -> priors.add(inference.prior));
        return priors;
    }
}
