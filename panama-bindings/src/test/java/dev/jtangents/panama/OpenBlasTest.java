package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.jtangents.panama.openblas.Cblas;
import dev.jtangents.panama.openblas.Lapacke;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.stream.Stream;

class OpenBlasTest {
    @BeforeAll
    static void keepsItsCacheInTheBuildFolder() {
        System.setProperty(CacheFolder.PROPERTY, Path.of("target", "cache").toString());
        assertTrue(OpenBlas.find().isPresent(), OpenBlas.status()::describe);
    }

    @Test
    void isFoundInTheJar() {
        OpenBlas.Found found = OpenBlas.find().orElseThrow();
        assertEquals(OpenBlas.Source.BUNDLED, found.source());
        assertEquals("0.3.31", found.version());
        assertEquals(1, found.threads());
        assertTrue(found.note().isEmpty(), found::describe);
        assertTrue(found.describe().contains(found.coreName() + ", 1 thread, from its jar: "));
        assertSame(OpenBlas.status(), OpenBlas.status());
    }

    @Test
    void everyBoundFunctionExists() throws ReflectiveOperationException {
        int functions = 0;
        for (Class<?> bindings : new Class<?>[] {Cblas.class, Lapacke.class}) {
            for (Method method : bindings.getMethods()) {
                if (method.getName().endsWith("$address")) {
                    method.invoke(null);
                    functions++;
                }
            }
        }
        assertEquals(14 + 5 + 18, functions);
    }

    @Test
    void multipliesMatrices() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocateFrom(JAVA_DOUBLE, 1, 2, 3, 4, 5, 6);
            MemorySegment b = arena.allocateFrom(JAVA_DOUBLE, 1, 0, 2, 0, 1, 3);
            MemorySegment c = arena.allocate(JAVA_DOUBLE, 4);
            Cblas.cblas_dgemm(
                    Cblas.CblasRowMajor(),
                    Cblas.CblasNoTrans(),
                    Cblas.CblasTrans(),
                    2,
                    2,
                    3,
                    1,
                    a,
                    3,
                    b,
                    3,
                    0,
                    c,
                    2);
            assertArrayEquals(new double[] {7, 11, 16, 23}, c.toArray(JAVA_DOUBLE));
        }
    }

    @Test
    void factorises() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocateFrom(JAVA_DOUBLE, 4, 2, 2, 10);
            assertEquals(0, potrf(a));
            assertArrayEquals(new double[] {2, 2, 1, 3}, a.toArray(JAVA_DOUBLE), 1e-15);
        }
    }

    @Test
    void saysWhichMinorIsNotPositive() {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(2, potrf(arena.allocateFrom(JAVA_DOUBLE, 1, 2, 2, 1)));
        }
    }

    private static int potrf(MemorySegment matrix) {
        return Lapacke.LAPACKE_dpotrf(Lapacke.LAPACK_ROW_MAJOR(), (byte) 'L', 2, matrix, 2);
    }

    @Test
    void oneLoadServesManyThreads() {
        assertEquals(1, Stream.generate(OpenBlas::status).parallel().limit(100).distinct().count());
    }
}
