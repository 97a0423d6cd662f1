package dev.jtangents.cli;

import dev.jtangents.io.Npz;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.Parameters;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Parameters of finite networks in .npz files. An array is named by its place among the nested
 * parameters, counted from 0: {@code 2.0} is the first array of the third layer, {@code
 * params[2][0]} in neural-tangents.
 */
record ParameterFile(Path file) {
    private static final int SHOWN = 3;

    /** Writes all arrays. */
    void write(Parameters parameters) {
        Npz.write(file, named(parameters));
    }

    /**
     * Reads the parameters of a network.
     *
     * @param examples to which the network will be applied
     * @param dtype of the parameters; null for the widest of file and examples
     * @throws InputException when the file is not one of such parameters
     */
    Parameters read(Network network, FiniteExamples examples, @Nullable DType dtype) {
        SequencedMap<String, Tensor> given = Npz.read(file);
        try {
            DType widest =
                    given.values().stream()
                            .map(Tensor::dtype)
                            .reduce(examples.dtype(), DType::wider);
            Parameters parameters =
                    network.init(0, examples.shapes(), dtype == null ? widest : dtype);
            try {
                assign(named(parameters), given);
                return parameters;
            } catch (RuntimeException | Error failure) {
                parameters.close();
                throw failure;
            }
        } finally {
            given.values().forEach(Tensor::close);
        }
    }

    /** Copies what was given to the parameters of the same names. */
    private void assign(Map<String, Tensor> parameters, Map<String, Tensor> given) {
        List<String> faults = new ArrayList<>();
        parameters.forEach(
                (name, array) -> {
                    Tensor found = given.get(name);
                    Shape shape = array.shape();
                    if (found == null) {
                        faults.add("array " + name + " of shape " + shape + " is missing");
                    } else if (!found.shape().equals(shape)) {
                        faults.add(
                                "array " + name + " has shape " + found.shape() + ", not " + shape);
                    } else if (!isFinite(found)) {
                        faults.add("array " + name + " has an entry that is NaN or infinite");
                    } else {
                        array.assign(found);
                    }
                });
        given.keySet().stream()
                .filter(name -> !parameters.containsKey(name))
                .forEach(name -> faults.add("the model has no array " + name));
        if (!faults.isEmpty()) {
            throw refused(faults);
        }
    }

    private InputException refused(List<String> faults) {
        int hidden = faults.size() - SHOWN;
        return new InputException(
                "--params "
                        + file
                        + " does not fit the model and the examples: "
                        + String.join("; ", faults.subList(0, Math.min(faults.size(), SHOWN)))
                        + (hidden > 0 ? "; and " + hidden + " more." : "."));
    }

    private static boolean isFinite(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            if (!Double.isFinite(tensor.dtype().read(tensor.segment(), i))) {
                return false;
            }
        }
        return true;
    }

    private static SequencedMap<String, Tensor> named(Parameters parameters) {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        collect(parameters, "", arrays);
        return arrays;
    }

    private static void collect(Parameters parameters, String place, Map<String, Tensor> arrays) {
        switch (parameters) {
            case Parameters.Array(Tensor tensor) -> arrays.put(place, tensor);
            case Parameters.Absent() -> {}
            case Parameters.Group(List<Parameters> parts) -> {
                for (int i = 0; i < parts.size(); i++) {
                    collect(parts.get(i), place.isEmpty() ? "" + i : place + "." + i, arrays);
                }
            }
        }
    }
}
