package dev.jtangents.layers;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A layer of the model language: its name, the names of its arguments, and how it is made from
 * them.
 */
record LayerType(String name, List<String> arguments, Function<Arguments, Network> maker) {
    /** Every layer that a model file may name. */
    static List<LayerType> all() {
        return Stream.of(
                        Stream.of(Dense.TYPE, Flatten.TYPE, Identity.TYPE),
                        Conv.TYPES.stream(),
                        Pool.TYPES.stream(),
                        GlobalPool.TYPES.stream(),
                        Stream.of(
                                LayerNorm.TYPE,
                                BatchNorm.TYPE,
                                MaxPool.TYPE,
                                Dropout.TYPE,
                                ImageResize.TYPE,
                                Index.TYPE,
                                DotGeneral.TYPE,
                                Aggregate.TYPE,
                                GlobalSelfAttention.TYPE),
                        Rectifiers.TYPES.stream(),
                        ErrorFunctions.TYPES.stream(),
                        Waves.TYPES.stream(),
                        Bells.TYPES.stream(),
                        Powers.TYPES.stream(),
                        Polynomials.TYPES.stream(),
                        Numerical.TYPES.stream(),
                        Stream.of(FanOut.TYPE, FanInSum.TYPE, FanInProd.TYPE, FanInConcat.TYPE))
                .flatMap(types -> types)
                .toList();
    }
}
