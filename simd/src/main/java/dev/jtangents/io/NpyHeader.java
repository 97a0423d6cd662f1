package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What an .npy file says before its data.
 *
 * @param type how an element is stored
 * @param order the byte order of an element
 * @param fortranOrder whether the first index runs fastest
 * @param shape the extents
 * @param dataOffset the byte at which the data begin
 */
record NpyHeader(
        ElementType type, ByteOrder order, boolean fortranOrder, Shape shape, long dataOffset) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** Data begin at a multiple of this, as NumPy writes them. */
    private static final int ALIGNMENT = 64;

    /** Room that NumPy leaves for the first extent to grow in place: the digits of a long. */
    private static final int GROWTH_DIGITS = 21;

    private static final int LONGEST_TEXT = 1 << 20;

    /** Whether bytes begin as an .npy file does. */
    static boolean isMagic(byte[] bytes) {
        return bytes.length >= MAGIC.length
                && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Reads the header and leaves the stream at the data.
     *
     * @param length the bytes of the whole file, or a bound; the data that the shape needs must fit
     * @throws InputException when this is no .npy file of plain numbers, or it is truncated
     */
    static NpyHeader read(String source, InputStream stream, long length) throws IOException {
        int version = version(source, stream.readNBytes(MAGIC.length + 2));
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] lengthField = Arrays.copyOf(stream.readNBytes(lengthBytes), 4);
        long textLength =
                Integer.toUnsignedLong(
                        ByteBuffer.wrap(lengthField).order(ByteOrder.LITTLE_ENDIAN).getInt());
        long offset = MAGIC.length + 2 + lengthBytes + textLength;
        if (offset > length || textLength > LONGEST_TEXT) {
            throw Failures.unusable(
                    source,
                    "claims a header of "
                            + textLength
                            + " bytes in a file of "
                            + length
                            + "; the file is truncated or damaged.");
        }
        byte[] text = stream.readNBytes((int) textLength);
        if (text.length < textLength) {
            throw Failures.unusable(source, "ends inside its .npy header; the file is truncated.");
        }
        Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        NpyDictionary.Content content = NpyDictionary.parse(source, new String(text, charset));
        ElementType type = type(source, content.descr());
        long needed = type.bytes(source, content.shape());
        if (needed > length - offset) {
            throw Failures.unusable(
                    source,
                    "claims shape "
                            + content.shape()
                            + ", which needs "
                            + needed
                            + " bytes; at most "
                            + (length - offset)
                            + " follow the header. The file is truncated; fetch or write it"
                            + " again.");
        }
        return new NpyHeader(
                type, order(content.descr()), content.fortranOrder(), content.shape(), offset);
    }

    /** The header with which a row-major array begins, byte for byte as NumPy writes it. */
    static byte[] bytes(DType dtype, Shape shape) {
        char order = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? '<' : '>';
        String content =
                "{'descr': '"
                        + order
                        + ElementType.of(dtype).code()
                        + "', 'fortran_order': False, 'shape': "
                        + shape
                        + ", }";
        int growth =
                shape.rank() == 0 ? 0 : GROWTH_DIGITS - Long.toString(shape.extent(0)).length();
        int prefix = MAGIC.length + 4;
        int filled = prefix + content.length() + growth + 1;
        int total = (filled / ALIGNMENT + 1) * ALIGNMENT;
        if (total - prefix > 0xFFFF) {
            throw new InputException("Shape " + shape + " has too many axes for an .npy file.");
        }
        byte[] header = new byte[total];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - prefix));
        buffer.put(content.getBytes(StandardCharsets.US_ASCII));
        header[total - 1] = '\n';
        return header;
    }

    /** The extents in the order in which the data lie, the last index running fastest. */
    Shape storedShape() {
        long[] extents = shape.extents();
        if (fortranOrder) {
            for (int i = 0; i < extents.length / 2; i++) {
                long swapped = extents[i];
                extents[i] = extents[extents.length - 1 - i];
                extents[extents.length - 1 - i] = swapped;
            }
        }
        return Shape.of(extents);
    }

    private static int version(String source, byte[] start) {
        if (start.length == 0) {
            throw Failures.unusable(source, "is empty; expected an .npy file.");
        }
        if (!isMagic(start)) {
            throw Failures.unusable(
                    source,
                    "is no .npy file: it begins with the bytes "
                            + HexFormat.ofDelimiter(" ").formatHex(start)
                            + ". Write it with numpy.save.");
        }
        if (start.length < MAGIC.length + 2) {
            throw Failures.unusable(source, "ends inside its .npy header; the file is truncated.");
        }
        int major = start[MAGIC.length];
        int minor = start[MAGIC.length + 1];
        if (major < 1 || major > 3 || minor != 0) {
            throw Failures.unusable(
                    source,
                    "has version "
                            + Byte.toUnsignedInt((byte) major)
                            + "."
                            + Byte.toUnsignedInt((byte) minor)
                            + " of the .npy format; known are 1.0, 2.0 and 3.0.");
        }
        return major;
    }

    private static ElementType type(String source, String descr) {
        boolean ordered = !descr.isEmpty() && "<>=|".indexOf(descr.charAt(0)) >= 0;
        ElementType type = ordered ? ElementType.ofCode(descr.substring(1)) : null;
        if (type == null || (descr.charAt(0) == '|' && type.bytes() > 1)) {
            throw Failures.unusable(
                    source,
                    "has elements of type "
                            + Failures.quote(descr)
                            + "; known are "
                            + ElementType.codes()
                            + ". Convert it in NumPy, for instance with astype('float64').");
        }
        return type;
    }

    private static ByteOrder order(String descr) {
        return switch (descr.charAt(0)) {
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            case '>' -> ByteOrder.BIG_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
    }
}
