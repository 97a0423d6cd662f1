package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Branches;
import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A layer or combinator of the model language: its name and what it is given. */
record Model(String name, Object argument) {
    static Model of(Object json) {
        if (json instanceof String name) {
            return new Model(name, Map.of());
        }
        Map.Entry<?, ?> only = ((Map<?, ?>) json).entrySet().iterator().next();
        return new Model((String) only.getKey(), Objects.requireNonNull(only.getValue()));
    }

    /** The parts of a serial, parallel or repeat. */
    List<Model> parts() {
        return switch (name) {
            case "serial", "parallel" ->
                    ((List<?>) argument)
                            .stream().map(part -> of(Objects.requireNonNull(part))).toList();
            case "repeat" -> {
                Object layer = arguments().value("layer");
                yield Collections.nCopies(
                        arguments().integer("n", 0), of(Objects.requireNonNull(layer)));
            }
            default -> List.of();
        };
    }

    Arguments arguments() {
        return new Arguments((Map<?, ?>) argument);
    }

    Signal apply(Signal input, List<Array> patterns) {
        return switch (name) {
            case "serial", "repeat" -> {
                Signal signal = input;
                for (Model part : parts()) {
                    signal = part.apply(signal, patterns);
                }
                yield signal;
            }
            case "parallel" -> {
                List<Signal> outputs = new ArrayList<>();
                List<Signal> inputs = ((Branches) input).parts();
                for (int k = 0; k < inputs.size(); k++) {
                    outputs.add(parts().get(k).apply(inputs.get(k), patterns));
                }
                yield new Branches(outputs);
            }
            case "FanOut" ->
                    new Branches(Collections.nCopies(arguments().integer("num", 1), input));
            case "FanInSum" -> FanIn.sum(((Branches) input).leaves());
            case "FanInProd" -> FanIn.product(((Branches) input).leaves());
            case "FanInConcat" ->
                    FanIn.concatenation(
                            ((Branches) input).leaves(), arguments().integer("axis", -1));
            default -> Layers.of(name, arguments(), patterns).apply((Covariances) input).remasked();
        };
    }
}
