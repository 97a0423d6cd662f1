package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

final class BlockKernelsTest {
    @Test
    void longSolutionsSayEveryTenSecondsHowFarTheyCame() {
        long[] now = {5_000_000_000L};
        var bytes = new ByteArrayOutputStream();
        var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var function =
                new BlockKernels((x1, x2, get) -> new Kernels(null, null), err, () -> now[0]);
        try (Tensor x = Tensor.of(new double[20], 20, 1);
                Tensor more = Tensor.of(new double[50], 50, 1)) {
            for (int call = 1; call <= 5; call++) {
                now[0] += 4_000_000_000L;
                function.kernels(x, call == 1 ? null : more, Set.of(KernelName.NTK)).close();
            }
        }
        assertEquals(
                "solving: 2,400 kernel entries computed in 12 s, 200 entries/s",
                bytes.toString(StandardCharsets.UTF_8).strip());
    }
}
