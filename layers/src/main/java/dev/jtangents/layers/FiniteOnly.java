package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;

/** A layer of finite networks that has no infinite limit in closed form. */
abstract class FiniteOnly extends Layer {
    /** What a message suggests in its place. */
    abstract String alternative();

    @Override
    final Propagation propagate(Propagation in) {
        throw new InputException(
                text().name()
                        + " has no infinite limit that is known in closed form: "
                        + alternative()
                        + ", or estimate the kernel from finite networks, by Monte Carlo.");
    }

    /** Refuses activations of which some are masked. */
    final void requireUnmasked(Signal x) {
        if (x.present() != null) {
            throw new InputException(
                    text().name()
                            + " cannot leave masked activations out: "
                            + alternative()
                            + ", or apply the network without maskConstant.");
        }
    }
}
