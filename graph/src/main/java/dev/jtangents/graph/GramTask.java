package dev.jtangents.graph;

import dev.jtangents.tensor.DType;

import java.util.List;

/** One rectangular kernel to compute: what a worker needs to know. */
record GramTask(
        Batch rows,
        Batch columns,
        List<Stage> stages,
        Variances rowVariances,
        Variances columnVariances,
        TileGrid grid,
        DType dtype,
        boolean withNtk,
        TileSink sink) {
    boolean symmetric() {
        return grid.symmetric();
    }
}
