package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;

import java.util.List;

/** The kernels of a network's outputs, closed together. */
record OutputKernels(List<Kernel> list) implements AutoCloseable {
    @Override
    public void close() {
        list.forEach(Kernel::close);
    }
}
