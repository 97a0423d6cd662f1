package dev.jtangents.layers.twin;

import java.util.List;

/** What flows through a network: one array's covariances, or several branches. */
sealed interface Signal {
    record Branches(List<Signal> parts) implements Signal {
        List<Covariances> leaves() {
            return parts.stream().map(Covariances.class::cast).toList();
        }
    }

    /**
     * How all elements covary with all elements, in outputs and in gradients. A masked element is
     * no part of its example.
     */
    record Covariances(Layout layout, double[][] nngp, double[][] ntk, boolean[] masked)
            implements Signal {
        Covariances with(double[][] otherNngp, double[][] otherNtk) {
            return new Covariances(layout, otherNngp, otherNtk, masked);
        }

        Covariances withLayout(Layout other) {
            return new Covariances(other, nngp, ntk, masked);
        }

        /** Nothing covaries with a masked element, whatever a layer made of its zeros. */
        Covariances remasked() {
            for (int a = 0; a < masked.length; a++) {
                for (int b = 0; b < masked.length; b++) {
                    if (masked[a] || masked[b]) {
                        nngp[a][b] = 0;
                        ntk[a][b] = 0;
                    }
                }
            }
            return this;
        }

        /** The outputs are a linear map of the inputs, without parameters. */
        Covariances mapped(double[][] map, Layout to) {
            return new Covariances(
                    to,
                    Matrices.congruence(map, nngp),
                    Matrices.congruence(map, ntk),
                    Masks.allSources(map, masked));
        }

        /** The same map of positions in every example. */
        Covariances mappedPositions(double[][] positions, Grid to) {
            return mapped(
                    Matrices.everyExample(positions, layout.grid().size(), layout.examples()),
                    layout.withGrid(to));
        }
    }
}
