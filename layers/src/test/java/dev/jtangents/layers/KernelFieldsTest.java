package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** What is asked of a kernel, what comes, and where it goes. */
class KernelFieldsTest {
    private static final Network NETWORK =
            Stax.serial(Stax.dense(5).weightStd(1.3).biasStd(0.2), Stax.relu(), Stax.dense(3));

    private static KernelOptions get(String... names) {
        return KernelOptions.defaults().get(names);
    }

    private static Tensor inputs(int seed, long... shape) {
        return RandomNetworks.inputs(new SplittableRandom(seed), DType.F64, shape);
    }

    @Test
    void namesAreReadInAnyCaseAndKeepTheirOrder() {
        assertEquals(
                List.of(KernelField.NTK, KernelField.COV1, KernelField.NNGP),
                get("NTK", " cov1", "Nngp").fields());
        assertEquals(List.of(KernelField.X1_IS_X2), get("x1_is_x2").fields());
    }

    @Test
    void unknownDoubleAndMissingNamesAreRefused() {
        var unknown = assertThrows(InputException.class, () -> get("nngpp"));
        assertTrue(unknown.getMessage().contains("did you mean \"nngp\""), unknown.getMessage());
        var twice = assertThrows(InputException.class, () -> get("ntk", "nngp", "NTK"));
        assertTrue(twice.getMessage().contains("twice"), twice.getMessage());
        assertThrows(InputException.class, () -> KernelOptions.defaults().get(new String[0]));
        assertThrows(InputException.class, () -> KernelOptions.defaults().get(new KernelField[0]));
        assertThrows(InputException.class, () -> get(""));
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatIsAskedForComes(KernelField field) {
        try (Tensor x = inputs(1, 4, 3);
                Tensor y = inputs(2, 2, 3);
                Kernel all = NETWORK.kernel(x, y);
                Kernel kernel = NETWORK.kernel(x, y, KernelOptions.defaults().get(field))) {
            for (KernelField other : KernelField.values()) {
                boolean present = other == field && all.get(field).isPresent();
                assertEquals(present, kernel.get(other).isPresent(), other.label());
            }
            Optional<Object> value = kernel.get(field);
            if (value.orElse(null) instanceof Tensor tensor) {
                Tensor expected = (Tensor) all.get(field).orElseThrow();
                assertEquals(expected.shape(), tensor.shape());
                // The NNGP alone has a formula of its own, which rounds otherwise.
                assertArrayEquals(expected.toArray(), tensor.toArray(), 1e-14);
            } else {
                assertEquals(all.get(field), value);
            }
        }
    }

    @Test
    void whatWasNotAskedForIsAnErrorOnAccess() {
        try (Tensor x = inputs(1, 4, 3);
                Kernel kernel = NETWORK.kernel(x, null, get("nngp"))) {
            var refusal = assertThrows(InputException.class, kernel::ntk);
            assertTrue(refusal.getMessage().contains("no ntk"), refusal.getMessage());
            assertThrows(InputException.class, kernel::cov1);
            assertThrows(InputException.class, kernel::isGaussian);
            assertThrows(InputException.class, kernel::shape1);
            assertThrows(InputException.class, kernel::shape2);
            assertEquals(Optional.empty(), kernel.cov2());
        }
    }

    /** Seen by what is allocated: there is never a place for an NTK. */
    @Test
    void anNtkThatIsNotAskedForIsNotComputed() {
        List<KernelField> made = new ArrayList<>();
        KernelOptions options =
                get("nngp")
                        .output(
                                (field, dtype, shape) -> {
                                    made.add(field);
                                    return Tensor.allocate(dtype, shape);
                                });
        try (Tensor x = inputs(1, 4, 3);
                Kernel kernel = NETWORK.kernel(x, null, options)) {
            assertEquals(List.of(KernelField.NNGP), made);
            assertEquals(Optional.empty(), kernel.get(KernelField.NTK));
        }
        String plan = NETWORK.describe(Shape.of(9, 3), null, DType.F32, get("nngp"));
        assertTrue(plan.contains("nngp, f32") && !plan.contains("ntk, f32"), plan);
    }

    @Test
    void theKernelClosesWhatItMadeAndTheOutputsThatOwnTheirMemory() {
        Map<KernelField, Tensor> made = new EnumMap<>(KernelField.class);
        KernelOptions options =
                KernelOptions.defaults()
                        .output(
                                (field, dtype, shape) -> {
                                    Tensor tensor = Tensor.allocate(dtype, shape);
                                    made.put(field, tensor);
                                    return tensor;
                                });
        try (Tensor x = inputs(1, 4, 3)) {
            Kernel kernel = NETWORK.kernel(x, null, options);
            Tensor cov1 = kernel.cov1();
            assertEquals(
                    kernel.nngp().get(1, 2),
                    Objects.requireNonNull(made.get(KernelField.NNGP)).get(1, 2));
            assertEquals(2, made.size());
            kernel.close();
            kernel.close();
            made.values()
                    .forEach(t -> assertThrows(IllegalStateException.class, () -> t.get(0, 0)));
            assertThrows(IllegalStateException.class, () -> cov1.get(0));
            assertTrue(Double.isFinite(x.get(0, 0)));
        }
    }

    @Test
    void outputsOnAnArenaOutliveTheKernel() {
        try (Arena arena = Arena.ofShared();
                Tensor x = inputs(1, 4, 3)) {
            Tensor target = Tensor.allocate(arena, DType.F64, Shape.of(4, 4));
            KernelOptions options = get("ntk").output((field, dtype, shape) -> target);
            NETWORK.kernel(x, null, options).close();
            try (Kernel expected = NETWORK.kernel(x)) {
                assertEquals(-1, expected.ntk().segment().mismatch(target.segment()));
            }
        }
    }

    /** What the user hands in as an output is checked before a worker writes into it. */
    @Test
    void outputsThatDoNotFitAreRefused() {
        try (Tensor x = inputs(1, 4, 3);
                Arena confined = Arena.ofConfined();
                Tensor wide = Tensor.allocate(DType.F64, Shape.of(4, 8));
                Tensor small = Tensor.allocate(DType.F64, Shape.of(3, 4));
                Tensor flat = Tensor.allocate(DType.F64, Shape.of(16));
                Tensor floats = Tensor.allocate(DType.F32, Shape.of(4, 4));
                Tensor large = Tensor.allocate(DType.F64, Shape.of(5, 4))) {
            Tensor readOnly =
                    Tensor.wrap(confined.allocate(128, 8).asReadOnly(), DType.F64, Shape.of(4, 4));
            for (Tensor bad :
                    List.of(
                            floats,
                            small,
                            large,
                            flat,
                            wide.slice(1, 0, 4),
                            wide.slice(1, 0, 4).transpose(1, 0),
                            readOnly)) {
                KernelOptions options = get("nngp").output((field, dtype, shape) -> bad);
                assertThrows(
                        InputException.class,
                        () -> NETWORK.kernel(x, null, options).close(),
                        bad.toString());
            }
        }
    }

    @Test
    void outputsOfImagesAreWrittenWhereTheyWereAskedFor() {
        try (Tensor x = inputs(3, 3, 2, 4, 1);
                Tensor target = Tensor.allocate(DType.F64, Shape.of(3, 3, 2, 2, 4, 4));
                Tensor small = Tensor.allocate(DType.F64, Shape.of(3, 3));
                Kernel expected = Stax.dense(2).kernel(x)) {
            KernelOptions options = get("nngp").output((field, dtype, shape) -> target);
            try (Kernel kernel = Stax.dense(2).kernel(x, null, options)) {
                assertEquals(target, kernel.nngp());
                assertEquals(-1, expected.nngp().segment().mismatch(target.segment()));
            }
            KernelOptions misfit = get("nngp").output((field, dtype, shape) -> small);
            var refusal =
                    assertThrows(InputException.class, () -> Stax.dense(2).kernel(x, null, misfit));
            assertTrue(refusal.getMessage().contains("(3, 3, 2, 2, 4, 4)"), refusal.getMessage());
        }
    }

    @Test
    void anOutputThatThrowsLeavesNothingOpen() {
        List<Tensor> made = new ArrayList<>();
        KernelOptions options =
                KernelOptions.defaults()
                        .output(
                                (field, dtype, shape) -> {
                                    if (field == KernelField.NTK) {
                                        throw new IllegalStateException("full");
                                    }
                                    made.add(Tensor.allocate(dtype, shape));
                                    return made.getLast();
                                });
        try (Tensor x = inputs(1, 4, 3)) {
            assertThrows(IllegalStateException.class, () -> NETWORK.kernel(x, null, options));
            assertEquals(1, made.size());
            assertThrows(IllegalStateException.class, () -> made.getFirst().get(0, 0));
        }
    }

    @Test
    void factsOfDenseNetworks() {
        try (Tensor x = inputs(1, 4, 3);
                Tensor y = inputs(2, 2, 3);
                Kernel kernel = NETWORK.kernel(x, y)) {
            assertTrue(kernel.isGaussian());
            assertEquals(Shape.of(4, 3), kernel.shape1());
            assertEquals(Shape.of(2, 3), kernel.shape2());
            assertEquals(Optional.of(false), kernel.get(KernelField.X1_IS_X2));
            assertEquals(Optional.of(0), kernel.get(KernelField.BATCH_AXIS));
            assertEquals(Optional.of(1), kernel.get(KernelField.CHANNEL_AXIS));
            assertEquals(Optional.empty(), kernel.get(KernelField.MASK1));
            assertEquals(Shape.of(2), kernel.cov2().orElseThrow().shape());
        }
    }

    @Test
    void withoutParametersTheNtkIsTheNumberZero() {
        try (Tensor x = inputs(1, 4, 3);
                Kernel kernel = Stax.serial(Stax.identity(), Stax.flatten()).kernel(x)) {
            assertEquals(Shape.of(), kernel.ntk().shape());
            assertEquals(0, kernel.ntk().get());
            assertFalse(kernel.isGaussian());
            assertEquals(
                    x.get(0, 0) * x.get(1, 0) / 3
                            + x.get(0, 1) * x.get(1, 1) / 3
                            + x.get(0, 2) * x.get(1, 2) / 3,
                    kernel.nngp().get(0, 1),
                    1e-15);
        }
    }

    @Test
    void wholeCovariancesHoldTheDiagonalOnes() {
        try (Tensor x = inputs(1, 4, 3);
                Tensor y = inputs(2, 2, 3);
                Kernel diagonal = NETWORK.kernel(x, y);
                Kernel whole = NETWORK.kernel(x, y, KernelOptions.defaults().diagonalBatch(false));
                Kernel self = NETWORK.kernel(x)) {
            assertEquals(Shape.of(4, 4), whole.cov1().shape());
            assertEquals(Shape.of(2, 2), whole.cov2().orElseThrow().shape());
            assertArrayEquals(self.nngp().toArray(), whole.cov1().toArray(), 1e-14);
            for (int i = 0; i < 4; i++) {
                assertEquals(diagonal.cov1().get(i), whole.cov1().get(i, i));
                assertEquals(diagonal.cov1().get(i), self.nngp().get(i, i));
            }
            assertEquals(Optional.of(false), whole.get(KernelField.DIAGONAL_BATCH));
            assertEquals(Optional.of(true), diagonal.get(KernelField.DIAGONAL_BATCH));
        }
    }

    @Test
    void diagonalPositionsAreThoseOfAll() {
        KernelOptions diagonal = KernelOptions.defaults().diagonalSpatial(true);
        KernelOptions all = KernelOptions.defaults().diagonalSpatial(false);
        Network flat = Stax.serial(NETWORK, Stax.flatten(), Stax.dense(1));
        try (Tensor x = inputs(4, 3, 2, 2, 2);
                Kernel some = NETWORK.kernel(x, null, diagonal);
                Kernel whole = NETWORK.kernel(x, null, all)) {
            assertEquals(Shape.of(3, 3, 2, 2), some.nngp().shape());
            assertEquals(Shape.of(3, 2, 2), some.cov1().shape());
            assertEquals(Optional.of(true), some.get(KernelField.DIAGONAL_SPATIAL));
            for (int h = 0; h < 2; h++) {
                for (int w = 0; w < 2; w++) {
                    assertEquals(whole.ntk().get(0, 1, h, h, w, w), some.ntk().get(0, 1, h, w));
                    assertEquals(whole.cov1().get(2, h, h, w, w), some.cov1().get(2, h, w));
                }
            }
            try (Kernel a = flat.kernel(x, null, diagonal);
                    Kernel b = flat.kernel(x, null, all)) {
                assertEquals(-1, a.ntk().segment().mismatch(b.ntk().segment()));
            }
        }
    }

    @Test
    void theBudgetIsHeld() {
        KernelOptions tight =
                KernelOptions.defaults().execution(e -> e.withMemory(1000).withThreads(1));
        try (Tensor x = inputs(1, 40, 3)) {
            var refusal = assertThrows(InputException.class, () -> NETWORK.kernel(x, null, tight));
            assertTrue(refusal.getMessage().contains("budget"), refusal.getMessage());
            assertThrows(
                    InputException.class,
                    () -> NETWORK.describe(x.shape(), null, DType.F64, tight));
        }
    }
}
