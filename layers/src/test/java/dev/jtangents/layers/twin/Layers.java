package dev.jtangents.layers.twin;

import java.util.List;

/** The layers by name. */
final class Layers {
    private Layers() {}

    static Layer of(String name, Arguments arguments, List<Array> patterns) {
        return switch (name) {
            case "Dense" -> Convolutions.dense(arguments);
            case "Conv" -> Convolutions.convolution(arguments, true);
            case "ConvLocal" -> Convolutions.convolution(arguments, false);
            case "ConvTranspose" -> Convolutions.transposed(arguments);
            case "AvgPool" -> Pools.average(arguments);
            case "SumPool" -> Pools.sum(arguments);
            case "GlobalAvgPool" -> Pools.global(true);
            case "GlobalSumPool" -> Pools.global(false);
            case "Flatten" -> Pools.flatten(arguments);
            case "Identity" -> input -> input;
            case "LayerNorm" -> Normalization.layerNorm(arguments);
            case "Dropout" -> Normalization.dropout(arguments);
            case "ImageResize" -> Resizing.resize(arguments);
            case "Index" -> Indexing.index(arguments);
            case "DotGeneral" -> Contraction.dotGeneral(arguments);
            case "Aggregate" -> Graphs.aggregate(arguments, patterns);
            case "GlobalSelfAttention" -> Attention.of(arguments);
            default -> {
                Activation activation = Activations.of(name, arguments);
                if (activation == null) {
                    throw new IllegalArgumentException("no layer " + name);
                }
                yield activation;
            }
        };
    }
}
