package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.graph.CovarianceOp.ExampleMap;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/** Tiles that were finished before are left alone; all others are computed and noted. */
class CheckpointTest {
    /** Finds some tiles finished and notes the others. */
    private static final class Notes implements Checkpoint {
        private final Set<Long> before;
        private final Set<Long> finished = new ConcurrentSkipListSet<>();
        private final List<String> grids = new ArrayList<>();
        private long tiles;

        Notes(Set<Long> before) {
            this.before = before;
        }

        @Override
        public void begin(String grid, long count) {
            grids.add(grid);
            tiles = count;
        }

        @Override
        public boolean isFinished(long tile) {
            return before.contains(tile);
        }

        @Override
        public void finish(long tile) {
            assertTrue(finished.add(tile), "finished twice");
        }
    }

    /** The NTK, in a tensor that holds something already. */
    private static void run(
            CovarianceProgram program,
            Tensor x1,
            @Nullable Tensor x2,
            Tensor target,
            ExecutionOptions options) {
        CovarianceExecutor.run(
                program,
                Programs.sources(x1, x2),
                new Request(DType.F64, true, false),
                true,
                options,
                shape -> {
                    assertEquals(target.shape(), shape);
                    return new Targets(null, target);
                });
    }

    private static void fill(Tensor tensor, double value) {
        Tensor flat = tensor.reshape(tensor.size());
        for (long i = 0; i < flat.size(); i++) {
            flat.set(value, i);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 600, 1", "false, 600, 1", "true, 50, 4", "false, 50, 4"})
    void finishedTilesAreNotComputedAgain(boolean symmetric, long examples, int positions) {
        CovarianceProgram program =
                positions == 1
                        ? Programs.network(new AbReluMap(0, 1), 3)
                        : Programs.convolutional(
                                new AbReluMap(0, 1), Programs.extents(positions), 3, true);
        var random = new SplittableRandom(5);
        try (Tensor x1 = Programs.inputs(random, DType.F64, examples, positions, 3);
                Tensor x2 = Programs.inputs(random, DType.F64, examples, positions, 3);
                Tensor whole = Tensor.allocate(DType.F64, Shape.of(examples, examples));
                Tensor rest = Tensor.allocate(DType.F64, Shape.of(examples, examples))) {
            Tensor other = symmetric ? null : x2;
            var first = new Notes(Set.of());
            run(program, x1, other, whole, Programs.options(2).withCheckpoint(first));
            assertEquals(first.tiles, first.finished.size());
            assertEquals(1, first.grids.size());
            Set<Long> half = new ConcurrentSkipListSet<>(first.finished);
            half.removeIf(tile -> random.nextBoolean());
            assertTrue(!half.isEmpty() && half.size() < first.tiles);

            fill(rest, Double.NaN);
            var second = new Notes(half);
            var progress = new AtomicLong();
            var before = new AtomicLong();
            var total = new AtomicLong();
            run(
                    program,
                    x1,
                    other,
                    rest,
                    Programs.options(2)
                            .withCheckpoint(second)
                            .withProgress(
                                    new Progress() {
                                        @Override
                                        public void begin(long done, long all) {
                                            before.set(done);
                                            total.set(all);
                                        }

                                        @Override
                                        public void update(long done, long all) {
                                            progress.accumulateAndGet(done, Math::max);
                                        }
                                    }));
            assertEquals(first.grids, second.grids);
            Set<Long> expected = new ConcurrentSkipListSet<>(first.finished);
            expected.removeAll(half);
            assertEquals(expected, second.finished);
            assertEquals(total.get(), progress.get());
            assertTrue(before.get() > 0 && before.get() < total.get());

            var third = new Notes(second.finished);
            run(program, x1, other, rest, Programs.options(1).withCheckpoint(third));
            assertArrayEquals(whole.toArray(), rest.toArray());
        }
    }

    @Test
    void ofAProgramInPartsOnlyTheLastIsNoted() {
        var relu = new Nonlinearity(new AbReluMap(0, 1));
        SparseMatrix turned = SparseMatrix.selection(new int[] {4, 3, 2, 1, 0}, 5);
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, Extents.NONE, 3),
                        relu,
                        new ExampleMap(turned, turned),
                        relu,
                        new ExampleMap(turned, turned),
                        relu);
        var random = new SplittableRandom(6);
        try (Tensor x = Programs.inputs(random, DType.F64, 5, 1, 3);
                Tensor expected = Tensor.allocate(DType.F64, Shape.of(5, 5));
                Tensor target = Tensor.allocate(DType.F64, Shape.of(5, 5))) {
            run(program, x, null, expected, Programs.options(1));
            var notes = new Notes(Set.of());
            run(program, x, null, target, Programs.options(1).withCheckpoint(notes));
            assertEquals(1, notes.grids.size());
            assertEquals(Set.of(0L), notes.finished);
            assertArrayEquals(expected.toArray(), target.toArray());
        }
    }
}
