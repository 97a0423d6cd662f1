package dev.jtangents.cli;

import dev.jtangents.io.Npz;
import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.tensor.Tensor;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Writes kernels from memory to an .npz file, one array per field of each. */
record NpzOutput(Path file, List<KernelField> fields, PrintStream out) implements KernelOutput {
    @Override
    public void finish(List<Kernel> kernels) {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        for (int output = 0; output < kernels.size(); output++) {
            for (KernelField field : fields) {
                arrays.put(
                        KernelValues.name(field.label(), output, kernels.size()),
                        KernelValues.tensor(kernels.get(output), field));
            }
        }
        Npz.write(file, arrays);
        arrays.forEach((name, array) -> out.println(WrittenLine.of(file, name, array)));
    }
}
