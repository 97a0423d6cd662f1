package dev.jtangents.cli;

import dev.jtangents.io.ArrayFiles;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/** Arrays read from files, closed together. */
record InputArrays(List<Tensor> tensors) implements AutoCloseable {
    /**
     * Reads arrays.
     *
     * @param locations as {@link ArrayFiles#read(String)} takes them
     * @throws InputException when one cannot be read
     */
    static InputArrays read(List<String> locations) {
        List<Tensor> tensors = new ArrayList<>();
        try {
            for (String location : locations) {
                tensors.add(ArrayFiles.read(location));
            }
            return new InputArrays(List.copyOf(tensors));
        } catch (RuntimeException | Error failure) {
            tensors.forEach(Tensor::close);
            throw failure;
        }
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
    }
}
