package dev.jtangents.graph;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.List;

/**
 * Linear maps and joins over the example axes of kernels, (N1, N2, ...) or (N, ...), whose other
 * axes have so many entries. Results are memory of the arena.
 */
record ExampleAxes(BudgetedArena arena, long entries) {
    private Tensor like(Tensor tensor, long... examples) {
        long[] extents = tensor.shape().extents();
        System.arraycopy(examples, 0, extents, 0, examples.length);
        return arena.allocate(tensor.dtype(), Shape.of(extents));
    }

    private void add(Tensor target, long to, double weight, Tensor source, long from) {
        DType dtype = target.dtype();
        for (long entry = 0; entry < entries; entry++) {
            double sum =
                    dtype.read(target.segment(), to * entries + entry)
                            + weight * dtype.read(source.segment(), from * entries + entry);
            dtype.write(target.segment(), to * entries + entry, sum);
        }
    }

    /** M1 K M2ᵀ. */
    Tensor between(Tensor kernel, SparseMatrix first, SparseMatrix second) {
        long width = kernel.shape().extent(1);
        Tensor result = like(kernel, first.rows(), second.rows());
        for (int i = 0; i < first.rows(); i++) {
            for (int j = 0; j < second.rows(); j++) {
                for (int k = 0; k < first.indices().get(i).length; k++) {
                    for (int l = 0; l < second.indices().get(j).length; l++) {
                        double weight = first.weights().get(i)[k] * second.weights().get(j)[l];
                        long from = first.indices().get(i)[k] * width + second.indices().get(j)[l];
                        add(result, (long) i * second.rows() + j, weight, kernel, from);
                    }
                }
            }
        }
        return result;
    }

    /** Of covariances of examples with themselves, those that a map of single entries takes. */
    Tensor selected(Tensor self, SparseMatrix map) {
        Tensor result = like(self, map.rows());
        for (int i = 0; i < map.rows(); i++) {
            for (int k = 0; k < map.indices().get(i).length; k++) {
                double weight = map.weights().get(i)[k];
                add(result, i, weight * weight, self, map.indices().get(i)[k]);
            }
        }
        return result;
    }

    /** (N, ...) from (N, N, ...). */
    Tensor diagonal(Tensor kernel) {
        long examples = kernel.shape().extent(0);
        long[] extents = kernel.shape().extents();
        Shape shape = Shape.of(Arrays.copyOfRange(extents, 1, extents.length));
        Tensor result = arena.allocate(kernel.dtype(), shape);
        for (long i = 0; i < examples; i++) {
            add(result, i, 1, kernel, i * examples + i);
        }
        return result;
    }

    /** Kernels as blocks on a diagonal, 0 elsewhere. */
    Tensor blocks(List<Tensor> kernels) {
        long rows = kernels.stream().mapToLong(kernel -> kernel.shape().extent(0)).sum();
        long columns = kernels.stream().mapToLong(kernel -> kernel.shape().extent(1)).sum();
        Tensor result = like(kernels.getFirst(), rows, columns);
        long row = 0;
        long column = 0;
        for (Tensor kernel : kernels) {
            long height = kernel.shape().extent(0);
            long width = kernel.shape().extent(1);
            for (long i = 0; i < height; i++) {
                for (long j = 0; j < width; j++) {
                    add(result, (row + i) * columns + column + j, 1, kernel, i * width + j);
                }
            }
            row += height;
            column += width;
        }
        return result;
    }

    /** Covariances of examples with themselves one after another. */
    Tensor joined(List<Tensor> parts) {
        long rows = parts.stream().mapToLong(part -> part.shape().extent(0)).sum();
        Tensor result = like(parts.getFirst(), rows);
        long row = 0;
        for (Tensor part : parts) {
            for (long i = 0; i < part.shape().extent(0); i++) {
                add(result, row + i, 1, part, i);
            }
            row += part.shape().extent(0);
        }
        return result;
    }
}
