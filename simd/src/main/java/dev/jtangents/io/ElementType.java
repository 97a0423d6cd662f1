package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The element types that array files store, named as NumPy names them. */
enum ElementType {
    B1(1, DType.F32, (bytes, at) -> bytes.get(at) == 0 ? 0 : 1),
    I1(1, DType.F32, ByteBuffer::get),
    U1(1, DType.F32, (bytes, at) -> Byte.toUnsignedInt(bytes.get(at))),
    I2(2, DType.F32, ByteBuffer::getShort),
    U2(2, DType.F32, (bytes, at) -> Short.toUnsignedInt(bytes.getShort(at))),
    I4(4, DType.F64, ByteBuffer::getInt),
    U4(4, DType.F64, (bytes, at) -> Integer.toUnsignedLong(bytes.getInt(at))),
    I8(8, DType.F64, ByteBuffer::getLong),
    U8(8, DType.F64, (bytes, at) -> unsigned(bytes.getLong(at))),
    F4(4, DType.F32, ByteBuffer::getFloat),
    F8(8, DType.F64, ByteBuffer::getDouble);

    private interface Reader {
        double read(ByteBuffer bytes, int at);
    }

    private final int bytes;
    private final DType dtype;

    @SuppressWarnings("ImmutableEnumChecker") // the readers capture nothing
    private final Reader reader;

    ElementType(int bytes, DType dtype, Reader reader) {
        this.bytes = bytes;
        this.dtype = dtype;
        this.reader = reader;
    }

    /** Bytes of one element. */
    int bytes() {
        return bytes;
    }

    /** The narrower tensor type that holds every value (or, of 64-bit integers, most) exactly. */
    DType dtype() {
        return dtype;
    }

    /** Whether a tensor of this type stores its elements just so, byte order aside. */
    boolean isStoredAs(DType target) {
        return this == of(target);
    }

    /** The element at this byte, in the byte order of the buffer. */
    double read(ByteBuffer buffer, int at) {
        return reader.read(buffer, at);
    }

    /** The bytes of an array in a file. */
    long bytes(String source, Shape shape) {
        if (shape.size() > Long.MAX_VALUE / bytes) {
            throw Failures.unusable(
                    source, "claims shape " + shape + ", more than any file can hold.");
        }
        return shape.size() * bytes;
    }

    /** NumPy's name without the byte order, for instance {@code f4}. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How a tensor type is stored. */
    static ElementType of(DType dtype) {
        return switch (dtype) {
            case F32 -> F4;
            case F64 -> F8;
        };
    }

    /** The type of a name such as {@code f4}; null when there is none. */
    static @Nullable ElementType ofCode(String code) {
        return Arrays.stream(values())
                .filter(type -> type.code().equals(code))
                .findFirst()
                .orElse(null);
    }

    /** All names, for messages. */
    static String codes() {
        return Arrays.stream(values()).map(ElementType::code).collect(Collectors.joining(", "));
    }

    private static double unsigned(long value) {
        // Halved with the last bit kept, so that the one rounding that follows is the right one.
        return value >= 0 ? value : 2.0 * ((value >>> 1) | (value & 1));
    }
}
