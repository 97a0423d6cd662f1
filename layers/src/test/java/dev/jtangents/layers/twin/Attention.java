package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

/** GlobalSelfAttention with infinitely many heads and keys (arXiv 2006.10540). */
record Attention(
        double keyQueryScale,
        double valueScale,
        double biasVariance,
        String mechanism,
        String embedding,
        double embeddingVariance,
        int embeddingChannels,
        boolean embeddedValues,
        int channels) {
    static Layer of(Arguments arguments) {
        double bias = arguments.number("b_std", 0);
        double embeddingScale = arguments.number("W_pos_emb_std", 1);
        var attention =
                new Attention(
                        arguments.number("W_query_std", 1) * arguments.number("W_key_std", 1),
                        arguments.number("W_value_std", 1) * arguments.number("W_out_std", 1),
                        bias * bias,
                        arguments.text("attention_mechanism", "SOFTMAX"),
                        arguments.text("pos_emb_type", "NONE"),
                        embeddingScale * embeddingScale,
                        arguments.integer("n_chan_pos_emb", 0),
                        arguments.truth("val_pos_emb", false),
                        arguments.integer("n_chan_out", 1));
        return arguments.truth("linear_scaling", true) ? attention::tied : attention::independent;
    }

    /** Queries are keys, scaled by 1/d: the weights of the values are no longer random. */
    private Covariances tied(Covariances input) {
        Layout layout = input.layout();
        double[][] weights = weights(embedded(input, input.nngp()), input);
        double[][] values = embeddedValues ? embedded(input, input.nngp()) : input.nngp();
        double[][] tangents = embeddedValues ? embedded(input, input.ntk()) : input.ntk();
        double scale = valueScale * valueScale;
        double[][] nngp = Matrices.congruence(weights, values);
        double[][] ntk = Matrices.congruence(weights, tangents);
        return output(
                input,
                Matrices.tabulate(layout.elements(), (a, b) -> scale * nngp[a][b] + biasVariance),
                Matrices.tabulate(
                        layout.elements(),
                        (a, b) -> scale * (ntk[a][b] + 2 * nngp[a][b]) + biasVariance));
    }

    /** Scaled by 1/√d with the identity for a mechanism: an output has four random factors. */
    private Covariances independent(Covariances input) {
        if (!mechanism.equals("IDENTITY")) {
            throw new IllegalArgumentException("no closed form for " + mechanism);
        }
        Layout layout = input.layout();
        double[][] keys = embedded(input, input.nngp());
        double[][] keyTangents = embedded(input, input.ntk());
        double[][] values = embeddedValues ? keys : input.nngp();
        double[][] valueTangents = embeddedValues ? keyTangents : input.ntk();
        double[][] overlap = overlaps(layout, keys, values);
        double[][] mixed = overlaps(layout, keys, valueTangents);
        double[][] otherMixed = overlaps(layout, values, keyTangents);
        double scale = Math.pow(keyQueryScale * valueScale, 2);
        return output(
                input,
                Matrices.tabulate(
                        layout.elements(),
                        (a, b) ->
                                scale * overlap[layout.example(a)][layout.example(b)] * keys[a][b]
                                        + biasVariance),
                Matrices.tabulate(
                        layout.elements(),
                        (a, b) -> {
                            int i = layout.example(a);
                            int j = layout.example(b);
                            return scale
                                            * ((mixed[i][j] + otherMixed[i][j]) * keys[a][b]
                                                    + overlap[i][j]
                                                            * (keyTangents[a][b] + 4 * keys[a][b]))
                                    + biasVariance;
                        }));
    }

    private Covariances output(Covariances input, double[][] nngp, double[][] ntk) {
        return new Covariances(input.layout().withChannels(channels), nngp, ntk, input.masked());
    }

    /** For every two examples the sum over all pairs of their positions. */
    private static double[][] overlaps(Layout layout, double[][] one, double[][] other) {
        double[][] sums = new double[layout.examples()][layout.examples()];
        for (int a = 0; a < layout.elements(); a++) {
            for (int b = 0; b < layout.elements(); b++) {
                sums[layout.example(a)][layout.example(b)] += one[a][b] * other[a][b];
            }
        }
        return sums;
    }

    /** With positional embeddings, of which each position has an independent one. */
    private double[][] embedded(Covariances input, double[][] covariances) {
        if (embedding.equals("NONE")) {
            return covariances;
        }
        Layout layout = input.layout();
        double own = 1;
        double position = embeddingVariance;
        if (embedding.equals("CONCAT")) {
            double inputs = layout.channels();
            double embeddings = embeddingChannels == 0 ? inputs : embeddingChannels;
            own = inputs / (inputs + embeddings);
            position *= embeddings / (inputs + embeddings);
        }
        double inputWeight = own;
        double embeddingWeight = position;
        boolean[] masked = input.masked();
        return Matrices.tabulate(
                layout.elements(),
                (a, b) -> {
                    boolean same = layout.position(a) == layout.position(b);
                    return inputWeight * covariances[a][b]
                            + (same && !masked[a] && !masked[b] ? embeddingWeight : 0);
                });
    }

    /** The weight that each query has for each key of its example. */
    private double[][] weights(double[][] keys, Covariances input) {
        Layout layout = input.layout();
        double[][] weights = new double[layout.elements()][layout.elements()];
        for (int query = 0; query < layout.elements(); query++) {
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int key = 0; key < layout.elements(); key++) {
                if (visible(query, key, input)) {
                    largest = Math.max(largest, keyQueryScale * keys[query][key]);
                }
            }
            for (int key = 0; key < layout.elements(); key++) {
                if (visible(query, key, input)) {
                    weights[query][key] = weight(keyQueryScale * keys[query][key], largest);
                    sum += weights[query][key];
                }
            }
            if (mechanism.equals("SOFTMAX") && sum != 0) {
                for (int key = 0; key < layout.elements(); key++) {
                    weights[query][key] /= sum;
                }
            }
        }
        return weights;
    }

    private static boolean visible(int query, int key, Covariances input) {
        return input.layout().example(query) == input.layout().example(key) && !input.masked()[key];
    }

    private double weight(double score, double largest) {
        return switch (mechanism) {
            case "SOFTMAX" -> Math.exp(score - largest);
            case "IDENTITY" -> score;
            case "ABS" -> Math.abs(score);
            case "RELU" -> Math.max(score, 0);
            default -> throw new IllegalArgumentException(mechanism);
        };
    }
}
