package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

final class KeptKernelsTest {
    private final List<Tensor> made = new ArrayList<>();

    private Kernels make(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        Tensor kernel = Tensor.of(new double[] {made.size()}, 1, 1);
        made.add(kernel);
        return Kernels.ntk(kernel);
    }

    private static double entry(
            KeptKernels kernels, Tensor x1, @Nullable Tensor x2, KernelName... get) {
        try (Kernels given = kernels.kernels(x1, x2, Set.of(get))) {
            return Objects.requireNonNull(given.ntk()).get(0, 0);
        }
    }

    @Test
    void keepsThoseOfTheExamplesNamedUntilOthersAre() {
        try (Tensor test = Tensor.of(new double[] {1}, 1, 1);
                Tensor more = Tensor.of(new double[] {2}, 1, 1);
                Tensor train = Tensor.of(new double[] {3}, 1, 1);
                var kernels = new KeptKernels(this::make)) {
            kernels.keepOf(test);
            assertEquals(0, entry(kernels, test, train, KernelName.NTK));
            assertEquals(0, entry(kernels, test.slice(0, 0, 1), train, KernelName.NTK));
            assertEquals(1, entry(kernels, test, null, KernelName.NTK));
            assertEquals(2, entry(kernels, test, train, KernelName.NTK, KernelName.NNGP));
            assertEquals(3, entry(kernels, train, null, KernelName.NTK));
            assertEquals(4, entry(kernels, train, null, KernelName.NTK));
            assertEquals(0, entry(kernels, test, train, KernelName.NTK));
            kernels.keepOf(more);
            assertEquals(5, entry(kernels, test, train, KernelName.NTK));
            assertEquals(6, entry(kernels, more, train, KernelName.NTK));
            assertEquals(6, entry(kernels, more, train, KernelName.NTK));
        }
        for (Tensor kernel : made) {
            assertThrows(IllegalStateException.class, () -> kernel.get(0, 0));
        }
    }
}
