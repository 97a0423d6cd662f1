package dev.jtangents.tensor;

import dev.jtangents.panama.LargeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A dense array of {@link DType} over a {@link MemorySegment}, indexed by longs.
 *
 * <p><b>Ownership.</b> A tensor made by {@link #allocate(DType, Shape)}, {@link #of} or a file
 * reader owns its memory: closing it frees the memory, and any later access throws {@link
 * IllegalStateException}. A tensor made on an arena or wrapped around a segment borrows: closing it
 * does nothing, the arena's owner frees. Views ({@link #slice}, {@link #transpose}, {@link
 * #reshape}) always borrow from the tensor they look at.
 *
 * <p><b>Errors.</b> An index out of range throws {@link IndexOutOfBoundsException}; a thread that
 * the arena does not admit {@link WrongThreadException}. No access through this class can leave the
 * segment.
 */
public final class Tensor implements AutoCloseable {
    /** The alignment of owned memory: a cache line, and the widest vector. */
    public static final long ALIGNMENT = 64;

    /** From here on memory is mapped from the system rather than filled with zeros. */
    private static final long LARGE_BYTES = 4L << 20;

    private final MemorySegment segment;
    private final DType dtype;
    private final Shape shape;
    private final long[] strides;
    private final @Nullable Arena owned;

    private Tensor(
            MemorySegment segment,
            DType dtype,
            Shape shape,
            long[] strides,
            @Nullable Arena owned) {
        this.segment = segment;
        this.dtype = dtype;
        this.shape = shape;
        this.strides = strides;
        this.owned = owned;
    }

    /**
     * A zero-filled tensor that owns its memory; any thread may use and close it.
     *
     * @throws InputException when the memory is not to be had
     */
    public static Tensor allocate(DType dtype, Shape shape) {
        Arena arena = Arena.ofShared();
        try {
            return adopt(arena, allocateSegment(arena, dtype, shape), dtype, shape);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /** A zero-filled tensor on an arena, which its owner closes. */
    public static Tensor allocate(Arena arena, DType dtype, Shape shape) {
        return wrap(allocateSegment(arena, dtype, shape), dtype, shape);
    }

    /**
     * A tensor over memory of the caller, without a copy, in row-major order and the machine's byte
     * order.
     *
     * @throws InputException when the segment is smaller than the shape needs
     */
    public static Tensor wrap(MemorySegment segment, DType dtype, Shape shape) {
        return new Tensor(
                sized(segment, dtype, shape), dtype, shape, shape.rowMajorStrides(), null);
    }

    /** A row-major tensor over a segment of an arena that the tensor closes when it is closed. */
    public static Tensor adopt(Arena arena, MemorySegment segment, DType dtype, Shape shape) {
        return new Tensor(
                sized(segment, dtype, shape), dtype, shape, shape.rowMajorStrides(), arena);
    }

    /** A tensor that owns a copy of these values in row-major order, in f64. */
    public static Tensor of(double[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), values.length, DType.F64, Shape.of(shape));
    }

    /** A tensor that owns a copy of these values in row-major order, in f32. */
    public static Tensor of(float[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), values.length, DType.F32, Shape.of(shape));
    }

    private static Tensor copyOf(MemorySegment values, long count, DType dtype, Shape shape) {
        if (count != shape.size()) {
            throw new InputException(
                    count
                            + " values were given for shape "
                            + shape
                            + ", which has "
                            + shape.size());
        }
        Tensor tensor = allocate(dtype, shape);
        tensor.segment.copyFrom(values);
        return tensor;
    }

    /** The element type. */
    public DType dtype() {
        return dtype;
    }

    /** The extents. */
    public Shape shape() {
        return shape;
    }

    /** The number of elements. */
    public long size() {
        return shape.size();
    }

    /** The elements from one index to the next along an axis; negative axes count from the end. */
    public long stride(int axis) {
        return strides[shape.axis(axis)];
    }

    /** The memory, starting at element (0, ..., 0). Of the same lifetime as this tensor. */
    public MemorySegment segment() {
        return segment;
    }

    /** Whether any thread may use the memory, not only that of a confined arena. */
    public boolean isShared() {
        return segment.isAccessibleBy(Thread.ofPlatform().unstarted(() -> {}));
    }

    /** Whether the elements lie one after another in row-major order. */
    public boolean isContiguous() {
        if (size() == 0) {
            return true;
        }
        long expected = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (shape.extent(axis) > 1 && strides[axis] != expected) {
                return false;
            }
            expected *= shape.extent(axis);
        }
        return true;
    }

    /** One element, as a double. */
    public double get(long... index) {
        return dtype.read(segment, offset(index));
    }

    /**
     * Sets one element, rounded to the dtype.
     *
     * @throws IllegalArgumentException when the memory is read-only, as that of a mapped file is
     */
    public void set(double value, long... index) {
        dtype.write(segment, offset(index), value);
    }

    /**
     * A view of the indices {@code from} to {@code to} (exclusive) of one axis.
     *
     * @throws IndexOutOfBoundsException when they leave the axis
     */
    public Tensor slice(int axis, long from, long to) {
        int along = shape.axis(axis);
        Objects.checkFromToIndex(from, to, shape.extent(along));
        return view(from * strides[along], shape.with(along, to - from), strides);
    }

    /** A view whose axis {@code i} is this tensor's axis {@code axes[i]}. */
    public Tensor transpose(int... axes) {
        long named = Arrays.stream(axes).map(shape::axis).distinct().count();
        if (axes.length != shape.rank() || named != axes.length) {
            throw new InputException(
                    "A transposition of shape "
                            + shape
                            + " names each axis once; given were "
                            + Arrays.toString(axes));
        }
        long[] extents = new long[axes.length];
        long[] permuted = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            extents[i] = shape.extent(axes[i]);
            permuted[i] = strides[shape.axis(axes[i])];
        }
        return view(0, Shape.of(extents), permuted);
    }

    /**
     * A view of the same elements in another shape.
     *
     * @throws InputException when the sizes differ or the elements are not contiguous
     */
    public Tensor reshape(long... extents) {
        Shape target = Shape.of(extents);
        if (target.size() != size() || !isContiguous()) {
            throw new InputException(
                    "An array of shape "
                            + shape
                            + (isContiguous() ? "" : " that is a strided view")
                            + " cannot be seen as "
                            + target
                            + ".");
        }
        return view(0, target, target.rowMajorStrides());
    }

    private Tensor view(long offset, Shape viewed, long[] viewStrides) {
        if (viewed.size() == 0) {
            return new Tensor(segment.asSlice(0, 0), dtype, viewed, viewStrides, null);
        }
        long end = offset + 1;
        for (int axis = 0; axis < viewed.rank(); axis++) {
            end += (viewed.extent(axis) - 1) * viewStrides[axis];
        }
        MemorySegment seen =
                segment.asSlice(offset * dtype.bytes(), (end - offset) * dtype.bytes());
        return new Tensor(seen, dtype, viewed, viewStrides, null);
    }

    /** A row-major copy that owns its memory, in the given type. */
    public Tensor copy(DType target) {
        Tensor copy = allocate(target, shape);
        try {
            copy.assign(this);
            return copy;
        } catch (RuntimeException | Error failure) {
            copy.close();
            throw failure;
        }
    }

    /**
     * Sets every element to that of another tensor of the same shape.
     *
     * @throws InputException when the shapes differ
     */
    public void assign(Tensor source) {
        if (!source.shape.equals(shape)) {
            throw new InputException(
                    "An array of shape "
                            + source.shape
                            + " cannot be copied to shape "
                            + shape
                            + ".");
        }
        if (source.dtype == dtype && source.isContiguous() && isContiguous()) {
            long bytes = size() * dtype.bytes();
            MemorySegment.copy(source.segment, 0, segment, 0, bytes);
        } else {
            assign(source, 0, 0, 0);
        }
    }

    private void assign(Tensor source, int axis, long from, long to) {
        if (axis == shape.rank()) {
            dtype.write(segment, to, source.dtype.read(source.segment, from));
        } else if (axis == shape.rank() - 1) {
            assignRun(source, from, to);
        } else {
            for (long i = 0; i < shape.extent(axis); i++) {
                assign(source, axis + 1, from + i * source.strides[axis], to + i * strides[axis]);
            }
        }
    }

    /** Copies along the last axis. */
    private void assignRun(Tensor source, long from, long to) {
        long length = shape.extent(shape.rank() - 1);
        long step = source.strides[shape.rank() - 1];
        long ownStep = strides[shape.rank() - 1];
        if (step == 1 && ownStep == 1 && source.dtype == dtype) {
            int bytes = dtype.bytes();
            MemorySegment.copy(source.segment, from * bytes, segment, to * bytes, length * bytes);
            return;
        }
        for (long i = 0; i < length; i++) {
            double value = source.dtype.read(source.segment, from + i * step);
            dtype.write(segment, to + i * ownStep, value);
        }
    }

    /**
     * All elements in row-major order, as a copy on the heap.
     *
     * @throws InputException when there are more than a Java array holds
     */
    public double[] toArray() {
        if (size() > Integer.MAX_VALUE - 8) {
            throw new InputException(
                    "An array of shape " + shape + " has more elements than a Java array holds.");
        }
        double[] values = new double[(int) size()];
        wrap(MemorySegment.ofArray(values), DType.F64, shape).assign(this);
        return values;
    }

    /** Frees the memory when this tensor owns it; else does nothing. Closing twice is allowed. */
    @Override
    public void close() {
        if (owned == null || !owned.scope().isAlive()) {
            return;
        }
        try {
            owned.close();
        } catch (IllegalStateException refused) {
            if (owned.scope().isAlive()) {
                throw refused;
            }
        }
    }

    @Override
    public String toString() {
        return "Tensor " + dtype.label() + " " + shape;
    }

    private long offset(long[] index) {
        if (index.length != shape.rank()) {
            throw new IndexOutOfBoundsException(
                    index.length + " indices were given for an array of shape " + shape);
        }
        long offset = 0;
        for (int axis = 0; axis < index.length; axis++) {
            offset += Objects.checkIndex(index[axis], shape.extent(axis)) * strides[axis];
        }
        return offset;
    }

    private static MemorySegment sized(MemorySegment segment, DType dtype, Shape shape) {
        long bytes = byteSize(dtype, shape);
        if (segment.byteSize() < bytes) {
            throw new InputException(
                    "Shape "
                            + shape
                            + " in "
                            + dtype.label()
                            + " needs "
                            + bytes
                            + " bytes; the memory given has "
                            + segment.byteSize()
                            + ".");
        }
        return segment.asSlice(0, bytes);
    }

    private static MemorySegment allocateSegment(Arena arena, DType dtype, Shape shape) {
        long bytes = byteSize(dtype, shape);
        try {
            if (bytes >= LARGE_BYTES) {
                Optional<MemorySegment> large = LargeMemory.map(arena, bytes);
                if (large.isPresent()) {
                    return large.get();
                }
            }
            return arena.allocate(bytes, ALIGNMENT);
        } catch (OutOfMemoryError refused) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "%.2f GB of memory for an array of shape %s (%s) are not to be had: %s",
                            bytes / 1e9,
                            shape,
                            dtype.label(),
                            refused.getMessage()),
                    refused);
        }
    }

    private static long byteSize(DType dtype, Shape shape) {
        try {
            return Math.multiplyExact(shape.size(), dtype.bytes());
        } catch (ArithmeticException overflow) {
            throw new InputException(
                    "Shape " + shape + " claims more bytes than memory can address.", overflow);
        }
    }
}
