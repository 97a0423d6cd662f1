package dev.jtangents.predict;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;

/** The Gaussian distributions that a request asked for. Closing this frees all their tensors. */
public final class Gaussians implements AutoCloseable {
    private final Arena arena;
    private final SequencedMap<Inference, Gaussian> byName;

    Gaussians(Arena arena, SequencedMap<Inference, Gaussian> byName) {
        this.arena = arena;
        this.byName = Collections.unmodifiableSequencedMap(byName);
    }

    /** What was asked for, in that order. */
    public List<Inference> names() {
        return List.copyOf(byName.keySet());
    }

    /**
     * One of the distributions.
     *
     * @throws IllegalStateException when it was not asked for
     */
    public Gaussian get(Inference name) {
        Gaussian gaussian = byName.get(name);
        if (gaussian == null) {
            throw new IllegalStateException(
                    name.label() + " was not asked for, only " + byName.keySet() + ".");
        }
        return gaussian;
    }

    /** The posterior of the Gaussian process with the NNGP kernel, if it was asked for. */
    public Gaussian nngp() {
        return get(Inference.NNGP);
    }

    /** The ensemble of trained networks, if it was asked for. */
    public Gaussian ntk() {
        return get(Inference.NTK);
    }

    /** The posterior of the Gaussian process with the NTK as prior, if it was asked for. */
    public Gaussian ntkgp() {
        return get(Inference.NTKGP);
    }

    /** Frees the tensors of all distributions. Closing twice is allowed. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
