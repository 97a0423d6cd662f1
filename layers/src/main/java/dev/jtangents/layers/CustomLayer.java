package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;

import java.util.Optional;

/**
 * A layer of the caller's own, by what it does to covariances; {@link Stax#layer} makes a network
 * of it. Activations have their batch on axis 0 and their channels on the last. Many threads call
 * it at once.
 */
public interface CustomLayer {
    /** What a layer does to covariances. */
    sealed interface Effect {
        /**
         * An elementwise nonlinearity. It takes Gaussian activations, and makes others.
         *
         * @param map what it does to a pair of activations
         */
        record Elementwise(BivariateMap map) implements Effect {}

        /**
         * A layer with random weights. It makes Gaussian activations.
         *
         * @param step what it does to an entry of the NNGP and of the NTK
         */
        record Affine(AffineStep step) implements Effect {}

        /**
         * A linear map M of positions: {@code q' = M q Mᵀ}, and the same of the NTK.
         *
         * @param matrix M, (new positions, old positions), both numbered row by row
         * @param output the sizes of the new spatial axes
         */
        record Positions(SparseMatrix matrix, Extents output) implements Effect {}
    }

    /** The name for people. */
    String name();

    /**
     * What the layer does.
     *
     * @param positions the sizes of the spatial axes of its input
     */
    Effect effect(Extents positions);

    /**
     * The same layer at finite width. By default there is none, and only kernels can be computed; a
     * map of positions needs none, since it is the same at any width.
     */
    default Optional<FiniteLayer> finite() {
        return Optional.empty();
    }

    /** The number of channels of the output, from that of the input; by default the same. */
    default long channels(long input) {
        return input;
    }
}
