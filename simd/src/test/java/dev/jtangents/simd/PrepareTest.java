package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.tensor.DType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.List;

/** Factors of many examples at once are those of each. */
class PrepareTest {
    private static final double[] VARIANCES = {0, 1e-45, 1e-39, 1e-320, 0.3, 1, 7, 1e30};

    @ParameterizedTest
    @EnumSource
    void manyAreAsOne(DType dtype) {
        List<BivariateMap> maps =
                List.of(new AbReluMap(0.2, 1), new ErfMap(1, 1, 0), new GeluMap());
        for (BivariateMap map : maps) {
            for (boolean withNtk : new boolean[] {false, true}) {
                MapLoop loop = Loops.get(dtype).map(map, false, withNtk);
                double[][] many = new double[loop.factors()][VARIANCES.length];
                loop.prepare(VARIANCES, many, VARIANCES.length);
                double[] one = new double[loop.factors()];
                for (int example = 0; example < VARIANCES.length; example++) {
                    loop.prepare(VARIANCES[example], one);
                    double[] ofMany = new double[one.length];
                    for (int factor = 0; factor < one.length; factor++) {
                        ofMany[factor] = many[factor][example];
                    }
                    assertArrayEquals(one, ofMany, map + " of " + VARIANCES[example]);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tablesTakeManyEntries(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            var table = new FactorTable(arena, dtype, 2, 5);
            double[][] factors = {{9, 1, 2, 3}, {9, 4, 5, 6}};
            table.set(1, factors, 1, 3);
            for (int factor = 0; factor < 2; factor++) {
                assertEquals(0, table.get(factor, 0));
                for (int entry = 1; entry <= 3; entry++) {
                    assertEquals(factors[factor][entry], table.get(factor, entry));
                }
                assertEquals(0, table.get(factor, 4));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> table.set(3, factors, 1, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> table.set(-1, factors, 1, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> table.set(0, factors, 2, 3));
            double[][] three = {{1}, {2}, {3}};
            assertThrows(IndexOutOfBoundsException.class, () -> table.set(0, three, 0, 1));
        }
    }
}
