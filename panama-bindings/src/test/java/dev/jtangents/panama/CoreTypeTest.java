package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.Set;

class CoreTypeTest {
    private static final Set<String> AVX2 = Set.of("sse2", "avx", "avx2", "fma");

    @Test
    void objectsToInstructionsThatAreMissing() {
        assertEquals(
                Optional.of(
                        "OPENBLAS_CORETYPE=SkylakeX asks for instructions (avx512f) that this"
                                + " processor lacks: unset it"),
                CoreType.objection("SkylakeX", AVX2));
        for (String name : List.of("skylakex", "COOPERLAKE", "SapphireRapids", "Bulldozer")) {
            assertTrue(CoreType.objection(name, AVX2).isPresent(), name);
        }
        assertTrue(CoreType.objection("Haswell", Set.of("sse2")).isPresent());
        assertTrue(CoreType.objection("NEOVERSEV1", Set.of("asimd")).isPresent());
    }

    @Test
    void letsTheOthersPass() {
        for (String name : List.of("Haswell", "Zen", "Nehalem", "no such core", "")) {
            assertEquals(Optional.empty(), CoreType.objection(name, AVX2), name);
        }
        assertEquals(Optional.empty(), CoreType.objection("SkylakeX", Set.of("avx512f")));
    }

    @Test
    void doesNotGuessAboutAnUnknownProcessor() {
        assertEquals(Optional.empty(), CoreType.objection("SkylakeX", Set.of()));
    }
}
