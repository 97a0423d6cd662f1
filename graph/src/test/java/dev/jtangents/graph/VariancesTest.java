package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.SplittableRandom;

class VariancesTest {
    /** Long enough for the loops to be compiled in between, with vectors and their tails. */
    @ParameterizedTest
    @EnumSource
    void noBitDependsOnWhatIsCompiled(DType dtype) {
        CovarianceProgram program = Programs.network(new AbReluMap(0.2, 1), false);
        try (Tensor x = Programs.inputs(new SplittableRandom(41), dtype, 200, 1, 13);
                Tensor first =
                        CovarianceExecutor.variances(program, new Batch("x", x), DType.F64)) {
            for (int repeat = 0; repeat < 1500; repeat++) {
                try (Tensor again =
                        CovarianceExecutor.variances(program, new Batch("x", x), DType.F64)) {
                    assertEquals(
                            -1,
                            first.segment().mismatch(again.segment()),
                            "in repetition " + repeat);
                }
            }
        }
    }
}
