package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Lets a kernel be written to .npy files on disk while it is computed, so that it need not fit in
 * memory and can be completed after an interruption.
 */
final class NpyOutput implements KernelOutput {
    private final Map<KernelField, Path> targets;
    private final boolean resume;
    private final Streams streams;
    private final Map<KernelField, ResumableArray> arrays = new EnumMap<>(KernelField.class);
    private final List<ResumableArray> created = new ArrayList<>();
    private final ResumableTiles tiles;
    private boolean complete;

    private NpyOutput(Map<KernelField, Path> targets, boolean resume, Streams streams) {
        this.targets = targets;
        this.resume = resume;
        this.streams = streams;
        tiles = new ResumableTiles(created, resume, streams.err());
    }

    /** One field in a file of this name; several in files whose names have those of the fields. */
    static NpyOutput to(Path file, List<KernelField> fields, boolean resume, Streams streams) {
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
            OutputFile.extension("--out", target, List.of("npy"));
            targets.put(field, target);
        }
        return new NpyOutput(targets, resume, streams);
    }

    /** K.npy becomes K.ntk.npy. */
    private static Path named(Path file, KernelField field) {
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        return file.resolveSibling(stem + "." + field.label() + ".npy");
    }

    @Override
    public KernelOptions configure(
            KernelOptions options, int outputs, Supplier<RunIdentity> identity) {
        if (outputs > 1) {
            throw new InputException(
                    "--out "
                            + targets.values().iterator().next()
                            + ": .npy files take the kernel of one output, and the network has "
                            + outputs
                            + "; give a name ending in .npz.");
        }
        targets.forEach((field, target) -> arrays.put(field, ResumableArray.open(target)));
        if (!resume) {
            arrays.values().forEach(NpyOutput::requireNothingLeft);
        }
        RunIdentity run = identity.get();
        arrays.forEach((field, array) -> array.identify(run.put("array", field.label()).lines()));
        return options.output(this::create).execution(execution -> execution.withCheckpoint(tiles));
    }

    private static void requireNothingLeft(ResumableArray array) {
        if (array.isLeft()) {
            throw new InputException(
                    array.partial()
                            + " has finished tiles of a run that was interrupted: go on from them"
                            + " with --resume, or delete it to start anew.");
        }
    }

    private Tensor create(KernelField field, DType dtype, Shape shape) {
        ResumableArray array = arrays.get(field);
        if (array == null) {
            throw new IllegalStateException(field + " was not asked for.");
        }
        created.add(array);
        return array.create(dtype, shape);
    }

    @Override
    public void finish(List<Kernel> kernels) {
        tiles.finishRecording();
        arrays.forEach(
                (field, array) -> {
                    Tensor values = KernelValues.tensor(kernels.getFirst(), field);
                    String line = WrittenLine.of(array.target(), field.label(), values);
                    array.commit(values);
                    streams.out().println(line);
                });
        complete = true;
    }

    @Override
    public void close() {
        try {
            tiles.finishRecording();
        } finally {
            arrays.values().forEach(ResumableArray::close);
            if (!complete && tiles.areNoted()) {
                streams.err()
                        .println(
                                created.getFirst().partial()
                                        + ": "
                                        + tiles.text()
                                        + " are kept; the same command with --resume goes on from"
                                        + " them.");
            }
        }
    }
}
