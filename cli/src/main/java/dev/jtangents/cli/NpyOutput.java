package dev.jtangents.cli;

import dev.jtangents.io.Npy;
import dev.jtangents.io.NpyFile;
import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a kernel be written to .npy files on disk while it is computed, so that it need not fit in
 * memory.
 */
final class NpyOutput implements KernelOutput {
    private final Map<KernelField, Path> targets;
    private final PrintStream out;
    private final Map<KernelField, NpyFile> open = new EnumMap<>(KernelField.class);

    private NpyOutput(Map<KernelField, Path> targets, PrintStream out) {
        this.targets = targets;
        this.out = out;
    }

    /** One field in a file of this name; several in files whose names have those of the fields. */
    static NpyOutput to(Path file, List<KernelField> fields, PrintStream out) {
        Map<KernelField, Path> targets = new EnumMap<>(KernelField.class);
        for (KernelField field : fields) {
            if (field != KernelField.NNGP && field != KernelField.NTK) {
                throw new InputException(
                        "--out "
                                + file
                                + ": .npy files take nngp and ntk only, not "
                                + field.label()
                                + "; give a name ending in .npz.");
            }
            Path target = fields.size() == 1 ? file : named(file, field);
            OutputFile.extension(target, List.of("npy"));
            targets.put(field, target);
        }
        return new NpyOutput(targets, out);
    }

    /** K.npy becomes K.ntk.npy. */
    private static Path named(Path file, KernelField field) {
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        return file.resolveSibling(stem + "." + field.label() + ".npy");
    }

    @Override
    public KernelOptions configure(KernelOptions options, int outputs) {
        if (outputs > 1) {
            throw new InputException(
                    "--out "
                            + targets.values().iterator().next()
                            + ": .npy files take the kernel of one output, and the network has "
                            + outputs
                            + "; give a name ending in .npz.");
        }
        return options.output(this::create);
    }

    private Tensor create(KernelField field, DType dtype, Shape shape) {
        Path target = targets.get(field);
        if (target == null) {
            throw new IllegalStateException(field + " was not asked for.");
        }
        NpyFile file = Npy.create(target, dtype, shape);
        open.put(field, file);
        return file.tensor();
    }

    @Override
    public void finish(List<Kernel> kernels) {
        Kernel kernel = kernels.getFirst();
        targets.forEach(
                (field, target) -> {
                    Tensor array = KernelValues.tensor(kernel, field);
                    String line = WrittenLine.of(target, field.label(), array);
                    NpyFile file = open.get(field);
                    if (file == null) {
                        // The NTK of a network without parameters: a single 0.
                        Npy.write(target, array);
                    } else {
                        file.commit();
                    }
                    out.println(line);
                });
    }

    @Override
    public void close() {
        open.values().forEach(NpyFile::close);
    }
}
