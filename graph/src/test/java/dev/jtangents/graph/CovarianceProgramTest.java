package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

class CovarianceProgramTest {
    private static CovarianceProgram random(SplittableRandom random, boolean mean) {
        CovarianceProgram program = CovarianceProgram.EMPTY;
        int length = random.nextInt(8);
        int meanAt = random.nextInt(length + 1);
        for (int i = 0; i <= length; i++) {
            if (mean && i == meanAt) {
                program = program.then(new CovarianceOp.SpatialMean());
            }
            program =
                    program.then(
                            random.nextInt(3) == 0
                                    ? new CovarianceOp.Nonlinearity(
                                            Programs.MAPS.get(random.nextInt(Programs.MAPS.size())))
                                    : new CovarianceOp.Affine(Programs.step(random)));
        }
        return program;
    }

    private static void assertClose(ScalarTwin expected, ScalarTwin actual) {
        for (int i = 0; i < expected.nngp().length; i++) {
            for (int j = 0; j < expected.nngp()[i].length; j++) {
                double q = expected.nngp()[i][j];
                assertEquals(q, actual.nngp()[i][j], 1e-12 * Math.max(1, Math.abs(q)));
                double theta = expected.ntk()[i][j];
                assertEquals(theta, actual.ntk()[i][j], 1e-11 * Math.max(1, Math.abs(theta)));
            }
        }
    }

    @Test
    void fusedProgramsComputeTheSame() {
        var random = new SplittableRandom(21);
        for (int trial = 0; trial < 200; trial++) {
            CovarianceProgram program = random(random, trial % 2 == 0);
            try (Tensor x = Programs.inputs(random, DType.F64, 3, 2, 4)) {
                assertClose(
                        ScalarTwin.of(program, x, null), ScalarTwin.of(program.fused(), x, null));
            }
        }
    }

    @Test
    void fusedProgramsHaveNoAffineStepsInARow() {
        var random = new SplittableRandom(22);
        for (int trial = 0; trial < 200; trial++) {
            CovarianceProgram program = random(random, trial % 2 == 0);
            CovarianceProgram fused = program.fused();
            for (int i = 1; i < fused.ops().size(); i++) {
                assertTrue(
                        !(fused.ops().get(i) instanceof CovarianceOp.Affine)
                                || !(fused.ops().get(i - 1) instanceof CovarianceOp.Affine));
            }
            assertEquals(fused, fused.fused());
            assertEquals(program.takesSpatialMean(), fused.takesSpatialMean());
        }
    }

    /** Stages are a program in another form: nothing may be lost between the two. */
    @Test
    void stagesKeepEveryStep() {
        var random = new SplittableRandom(23);
        for (int trial = 0; trial < 100; trial++) {
            CovarianceProgram program = random(random, trial % 2 == 0);
            List<Stage> stages = Stage.of(program);
            CovarianceProgram again = CovarianceProgram.EMPTY;
            for (int i = 0; i < stages.size(); i++) {
                again = i == 0 ? again : mean(again);
                for (Stage.FusedMap map : stages.get(i).maps()) {
                    again = again.then(new CovarianceOp.Affine(map.step())).then(map.op());
                }
                again = again.then(new CovarianceOp.Affine(stages.get(i).last()));
            }
            try (Tensor x = Programs.inputs(random, DType.F64, 2, 2, 3)) {
                assertEquals(trial % 2 == 0 ? 2 : 1, stages.size());
                assertClose(ScalarTwin.of(program, x, null), ScalarTwin.of(again, x, null));
            }
        }
    }

    private static CovarianceProgram mean(CovarianceProgram program) {
        return program.then(new CovarianceOp.SpatialMean());
    }

    @Test
    void scaledInputsAreMultipliedFirst() {
        var random = new SplittableRandom(24);
        CovarianceProgram program = random(random, false);
        try (Tensor x = Programs.inputs(random, DType.F64, 3, 1, 4);
                Tensor scaled = x.copy(DType.F64)) {
            Tensor flat = scaled.reshape(scaled.size());
            for (long i = 0; i < flat.size(); i++) {
                flat.set(flat.get(i) * 3, i);
            }
            assertClose(
                    ScalarTwin.of(program, scaled, null),
                    ScalarTwin.of(program.onScaledInput(9), x, null));
        }
    }

    @Test
    void affineStepsAreAssociative() {
        var random = new SplittableRandom(25);
        for (int trial = 0; trial < 300; trial++) {
            AffineStep a = Programs.step(random);
            AffineStep b = Programs.step(random);
            AffineStep c = Programs.step(random);
            AffineStep left = a.then(b).then(c);
            AffineStep right = a.then(b.then(c));
            double q = random.nextDouble(-3, 3);
            double theta = random.nextDouble(-3, 3);
            double expected = c.ntk(b.nngp(a.nngp(q)), b.ntk(a.nngp(q), a.ntk(q, theta)));
            assertEquals(c.nngp(b.nngp(a.nngp(q))), left.nngp(q), 1e-13 * 100);
            assertEquals(left.nngp(q), right.nngp(q), 1e-13 * 100);
            assertEquals(expected, left.ntk(q, theta), 1e-13 * 100);
            assertEquals(expected, right.ntk(q, theta), 1e-13 * 100);
            assertEquals(a, a.then(AffineStep.IDENTITY));
            assertEquals(a, AffineStep.IDENTITY.then(a));
        }
    }

    @Test
    void refusesASecondMean() {
        var once = mean(CovarianceProgram.EMPTY);
        var refusal = assertThrows(IllegalArgumentException.class, () -> mean(once));
        assertTrue(refusal.toString().contains("2 times"), refusal.toString());
    }
}
