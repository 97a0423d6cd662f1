package dev.jtangents.graph;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.MapLoop;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The program on the pairs (i, i): for each example the variance before every map, from which the
 * loops make their factors, and the exact diagonal of NNGP and NTK. In f64 whatever the dtype.
 *
 * <p>Factors of a stage before the mean are kept position by position, examples side by side.
 */
final class Variances {
    private final List<List<FactorTable>> factors;
    private final Tensor nngp;
    private final Tensor ntk;
    private final long examples;

    private Variances(List<List<FactorTable>> factors, Tensor nngp, Tensor ntk, long examples) {
        this.factors = factors;
        this.nngp = nngp;
        this.ntk = ntk;
        this.examples = examples;
    }

    /** Runs the program on the examples of a batch; all memory is of the arena. */
    static Variances of(
            Arena arena, Batch batch, List<Stage> stages, DType dtype, boolean withNtk) {
        long examples = batch.examples();
        long positions = batch.positions();
        var variances = Tensor.allocate(arena, DType.F64, Shape.of(positions, examples));
        var ntk = Tensor.allocate(arena, DType.F64, Shape.of(positions, examples));
        for (long example = 0; example < examples; example++) {
            for (long position = 0; position < positions; position++) {
                double norm = squaredNorm(batch, example, position);
                requireRange("squared norm", batch, example, norm, dtype);
                variances.set(norm, position, example);
            }
        }
        List<List<FactorTable>> factors = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            if (i > 0) {
                variances = meanOverPositions(arena, variances);
                ntk = meanOverPositions(arena, ntk);
            }
            factors.add(run(arena, batch, stages.get(i), variances, ntk, dtype, withNtk));
        }
        return new Variances(factors, variances, ntk, examples);
    }

    /** The factors of a map for all examples at a position; example j is at {@code index}. */
    FactorTable factors(int stage, int map) {
        return factors.get(stage).get(map);
    }

    /** Where the factors of an example at a position stand in a table. */
    long index(long position, long example) {
        return position * examples + example;
    }

    /** The exact NNGP of examples with themselves, (positions, examples). */
    Tensor nngp() {
        return nngp;
    }

    /** The exact NTK of examples with themselves, (positions, examples). */
    Tensor ntk() {
        return ntk;
    }

    private static List<FactorTable> run(
            Arena arena,
            Batch batch,
            Stage stage,
            Tensor variances,
            Tensor ntk,
            DType dtype,
            boolean withNtk) {
        long examples = variances.shape().extent(1);
        MemorySegment nngpValues = variances.segment();
        MemorySegment ntkValues = ntk.segment();
        List<FactorTable> tables = new ArrayList<>();
        for (Stage.FusedMap fused : stage.maps()) {
            BivariateMap map = fused.op().map();
            MapLoop loop = Loops.get(dtype).map(map);
            var table = new FactorTable(arena, dtype, loop.factors(), variances.size());
            double[] factors = new double[loop.factors()];
            for (long i = 0; i < variances.size(); i++) {
                double q = read(nngpValues, i);
                double variance = fused.step().nngp(q);
                requireRange("variance", batch, i % examples, variance, dtype);
                loop.prepare(variance, factors);
                table.set(i, factors);
                double theta = fused.step().ntk(q, read(ntkValues, i));
                if (withNtk) {
                    requireRange("NTK", batch, i % examples, theta, dtype);
                }
                write(nngpValues, i, map.variance(variance));
                write(ntkValues, i, theta * map.varianceDerivative(variance));
            }
            tables.add(table);
        }
        AffineStep last = stage.last();
        for (long i = 0; i < variances.size(); i++) {
            double q = read(nngpValues, i);
            double theta = last.ntk(q, read(ntkValues, i));
            requireRange("variance", batch, i % examples, last.nngp(q), dtype);
            if (withNtk) {
                requireRange("NTK", batch, i % examples, theta, dtype);
            }
            write(ntkValues, i, theta);
            write(nngpValues, i, last.nngp(q));
        }
        return tables;
    }

    private static double read(MemorySegment values, long index) {
        return values.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
    }

    private static void write(MemorySegment values, long index, double value) {
        values.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
    }

    private static Tensor meanOverPositions(Arena arena, Tensor values) {
        long positions = values.shape().extent(0);
        long examples = values.shape().extent(1);
        Tensor mean = Tensor.allocate(arena, DType.F64, Shape.of(1, examples));
        for (long example = 0; example < examples; example++) {
            double sum = 0;
            for (long position = 0; position < positions; position++) {
                sum += values.get(position, example);
            }
            mean.set(sum / positions, 0, example);
        }
        return mean;
    }

    private static double squaredNorm(Batch batch, long example, long position) {
        Tensor values = batch.values();
        long offset = (example * batch.positions() + position) * batch.features();
        double sum =
                Loops.get(values.dtype())
                        .squaredNorm(values.segment(), offset, Math.toIntExact(batch.features()));
        if (Double.isNaN(sum) || Double.isInfinite(sum)) {
            throw new InputException(
                    "A value of "
                            + batch.exampleOf(example)
                            + " is NaN, infinite or too large to square: remove or rescale that"
                            + " example.");
        }
        return sum;
    }

    private static void requireRange(
            String what, Batch batch, long example, double value, DType dtype) {
        double largest = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        if (!(Math.abs(value) <= largest)) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The %s of %s grows to %g, beyond the range of %s: rescale the inputs"
                                    + " or W_std%s.",
                            what,
                            batch.exampleOf(example),
                            value,
                            dtype.label(),
                            dtype == DType.F32 ? ", or compute in f64" : ""));
        }
    }
}
