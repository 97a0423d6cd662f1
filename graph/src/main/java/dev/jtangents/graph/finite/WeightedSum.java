package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.List;

/** The sum of factors times inputs. */
record WeightedSum(List<Double> factors) implements Operation {
    @Override
    public void push(List<Jet> inputs, Jet result) {
        for (int k = 0; k <= result.degree(); k++) {
            for (int i = 0; i < inputs.size(); i++) {
                Tensor term = inputs.get(i).coefficient(k);
                if (term != null) {
                    Rows.addScaled(result.grown(k), term, factors.get(i));
                }
            }
        }
    }

    @Override
    public void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        Rows.addScaled(into.matrix(), cotangent, factors.get(input));
    }
}
