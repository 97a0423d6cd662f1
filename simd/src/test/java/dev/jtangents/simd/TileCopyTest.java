package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/** Copies of tiles, element by element, on sizes around those of the squares that are turned. */
class TileCopyTest {
    private static final int[] SIZES = {1, 3, 15, 16, 17, 32, 37};
    private static final int OFFSET = 5;

    private static Tensor random(Arena arena, DType dtype, int rows, int columns) {
        var random = new SplittableRandom(rows * 100L + columns);
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(rows, columns));
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                tensor.set(random.nextDouble(), i, j);
            }
        }
        return tensor;
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void aTransposedTileIsThatAndNothingElse(DType dtype) {
        for (int rows : SIZES) {
            for (int columns : SIZES) {
                try (Arena arena = Arena.ofConfined()) {
                    Tensor tile = random(arena, dtype, rows, columns + 7);
                    Tensor target = Tensor.allocate(arena, dtype, Shape.of(columns + 2, rows + 9));
                    TileCopy.transposed(
                            dtype,
                            rows,
                            columns,
                            tile.segment(),
                            tile.stride(0),
                            target.segment(),
                            OFFSET,
                            target.stride(0));
                    for (int j = 0; j < columns + 2; j++) {
                        for (int i = 0; i < rows + 9; i++) {
                            int row = i - OFFSET;
                            boolean inside = j < columns && row >= 0 && row < rows;
                            assertEquals(inside ? tile.get(row, j) : 0, target.get(j, i));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void aMirroredTileIsSymmetric(DType dtype) {
        for (int side : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor tile = random(arena, dtype, side, side + 7);
                Tensor before = random(arena, dtype, side, side + 7);
                TileCopy.mirror(dtype, side, tile.segment(), tile.stride(0));
                for (int i = 0; i < side; i++) {
                    for (int j = 0; j < side + 7; j++) {
                        boolean below = j < i;
                        assertEquals(below ? before.get(j, i) : before.get(i, j), tile.get(i, j));
                    }
                }
            }
        }
    }
}
