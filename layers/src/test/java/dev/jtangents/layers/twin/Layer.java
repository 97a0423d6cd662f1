package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

/** What a layer of infinite width makes of the covariances of its inputs. */
@FunctionalInterface
interface Layer {
    Covariances apply(Covariances input);
}
