package dev.jtangents.panama;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Looks at a file before the operating system maps it as a library: the JVM prints warnings about a
 * file that is none, and a truncated library kills it.
 */
final class LibraryFile {
    private static final int ELF = 0x7f454c46;
    private static final byte ELF_64_BIT = 2;
    private static final int ELF_HEADER_SIZE = 64;
    private static final int MACH_O = 0xcffaedfe;
    private static final int MACH_O_FOR_SEVERAL_PROCESSORS = 0xcafebabe;
    private static final short WINDOWS = 0x4d5a;

    private LibraryFile() {}

    static void check(Path file) throws RefusedException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = Arrays.copyOf(in.readNBytes(ELF_HEADER_SIZE), ELF_HEADER_SIZE);
            ByteBuffer header = ByteBuffer.wrap(start);
            switch (header.getInt(0)) {
                case ELF -> {
                    if (Files.size(file) < elfSize(header)) {
                        throw new RefusedException(file + " is truncated");
                    }
                }
                case MACH_O, MACH_O_FOR_SEVERAL_PROCESSORS -> {}
                default -> {
                    if (header.getShort(0) != WINDOWS) {
                        throw new RefusedException(file + " is not a shared library");
                    }
                }
            }
        } catch (IOException error) {
            throw new RefusedException(RefusedException.explain(error), error);
        }
    }

    /** Returns where a 64-bit file's section table ends, which is the last thing in it. */
    private static long elfSize(ByteBuffer header) {
        if (header.get(4) != ELF_64_BIT) {
            return ELF_HEADER_SIZE;
        }
        header.order(ByteOrder.LITTLE_ENDIAN);
        long offset = header.getLong(40);
        int entrySize = Short.toUnsignedInt(header.getShort(58));
        int entries = Short.toUnsignedInt(header.getShort(60));
        return Math.max(ELF_HEADER_SIZE, offset + (long) entrySize * entries);
    }
}
