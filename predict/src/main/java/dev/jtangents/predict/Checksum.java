package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of an array: of its type, its shape and its elements in row-major order. */
final class Checksum {
    private static final long PART = 1 << 24;

    private Checksum() {}

    static String of(Tensor array) {
        MessageDigest digest = sha256();
        String head = array.dtype().label() + array.shape();
        digest.update(head.getBytes(StandardCharsets.US_ASCII));
        if (array.isContiguous() && array.segment().isNative()) {
            update(digest, array);
        } else {
            try (Tensor copy = array.copy(array.dtype())) {
                update(digest, copy);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, Tensor array) {
        MemorySegment segment = array.segment().asSlice(0, array.size() * array.dtype().bytes());
        for (long from = 0; from < segment.byteSize(); from += PART) {
            long length = Math.min(PART, segment.byteSize() - from);
            digest.update(segment.asSlice(from, length).asByteBuffer());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
