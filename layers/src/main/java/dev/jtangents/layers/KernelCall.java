package dev.jtangents.layers;

import dev.jtangents.graph.Checkpoint;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A call of a network's kernel on all its inputs, checked but not yet computed. */
final class KernelCall {
    private final List<Propagation> outputs;
    private final Supplier<KernelSource> source;
    private final KernelOptions options;

    private KernelCall(
            List<Propagation> outputs, Supplier<KernelSource> source, KernelOptions options) {
        this.outputs = outputs;
        this.source = source;
        this.options = options;
    }

    /**
     * A call on arrays.
     *
     * @param x1 an array for each input of the network, from left to right
     * @param x2 the same of the second batch, or null for the first again
     * @throws InputException when the network has no kernel on such inputs
     */
    static KernelCall of(
            Network network, List<Tensor> x1, @Nullable List<Tensor> x2, KernelOptions options) {
        NetworkInputs inputs = NetworkInputs.of(network, x1.size());
        List<InputAxes> axes = inputs.axes();
        return new KernelCall(
                inputs.through(network, KernelInputs.propagations(axes, x1, x2, options)),
                () -> new KernelInputs(axes, x1, x2, options),
                options);
    }

    /**
     * A call on a kernel that has been computed before.
     *
     * @throws InputException when the network has no kernel on it
     */
    static KernelCall of(Network network, Kernel given, KernelOptions options) {
        List<Propagation> in = List.of(GivenSource.propagation(given, options));
        return new KernelCall(
                NetworkInputs.of(network, 1).through(network, in),
                () -> new GivenSource(given, options),
                options);
    }

    /** The kernel of the only output, which the caller closes. */
    Kernel runOne() {
        if (outputs.size() != 1) {
            throw new InputException(
                    "This network has "
                            + outputs.size()
                            + " outputs, and a kernel for each: ask for all \"kernels\", or join"
                            + " the outputs, for instance by FanInSum.");
        }
        return run().getFirst();
    }

    /** A kernel for each output, from left to right, which the caller closes. */
    List<Kernel> run() {
        if (outputs.size() > 1 && options.execution().checkpoint() != Checkpoint.NONE) {
            throw new InputException(
                    "A checkpoint remembers the tiles of one kernel, and this network has "
                            + outputs.size()
                            + " outputs: compute them without one.");
        }
        List<Kernel> kernels = new ArrayList<>();
        try (KernelSource opened = source.get()) {
            for (Propagation output : outputs) {
                kernels.add(new KernelComputation(opened, output, options).run());
            }
            return List.copyOf(kernels);
        } catch (RuntimeException | Error failure) {
            kernels.forEach(Kernel::close);
            throw failure;
        }
    }
}
