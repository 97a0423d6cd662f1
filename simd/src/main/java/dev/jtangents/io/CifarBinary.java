package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The binary batches in which CIFAR-10 and CIFAR-100 come: records of one or two label bytes and an
 * image of 32 x 32 pixels, its red plane before its green and its blue one.
 */
public final class CifarBinary {
    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final int PLANE = SIDE * SIDE;
    private static final int BUFFER_BYTES = 1 << 18;

    private CifarBinary() {}

    /** Which of the two data sets. */
    public enum Variant {
        /** One label from 0 to 9 per image. */
        CIFAR_10(1, 10),
        /** A coarse label, which is skipped, and a fine one from 0 to 99 per image. */
        CIFAR_100(2, 100);

        private final int labelBytes;
        private final int classes;

        Variant(int labelBytes, int classes) {
            this.labelBytes = labelBytes;
            this.classes = classes;
        }

        private int recordBytes() {
            return labelBytes + CHANNELS * PLANE;
        }
    }

    /**
     * Images and their labels. Both tensors own their memory; closing the batch closes both.
     *
     * @param images of shape (n, 32, 32, 3), f32, values from 0 to 255
     * @param labels of shape (n,), f32
     */
    public record Batch(Tensor images, Tensor labels) implements AutoCloseable {
        @Override
        public void close() {
            images.close();
            labels.close();
        }
    }

    /**
     * The images of some CIFAR-10 files, one file after another.
     *
     * @throws InputException when {@link #read(Variant, List)} would throw it
     */
    public static Batch read(Path... files) {
        return read(Variant.CIFAR_10, List.of(files));
    }

    /**
     * The images of some files, one file after another; the caller closes the batch.
     *
     * @throws InputException when there is no file, a file cannot be read, is empty, is not a whole
     *     number of records long, or has a label out of range
     */
    public static Batch read(Variant variant, List<Path> files) {
        if (files.isEmpty()) {
            throw new InputException("No CIFAR file was given; give at least one .bin file.");
        }
        long count = 0;
        for (Path file : files) {
            count += records(variant, file);
        }
        Batch batch = allocate(files.getFirst().toString(), count);
        try {
            long first = 0;
            for (Path file : files) {
                first += read(variant, file, batch, first);
            }
            return batch;
        } catch (RuntimeException | Error failure) {
            batch.close();
            throw failure;
        }
    }

    private static Batch allocate(String source, long count) {
        Shape shape = Shape.of(count, SIDE, SIDE, CHANNELS);
        Tensor images = Failures.naming(source, () -> Tensor.allocate(DType.F32, shape));
        try {
            return new Batch(images, Tensor.allocate(DType.F32, Shape.of(count)));
        } catch (RuntimeException | Error failure) {
            images.close();
            throw failure;
        }
    }

    private static long read(Variant variant, Path file, Batch batch, long first) {
        long count = records(variant, file);
        try (InputStream stored = Files.newInputStream(file);
                InputStream stream = new BufferedInputStream(stored, BUFFER_BYTES)) {
            for (long i = 0; i < count; i++) {
                byte[] example = stream.readNBytes(variant.recordBytes());
                if (example.length < variant.recordBytes()) {
                    throw new EOFException();
                }
                int label = Byte.toUnsignedInt(example[variant.labelBytes - 1]);
                if (label >= variant.classes) {
                    throw Failures.unusable(
                            file.toString(),
                            "record "
                                    + i
                                    + " has label "
                                    + label
                                    + "; "
                                    + variant
                                    + " labels end at "
                                    + (variant.classes - 1)
                                    + ". The file is damaged or of another kind.");
                }
                batch.labels.set(label, first + i);
                copyPixels(example, variant.labelBytes, batch.images, first + i);
            }
            return count;
        } catch (IOException failure) {
            throw Failures.unreadable(file.toString(), failure);
        }
    }

    /** Turns planes of channels into channels of pixels. */
    private static void copyPixels(byte[] example, int planes, Tensor images, long image) {
        MemorySegment pixels = images.segment();
        long from = image * CHANNELS * PLANE;
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int pixel = 0; pixel < PLANE; pixel++) {
                float value = Byte.toUnsignedInt(example[planes + channel * PLANE + pixel]);
                long to = from + (long) pixel * CHANNELS + channel;
                pixels.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, to, value);
            }
        }
    }

    private static long records(Variant variant, Path file) {
        long length = Failures.regularFileLength(file);
        if (length == 0 || length % variant.recordBytes() != 0) {
            throw Failures.unusable(
                    file.toString(),
                    "has "
                            + length
                            + " bytes, which is no whole number of "
                            + variant
                            + " records of "
                            + variant.recordBytes()
                            + " bytes; the file is truncated or of another kind.");
        }
        return length / variant.recordBytes();
    }
}
