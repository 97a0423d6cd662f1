package dev.jtangents.graph;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.maps.SinMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.SplittableRandom;

/** Programs, inputs and runs that the tests of this package share. */
final class Programs {
    static final List<BivariateMap> MAPS =
            List.of(
                    new AbReluMap(0, 1),
                    new AbReluMap(-0.4, 1.2),
                    new ErfMap(0.9, 1.1, 0.2),
                    new GeluMap(),
                    new SinMap(1, 0.8, 0.3));

    private Programs() {}

    static AffineStep step(SplittableRandom random) {
        return new AffineStep(
                random.nextDouble(0.3, 2),
                random.nextDouble(0, 0.4),
                random.nextDouble(0.3, 2),
                random.nextDouble(0, 2),
                random.nextDouble(0, 1));
    }

    static CovarianceOp dense(double scale, double shift) {
        return new CovarianceOp.Affine(new AffineStep(scale, shift, scale, scale, shift));
    }

    /** Dense, map, dense, perhaps a mean over positions, map, dense. */
    static CovarianceProgram network(BivariateMap map, boolean mean) {
        CovarianceProgram program =
                CovarianceProgram.EMPTY
                        .then(dense(1.7, 0.1))
                        .then(new CovarianceOp.Nonlinearity(map))
                        .then(dense(1.2, 0.05));
        if (mean) {
            program = program.then(new CovarianceOp.SpatialMean()).then(dense(0.9, 0));
        }
        return program.then(new CovarianceOp.Nonlinearity(map)).then(dense(1.1, 0.2));
    }

    static Tensor inputs(
            SplittableRandom random, DType dtype, long examples, long positions, long features) {
        Tensor tensor = Tensor.allocate(dtype, Shape.of(examples, positions, features));
        Tensor flat = tensor.reshape(tensor.size());
        for (long i = 0; i < tensor.size(); i++) {
            flat.set(random.nextDouble(-1.5, 1.5), i);
        }
        return tensor;
    }

    static ExecutionOptions options(int threads, int tile) {
        return new ExecutionOptions(threads, 1L << 32, tile, Progress.NONE);
    }

    /** Both kernels, which the caller closes. */
    record Result(Tensor nngp, Tensor ntk) implements AutoCloseable {
        @Override
        public void close() {
            nngp.close();
            ntk.close();
        }
    }

    static Result run(
            CovarianceProgram program, Tensor x1, @Nullable Tensor x2, ExecutionOptions options) {
        Tensor[] made = new Tensor[2];
        CovarianceExecutor.run(
                program,
                new Batch("x1", x1),
                x2 == null ? null : new Batch("x2", x2),
                x1.dtype(),
                true,
                1,
                options,
                shape -> {
                    made[0] = Tensor.allocate(x1.dtype(), shape);
                    made[1] = Tensor.allocate(x1.dtype(), shape);
                    return new CovarianceExecutor.Targets(made[0], made[1]);
                });
        return new Result(made[0], made[1]);
    }
}
