package dev.jtangents.linalg;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A tensor that has passed every check without which native code could read or write where it must
 * not: two axes, contiguous rows, extents and row stride that fit a C int, off-heap memory that is
 * alive, open to this thread and aligned.
 *
 * @param name what messages call it
 * @param stride the elements from one row to the next, BLAS's leading dimension; at least 1
 */
record Matrix(String name, MemorySegment segment, DType dtype, int rows, int columns, int stride) {

    static Matrix of(String name, Tensor tensor) {
        checkAccess(name, tensor.segment());
        Shape shape = tensor.shape();
        if (shape.rank() != 2) {
            throw new InputException(
                    "Argument " + name + " has shape " + shape + "; a matrix has two axes.");
        }
        int rows = checkedInt(name, "rows", shape.extent(0));
        int columns = checkedInt(name, "columns", shape.extent(1));
        checkMemory(name, tensor);
        int stride = Math.max(columns, 1);
        if (rows > 1 && columns > 0) {
            stride = checkedInt(name, "elements from row to row", tensor.stride(0));
        }
        if (columns > 1 && tensor.stride(1) != 1 || stride < columns) {
            throw new InputException(
                    String.format(
                            "The rows of argument %s are not contiguous (strides %d and %d): copy"
                                    + " it first.",
                            name, tensor.stride(0), tensor.stride(1)));
        }
        return new Matrix(name, tensor.segment(), tensor.dtype(), rows, columns, stride);
    }

    private static void checkAccess(String name, MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("Argument " + name + " is a closed tensor.");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    "Argument " + name + " lies in an arena that is confined to another thread.");
        }
    }

    private static void checkMemory(String name, Tensor tensor) {
        MemorySegment segment = tensor.segment();
        if (!segment.isNative()) {
            throw new InputException(
                    "Argument "
                            + name
                            + " lies on the Java heap, where native code cannot reach it: copy it"
                            + " first.");
        }
        if (segment.address() % tensor.dtype().bytes() != 0) {
            throw new InputException(
                    "The memory of argument "
                            + name
                            + " is not aligned to its elements: copy it first.");
        }
    }

    private static int checkedInt(String name, String what, long count) {
        if (count > Integer.MAX_VALUE) {
            throw new InputException(
                    String.format(
                            "Argument %s has %d %s; the linear algebra library counts to %d:"
                                    + " split it.",
                            name, count, what, Integer.MAX_VALUE));
        }
        return (int) count;
    }

    Matrix writable() {
        if (segment.isReadOnly()) {
            throw new InputException(
                    "Argument " + name + " would be overwritten but is read-only: copy it first.");
        }
        return this;
    }

    Matrix square() {
        if (rows != columns) {
            throw new InputException(
                    String.format(
                            "Argument %s has %d rows and %d columns; it must be square.",
                            name, rows, columns));
        }
        return this;
    }

    Matrix doubles() {
        if (dtype != DType.F64) {
            throw new InputException(
                    "Argument " + name + " is " + dtype.label() + "; this works in f64 only.");
        }
        return this;
    }

    /** Of the same dtype. */
    Matrix like(Matrix other) {
        if (dtype != other.dtype) {
            throw new InputException(
                    String.format(
                            "Argument %s is %s and %s is %s: convert one with copy.",
                            other.name, other.dtype.label(), name, dtype.label()));
        }
        return this;
    }

    Matrix finite() {
        int finite = finiteRows();
        if (finite < rows) {
            throw new InputException(
                    "Row " + finite + " of argument " + name + " has a value that is not finite.");
        }
        return this;
    }

    /**
     * Checks that no element of this matrix, which is written, is one of another, which is read.
     */
    Matrix apartFrom(Matrix other) {
        if (overlaps(other)) {
            throw new InputException(
                    "Arguments " + name + " and " + other.name + " share memory: copy one first.");
        }
        return this;
    }

    /** Exact: blocks of one array may lie in between each other without sharing an element. */
    private boolean overlaps(Matrix other) {
        if (isEmpty() || other.isEmpty() || !rangesOverlap(other)) {
            return false;
        }
        long length = (long) columns * dtype.bytes();
        long otherLength = (long) other.columns * other.dtype.bytes();
        long otherStride = (long) other.stride * other.dtype.bytes();
        long distance = segment.address() - other.segment.address();
        for (long row = 0; row < rows; row++) {
            long start = distance + row * stride * dtype.bytes();
            long firstEndingLater =
                    Math.max(0, Math.floorDiv(start - otherLength, otherStride) + 1);
            if (firstEndingLater < other.rows && firstEndingLater * otherStride < start + length) {
                return true;
            }
        }
        return false;
    }

    private boolean rangesOverlap(Matrix other) {
        return segment.address() < other.end() && other.segment.address() < end();
    }

    private long end() {
        return segment.address() + offset(rows - 1, columns);
    }

    boolean isEmpty() {
        return rows == 0 || columns == 0;
    }

    /** How many rows come before the first whose part in the lower triangle is not all finite. */
    int finiteRows() {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column <= row; column++) {
                if (!Double.isFinite(get(row, column))) {
                    return row;
                }
            }
        }
        return rows;
    }

    /** A view of some rows and columns. */
    Matrix block(int fromRow, int toRow, int fromColumn, int toColumn) {
        return new Matrix(
                name,
                segment.asSlice(offset(fromRow, fromColumn)),
                dtype,
                toRow - fromRow,
                toColumn - fromColumn,
                stride);
    }

    double get(int row, int column) {
        return dtype == DType.F64
                ? segment.get(ValueLayout.JAVA_DOUBLE, offset(row, column))
                : segment.get(ValueLayout.JAVA_FLOAT, offset(row, column));
    }

    void set(int row, int column, double value) {
        if (dtype == DType.F64) {
            segment.set(ValueLayout.JAVA_DOUBLE, offset(row, column), value);
        } else {
            segment.set(ValueLayout.JAVA_FLOAT, offset(row, column), (float) value);
        }
    }

    /** The elements from the first of the memory to this one. */
    long index(int row, int column) {
        return (long) row * stride + column;
    }

    private long offset(int row, int column) {
        return index(row, column) * dtype.bytes();
    }
}
