package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.function.Supplier;

/** Each case has a copy of its own, and one only. */
class CopiesTest {
    /** What stands in for loops. */
    static final class Loops implements Supplier<String> {
        private static final String CASE =
                Objects.requireNonNullElse(
                        Copies.which(MethodHandles.lookup(), String.class), "none");

        @SuppressWarnings("unchecked")
        static Supplier<String> of(String which) {
            return Copies.of(MethodHandles.lookup(), Supplier.class, which);
        }

        @Override
        public String get() {
            return CASE;
        }
    }

    @Test
    void aCopyKnowsItsCase() {
        assertEquals("a", Loops.of("a").get());
        assertEquals("b", Loops.of("b").get());
    }

    @Test
    void theClassItselfHasNoCase() {
        assertEquals("none", new Loops().get());
    }

    @Test
    void aCopyIsMadeOnce() {
        assertSame(Loops.of("a"), Loops.of("a"));
        assertNotSame(Loops.of("a").getClass(), Loops.of("b").getClass());
    }
}
