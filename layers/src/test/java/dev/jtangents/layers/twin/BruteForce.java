package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Branches;
import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The kernel of a model by definition: all covariances of all elements of the joint batch. */
public final class BruteForce {
    private BruteForce() {}

    /** The joint kernels of a model's outputs, of which most have one. */
    public static List<JointKernel> kernels(String model, Inputs inputs) {
        return kernels(Json.parse(model), inputs);
    }

    static List<JointKernel> kernels(Object json, Inputs inputs) {
        Model model = Model.of(json);
        List<Signal> signals = new ArrayList<>();
        List<Model> readers = InputAxes.readers(model, inputs.x1().size());
        for (int k = 0; k < readers.size(); k++) {
            Array x1 = inputs.x1().get(k);
            List<Array> batches =
                    inputs.hasOtherExamples() ? List.of(x1, inputs.x2().get(k)) : List.of(x1);
            signals.add(
                    InputCovariances.of(
                            batches,
                            InputAxes.of(readers.get(k), x1.rank()),
                            inputs.maskConstant()));
        }
        Signal input = signals.size() == 1 ? signals.getFirst() : new Branches(signals);
        return leaves(model.apply(input, inputs.patterns()))
                .map(leaf -> new JointKernel(leaf, inputs))
                .toList();
    }

    private static Stream<Covariances> leaves(Signal signal) {
        return switch (signal) {
            case Covariances leaf -> Stream.of(leaf);
            case Branches branches -> branches.parts().stream().flatMap(BruteForce::leaves);
        };
    }
}
