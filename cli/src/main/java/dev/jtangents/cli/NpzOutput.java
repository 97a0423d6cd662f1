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

/** Writes a kernel from memory to an .npz file, one array per field. */
record NpzOutput(Path file, List<KernelField> fields, PrintStream out) implements KernelOutput {
    @Override
    public void finish(Kernel kernel) {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        for (KernelField field : fields) {
            arrays.put(field.label(), KernelValues.tensor(kernel, field));
        }
        Npz.write(file, arrays);
        arrays.forEach((name, array) -> out.println(WrittenLine.of(file, name, array)));
    }
}
