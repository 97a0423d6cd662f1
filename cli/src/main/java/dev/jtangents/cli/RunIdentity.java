package dev.jtangents.cli;

import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * All that a kernel's numbers depend on, to the last bit, as lines of text: two runs whose lines
 * are equal compute the same.
 */
final class RunIdentity {
    private static final long CHUNK = 1 << 20;

    /** 128 bits: nobody chooses inputs to collide. */
    private static final int DIGEST_BYTES = 16;

    private final SequencedMap<String, String> lines = new LinkedHashMap<>();

    /** The identity of a run of this program on this machine. */
    RunIdentity() {
        put("program", Version.text());
        put("java", Runtime.version());
        put("vectors", Loops.description());
        put("blas", LinearAlgebra.get().description());
    }

    /** Adds an argument. */
    RunIdentity put(String name, Object value) {
        // The journal is ASCII, a line for each.
        lines.put(name, value.toString().replaceAll("[^ -~]", "?"));
        return this;
    }

    RunIdentity put(Network network) {
        var digest = digest();
        digest.update(Model.toJson(network).getBytes(StandardCharsets.UTF_8));
        return put("model", hex(digest));
    }

    /** Adds arrays: their types, shapes and elements. */
    RunIdentity put(String name, List<Tensor> arrays) {
        for (int index = 0; index < arrays.size(); index++) {
            Tensor array = arrays.get(index);
            put(
                    arrays.size() == 1 ? name : name + "_" + index,
                    array.dtype().label() + " " + array.shape() + " " + hex(digest(array)));
        }
        return this;
    }

    SequencedMap<String, String> lines() {
        return Collections.unmodifiableSequencedMap(lines);
    }

    private static MessageDigest digest(Tensor array) {
        MessageDigest digest = digest();
        MemorySegment elements = array.segment();
        long bytes = array.size() * array.dtype().bytes();
        for (long from = 0; from < bytes; from += CHUNK) {
            long count = Math.min(CHUNK, bytes - from);
            digest.update(elements.asSlice(from, count).asByteBuffer());
        }
        return digest;
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    }
}
