package dev.jtangents.simd;

import dev.jtangents.tensor.DType;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The one place that asks whether this JVM has vectors. The system property {@code
 * jtangents.vector} forces another answer: {@code off}, or a width of 128, 256 or 512 bits.
 */
final class VectorSupport {
    static final String PROPERTY = "jtangents.vector";

    private static final String WIDTHS = "128|256|512";

    static final VectorSupport CHOSEN = new VectorSupport();

    private final Loops floats;
    private final Loops doubles;
    private final String description;

    private VectorSupport() {
        String missing = reasonWithoutVectors();
        if (missing.isEmpty()) {
            floats = new FloatLoops();
            doubles = new DoubleLoops();
            description =
                    "Vector API with "
                            + Species.FLOATS.vectorBitSize()
                            + "-bit vectors ("
                            + Species.FLOATS.length()
                            + " f32 or "
                            + Species.DOUBLES.length()
                            + " f64 lanes)";
        } else {
            floats = new ScalarLoops(DType.F32);
            doubles = new ScalarLoops(DType.F64);
            description = "scalar loops: " + missing;
        }
    }

    private static String wish() {
        return System.getProperty(PROPERTY, "").toLowerCase(Locale.ROOT);
    }

    /** The width that the property asks for, or 0 for that of the machine. */
    static int forcedBits() {
        return wish().matches(WIDTHS) ? Integer.parseInt(wish()) : 0;
    }

    private static String reasonWithoutVectors() {
        if (wish().equals("off")) {
            return "-D" + PROPERTY + "=off was given";
        }
        if (!wish().isEmpty() && !wish().matches(WIDTHS)) {
            return "-D" + PROPERTY + "=" + wish() + " is none of off, 128, 256 and 512";
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return "this JVM runs without --add-modules jdk.incubator.vector";
        }
        if (!mayAddressMemory()) {
            return "this JVM denies access to native memory: it needs --enable-native-access";
        }
        return "";
    }

    /** Whether this JVM lets us have {@link Addresses}. */
    private static boolean mayAddressMemory() {
        try {
            MemorySegment.NULL.reinterpret(1);
            return true;
        } catch (IllegalCallerException denied) {
            return false;
        }
    }

    Loops loops(DType dtype) {
        return dtype == DType.F32 ? floats : doubles;
    }

    String description() {
        return description;
    }
}
