package dev.jtangents.panama;

import dev.jtangents.panama.openblas.Cblas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What {@link ChildJvm} runs: prints the door's answer, and computes with what was found. */
final class DoorProbe {
    private DoorProbe() {}

    public static void main(String[] arguments) {
        OpenBlas.Status status = OpenBlas.status();
        System.out.println(status.describe());
        if (status instanceof OpenBlas.Found) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment vector = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, 3, 4);
                System.out.println("3 * 3 + 4 * 4 = " + Cblas.cblas_ddot(2, vector, 1, vector, 1));
            }
        }
    }
}
