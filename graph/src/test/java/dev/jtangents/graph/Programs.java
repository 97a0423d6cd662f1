package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.Window;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Programs, inputs and runs that the tests of this package share. */
final class Programs {
    private Programs() {}

    static Extents extents(Integer... sizes) {
        return new Extents(List.of(sizes));
    }

    static AffineStep step(SplittableRandom random) {
        return new AffineStep(
                random.nextDouble(0.3, 1.2),
                random.nextDouble(0, 0.4),
                random.nextDouble(0.3, 1.2),
                random.nextDouble(0, 1),
                random.nextDouble(0, 1));
    }

    /** A fully-connected layer. */
    static Affine dense(double scale, double shift) {
        return new Affine(new AffineStep(scale, shift, scale, scale, shift));
    }

    /** A convolution that keeps the extents, with zeros outside. */
    static Window convolution(Extents extents, int size, boolean circular) {
        int rank = extents.rank();
        return new Window(
                new SpatialWindow(
                        Collections.nCopies(rank, size),
                        Collections.nCopies(rank, 1),
                        Collections.nCopies(rank, (size - 1) / 2),
                        extents,
                        circular,
                        false));
    }

    /** The mean of all positions. */
    static PositionMap globalPool(Extents extents) {
        double[] row = new double[extents.positions()];
        Arrays.fill(row, 1.0 / row.length);
        return new PositionMap(SparseMatrix.of(new double[][] {row}, row.length), Extents.NONE);
    }

    /** The mean over the first columns of all rows: few pairs of positions of a large image. */
    static PositionMap leftPool(Extents image, int columns) {
        int width = image.size(1);
        double[] row = new double[image.positions()];
        for (int p = 0; p < row.length; p++) {
            row[p] = p % width < columns ? 1.0 / (image.size(0) * columns) : 0;
        }
        return new PositionMap(SparseMatrix.of(new double[][] {row}, row.length), Extents.NONE);
    }

    /** Operations one after another on one input. */
    static CovarianceProgram chain(Input input, CovarianceOp... ops) {
        var builder = new CovarianceProgram.Builder();
        int node = builder.add(input);
        for (CovarianceOp op : ops) {
            node = builder.add(op, node);
        }
        return builder.program(node);
    }

    /** Dense, map, dense, map, dense on inputs without positions. */
    static CovarianceProgram network(BivariateMap map, int features) {
        return chain(
                new Input(0, Extents.NONE, features),
                dense(1.7, 0.1),
                new Nonlinearity(map),
                dense(1.2, 0.05),
                new Nonlinearity(map),
                dense(1.1, 0.2));
    }

    /**
     * Two convolutions, each with a map, before a mean over positions or over all pairs of them.
     */
    static CovarianceProgram convolutional(
            BivariateMap map, Extents extents, int features, boolean pooled) {
        return convolutional(
                map, extents, features, pooled ? globalPool(extents) : new PositionMean());
    }

    static CovarianceProgram convolutional(
            BivariateMap map, Extents extents, int features, CovarianceOp readout) {
        Window window = convolution(extents, 3, false);
        return chain(
                new Input(0, extents, features),
                dense(1.7, 0.1),
                window,
                new Nonlinearity(map),
                dense(1.2, 0.05),
                window,
                new Nonlinearity(map),
                readout,
                dense(1.1, 0.2));
    }

    /** A network of four positions that pools, convolves, resizes and adds what it had before. */
    static CovarianceProgram skipping(BivariateMap map) {
        SparseMatrix halves =
                SparseMatrix.of(new double[][] {{0.5, 0.5, 0, 0}, {0, 0, 0.5, 0.5}}, 4);
        SparseMatrix doubled = SparseMatrix.selection(new int[] {0, 0, 1, 1}, 2);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, extents(4), 2));
        int before = builder.add(new Nonlinearity(map), input);
        int pooled = builder.add(new PositionMap(halves, extents(2)), before);
        int convolved = builder.add(convolution(extents(2), 3, false), pooled);
        int resized = builder.add(new PositionMap(doubled, extents(4)), convolved);
        int sum = builder.add(new WeightedSum(List.of(0.5, 0.5)), resized, before);
        return builder.program(builder.add(new PositionMean(), sum));
    }

    /** Two convolutions of the input itself, of which the first may be added to the input. */
    static CovarianceProgram ofWindows(BivariateMap map, Extents extents, boolean addsInput) {
        Window window = convolution(extents, 3, false);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, extents, 2));
        int node = builder.add(window, input);
        node = builder.add(dense(1.2, 0.05), node);
        node = builder.add(new Nonlinearity(map), node);
        if (addsInput) {
            node = builder.add(new WeightedSum(List.of(0.5, 0.5)), node, input);
        }
        node = builder.add(window, node);
        node = builder.add(new Nonlinearity(map), node);
        return builder.program(builder.add(globalPool(extents), node));
    }

    /**
     * Blocks of two convolutions around a skip: around the first is the input itself, around the
     * second what has a map of its own and a convolution with this stride.
     */
    static CovarianceProgram residual(BivariateMap map, Extents extents, int stride) {
        var builder = new CovarianceProgram.Builder();
        Window same = convolution(extents, 3, false);
        Window strided = strided(extents, stride);
        int node = builder.add(new Input(0, extents, 2));
        int branch = builder.add(dense(1.1, 0.05), builder.add(same, node));
        int sum = builder.add(new WeightedSum(List.of(1.0, 1.0)), node, branch);
        node = builder.add(new Nonlinearity(map), sum);
        branch = builder.add(dense(1.3, 0.05), builder.add(strided, node));
        int skip = builder.add(dense(0.8, 0), builder.add(strided, sum));
        node = builder.add(new WeightedSum(List.of(1.0, 1.0)), branch, skip);
        node = builder.add(new Nonlinearity(map), node);
        return builder.program(builder.add(globalPool(builder.extents(node)), node));
    }

    private static Window strided(Extents extents, int stride) {
        int rank = extents.rank();
        List<Integer> output =
                extents.sizes().stream().map(size -> Math.ceilDiv(size, stride)).toList();
        return new Window(
                new SpatialWindow(
                        Collections.nCopies(rank, 3),
                        Collections.nCopies(rank, stride),
                        Collections.nCopies(rank, 1),
                        new Extents(output),
                        false,
                        false));
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

    static Sources sources(Tensor x1, @Nullable Tensor x2) {
        return Sources.of(
                List.of(new Batch("x1", x1)), x2 == null ? null : List.of(new Batch("x2", x2)));
    }

    static ExecutionOptions options(int threads) {
        return new ExecutionOptions(
                threads, 1L << 32, TileGrid.BLOCK, Progress.NONE, Checkpoint.NONE);
    }

    /** Both kernels, which the caller closes. */
    record Result(Tensor nngp, @Nullable Tensor ntk) implements AutoCloseable {
        Tensor wantedNtk() {
            if (ntk == null) {
                throw new IllegalStateException("The NTK was not asked for");
            }
            return ntk;
        }

        @Override
        public void close() {
            nngp.close();
            if (ntk != null) {
                ntk.close();
            }
        }
    }

    static Result run(
            CovarianceProgram program, Sources sources, Request request, ExecutionOptions options) {
        List<Tensor> made = new ArrayList<>();
        boolean finished = false;
        try {
            CovarianceExecutor.run(
                    program,
                    sources,
                    request,
                    true,
                    options,
                    shape -> {
                        made.add(Tensor.allocate(request.dtype(), shape));
                        if (request.ntk()) {
                            made.add(Tensor.allocate(request.dtype(), shape));
                        }
                        return new Targets(made.getFirst(), request.ntk() ? made.getLast() : null);
                    });
            finished = true;
        } finally {
            if (!finished) {
                made.forEach(Tensor::close);
            }
        }
        return new Result(made.getFirst(), request.ntk() ? made.getLast() : null);
    }

    /** Both kernels of a program with one input, in the dtype of that. */
    static Result run(
            CovarianceProgram program, Tensor x1, @Nullable Tensor x2, ExecutionOptions options) {
        return run(program, sources(x1, x2), new Request(x1.dtype(), true, false), options);
    }
}
