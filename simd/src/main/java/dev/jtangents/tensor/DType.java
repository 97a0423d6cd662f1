package dev.jtangents.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The element types of tensors. Values are stored in the byte order of the machine. */
public enum DType {
    /** IEEE 754 binary32. */
    F32(Float.BYTES, "f32") {
        @Override
        public double read(MemorySegment segment, long index) {
            return segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
        }

        @Override
        public void write(MemorySegment segment, long index, double value) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index, (float) value);
        }

        @Override
        public void read(MemorySegment segment, long index, double[] values, int from, int count) {
            for (int i = 0; i < count; i++) {
                values[from + i] = segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index + i);
            }
        }

        @Override
        public void write(MemorySegment segment, long index, double[] values, int from, int count) {
            for (int i = 0; i < count; i++) {
                float value = (float) values[from + i];
                segment.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index + i, value);
            }
        }
    },
    /** IEEE 754 binary64. */
    F64(Double.BYTES, "f64") {
        @Override
        public double read(MemorySegment segment, long index) {
            return segment.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, index);
        }

        @Override
        public void write(MemorySegment segment, long index, double value) {
            segment.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, index, value);
        }

        @Override
        public void read(MemorySegment segment, long index, double[] values, int from, int count) {
            long start = index * Double.BYTES;
            ValueLayout.OfDouble layout = ValueLayout.JAVA_DOUBLE_UNALIGNED;
            MemorySegment.copy(segment, layout, start, values, from, count);
        }

        @Override
        public void write(MemorySegment segment, long index, double[] values, int from, int count) {
            long start = index * Double.BYTES;
            ValueLayout.OfDouble layout = ValueLayout.JAVA_DOUBLE_UNALIGNED;
            MemorySegment.copy(values, from, segment, layout, start, count);
        }
    };

    private final int bytes;
    private final String label;

    DType(int bytes, String label) {
        this.bytes = bytes;
        this.label = label;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** The short name that the command line and messages use: {@code f32} or {@code f64}. */
    public String label() {
        return label;
    }

    /** The type in which a computation on both types runs: the wider one. */
    public static DType wider(DType a, DType b) {
        return a == F64 || b == F64 ? F64 : F32;
    }

    /**
     * An element of a segment.
     *
     * @param index counted in elements
     */
    public abstract double read(MemorySegment segment, long index);

    /**
     * Sets an element of a segment, rounded to this type.
     *
     * @param index counted in elements
     */
    public abstract void write(MemorySegment segment, long index, double value);

    /**
     * Reads neighbouring elements of a segment.
     *
     * @param index the first, counted in elements
     * @param values takes them, from an index on
     * @throws IndexOutOfBoundsException when segment or array are too short
     */
    public abstract void read(
            MemorySegment segment, long index, double[] values, int from, int count);

    /**
     * Sets neighbouring elements of a segment, rounded to this type.
     *
     * @param index the first, counted in elements
     * @param values has them, from an index on
     * @throws IndexOutOfBoundsException when segment or array are too short
     */
    public abstract void write(
            MemorySegment segment, long index, double[] values, int from, int count);
}
