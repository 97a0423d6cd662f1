package dev.jtangents.graph;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

/** Writes the covariances of examples with themselves: (N, H, H, W, W, ...). Stateless. */
record SelfSink(Tensor result, PairLayout layout, Planes planes, Range range)
        implements SelfWorker.Output {
    @Override
    public void accept(
            long firstExample, int examples, int plane, StripMemory memory, long offset) {
        Planes.Box box = planes.box(plane);
        DType dtype = result.dtype();
        long cell = offset;
        for (int first : box.rows()) {
            for (int p = first; p < first + box.rowLength(); p++) {
                long pair = layout.index(p, p + box.shift());
                for (int lane = 0; lane < examples; lane++) {
                    double value = memory.nngp(cell + lane);
                    range.require("covariance", firstExample + lane, value);
                    long at = (firstExample + lane) * layout.size() + pair;
                    dtype.write(result.segment(), at, value);
                }
                cell += memory.layout().lanes();
            }
        }
    }
}
