package dev.jtangents.graph;

import dev.jtangents.simd.AffineStep;

import java.util.ArrayList;
import java.util.List;

/**
 * Elementwise steps that run over an entry one after another while it is in cache: each map takes
 * the affine step before it into its own pass, and one affine step may be left at the end.
 */
record Stage(List<FusedMap> maps, AffineStep last) {
    /** A map with the affine step that comes before it. */
    record FusedMap(AffineStep step, CovarianceOp.Nonlinearity op) {}

    /** Whether anything is left to do after the maps. */
    boolean hasLastStep() {
        return !last.equals(AffineStep.IDENTITY);
    }

    /** The stages of a program: one, or two around its mean over positions. */
    static List<Stage> of(CovarianceProgram program) {
        List<Stage> stages = new ArrayList<>();
        List<FusedMap> maps = new ArrayList<>();
        AffineStep pending = AffineStep.IDENTITY;
        for (CovarianceOp op : program.ops()) {
            switch (op) {
                case CovarianceOp.Affine affine -> pending = pending.then(affine.step());
                case CovarianceOp.Nonlinearity nonlinearity -> {
                    maps.add(new FusedMap(pending, nonlinearity));
                    pending = AffineStep.IDENTITY;
                }
                case CovarianceOp.SpatialMean mean -> {
                    stages.add(new Stage(List.copyOf(maps), pending));
                    maps.clear();
                    pending = AffineStep.IDENTITY;
                }
            }
        }
        stages.add(new Stage(List.copyOf(maps), pending));
        return List.copyOf(stages);
    }
}
