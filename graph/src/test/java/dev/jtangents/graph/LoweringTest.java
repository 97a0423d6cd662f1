package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** One rewrite after another. */
class LoweringTest {
    private static final BivariateMap MAP = new AbReluMap(0, 1);
    private static final Affine FIRST = new Affine(new AffineStep(2, 0.5, 3, 0.25, 1));
    private static final Affine SECOND = new Affine(new AffineStep(0.5, 1, 2, 4, 0.125));

    private static AffineStep division(double by) {
        return new AffineStep(1 / by, 0, 1 / by, 0, 0);
    }

    private static List<CovarianceOp> lowered(CovarianceProgram program) {
        return Lowering.lower(program).nodes().stream().map(CovarianceProgram.Node::op).toList();
    }

    private static List<CovarianceOp> lowered(CovarianceOp... ops) {
        return lowered(Programs.chain(new Input(0, Extents.NONE, 4), ops));
    }

    @Test
    void affineStepsInARowBecomeOne() {
        AffineStep whole = division(4).then(FIRST.step()).then(SECOND.step());
        assertEquals(
                List.of(new Input(0, Extents.NONE, 4), new Affine(whole)), lowered(FIRST, SECOND));
    }

    @Test
    void anAffineStepBecomesPartOfANonlinearity() {
        AffineStep whole = division(4).then(FIRST.step());
        assertEquals(
                List.of(
                        new Input(0, Extents.NONE, 4),
                        new Nonlinearity(whole, MAP),
                        new Affine(SECOND.step())),
                lowered(FIRST, new Nonlinearity(MAP), SECOND));
    }

    @Test
    void aStepOfANonlinearityComesAfterThoseBeforeIt() {
        AffineStep whole = division(4).then(FIRST.step()).then(SECOND.step());
        assertEquals(
                List.of(new Input(0, Extents.NONE, 4), new Nonlinearity(whole, MAP)),
                lowered(FIRST, new Nonlinearity(SECOND.step(), MAP)));
    }

    /** Sums may be scaled, but where a window sees zeros, nothing is shifted. */
    @Test
    void aLinearStepGoesBehindAWindow() {
        var linear = new AffineStep(2, 0, 3, 0.25, 0);
        Extents extents = Programs.extents(4, 4);
        var input = new Input(0, extents, 4);
        CovarianceOp.Window window = Programs.convolution(extents, 3, false);
        AffineStep before = division(4).then(linear);
        AffineStep after = division(9);
        assertEquals(
                List.of(
                        input,
                        new WindowSum(window.window()),
                        new Nonlinearity(before.then(after), MAP)),
                lowered(Programs.chain(input, new Affine(linear), window, new Nonlinearity(MAP))));
        assertEquals(
                List.of(
                        input,
                        new Affine(division(4).then(FIRST.step())),
                        new WindowSum(window.window()),
                        new Nonlinearity(after, MAP)),
                lowered(Programs.chain(input, FIRST, window, new Nonlinearity(MAP))));
    }

    /** What also goes elsewhere is scaled before. */
    @Test
    void aStepWhoseResultIsWantedStaysBeforeAWindow() {
        Extents extents = Programs.extents(4, 4);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, extents, 4));
        int window = builder.add(Programs.convolution(extents, 3, false), input);
        CovarianceProgram program = builder.program(builder.add(new Product(), input, window));
        assertEquals(
                List.of(
                        new Input(0, extents, 4),
                        new Affine(division(4)),
                        new WindowSum(Programs.convolution(extents, 3, false).window()),
                        new Affine(division(9)),
                        new Product()),
                lowered(program));
    }

    @Test
    void allConsumersTakeTheStepIn() {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, 1));
        int step = builder.add(FIRST, input);
        int left = builder.add(new Nonlinearity(MAP), step);
        int right = builder.add(SECOND, step);
        CovarianceProgram program = builder.program(builder.add(new Product(), left, right));
        assertEquals(
                List.of(
                        new Input(0, Extents.NONE, 1),
                        new Nonlinearity(FIRST.step(), MAP),
                        new Affine(FIRST.step().then(SECOND.step())),
                        new Product()),
                lowered(program));
        assertEquals(List.of(1, 2), Lowering.lower(program).node(3).inputs());
    }

    @Test
    void aStepWhoseValueIsNeededElsewhereStays() {
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, 1));
        int step = builder.add(FIRST, input);
        int map = builder.add(new Nonlinearity(MAP), step);
        var sum = new WeightedSum(List.of(1.0, 2.0));
        CovarianceProgram program = builder.program(builder.add(sum, step, map));
        assertEquals(
                List.of(
                        new Input(0, Extents.NONE, 1),
                        new Affine(FIRST.step()),
                        new Nonlinearity(MAP),
                        sum),
                lowered(program));
        assertEquals(List.of(1, 2), Lowering.lower(program).node(3).inputs());
    }

    @Test
    void stepsThatDoNothingAreLeftOut() {
        var nothing = new Affine(AffineStep.IDENTITY);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, Extents.NONE, 1));
        int step = builder.add(nothing, input);
        CovarianceProgram program = builder.program(builder.add(new Product(), step, step));
        assertEquals(List.of(new Input(0, Extents.NONE, 1), new Product()), lowered(program));
    }

    @Test
    void theDivisionOfAWindowIsASumAndAStep() {
        Extents extents = Programs.extents(3, 4);
        var input = new Input(0, extents, 1);
        var window = Programs.convolution(extents, 3, false);
        AffineStep whole = division(9).then(FIRST.step());
        assertEquals(
                List.of(input, new WindowSum(window.window()), new Nonlinearity(whole, MAP)),
                lowered(Programs.chain(input, window, FIRST, new Nonlinearity(MAP))));
    }

    @Test
    void theMeanOfAnInputIsAnInputOfMoreFeatures() {
        var input = new Input(0, Programs.extents(3, 4), 5);
        assertEquals(
                List.of(new Input(0, Extents.NONE, 60), new Affine(division(60))),
                lowered(Programs.chain(input, new PositionMean())));
    }

    @Test
    void anInputThatIsNeededElsewhereStaysBesideItsMean() {
        Extents extents = Programs.extents(3);
        var builder = new CovarianceProgram.Builder();
        int input = builder.add(new Input(0, extents, 1));
        int mean = builder.add(new PositionMean(), input);
        int pool = builder.add(Programs.globalPool(extents), input);
        CovarianceProgram program = builder.program(builder.add(new Product(), mean, pool));
        List<CovarianceOp> ops = lowered(program);
        assertEquals(
                List.of(
                        new Input(0, extents, 1),
                        new Input(0, Extents.NONE, 3),
                        new Affine(division(3))),
                ops.subList(0, 3));
        assertEquals(List.of(0), Lowering.lower(program).node(3).inputs());
        assertEquals(List.of(2, 3), Lowering.lower(program).node(4).inputs());
    }

    @Test
    void affineStepsAreAssociative() {
        var random = new SplittableRandom(25);
        for (int trial = 0; trial < 100; trial++) {
            AffineStep a = Programs.step(random);
            AffineStep b = Programs.step(random);
            AffineStep c = Programs.step(random);
            AffineStep left = a.then(b).then(c);
            AffineStep right = a.then(b.then(c));
            double q = random.nextDouble(-3, 3);
            double theta = random.nextDouble(-3, 3);
            double expected = c.ntk(b.nngp(a.nngp(q)), b.ntk(a.nngp(q), a.ntk(q, theta)));
            assertEquals(c.nngp(b.nngp(a.nngp(q))), left.nngp(q), 1e-12);
            assertEquals(left.nngp(q), right.nngp(q), 1e-12);
            assertEquals(expected, left.ntk(q, theta), 1e-12);
            assertEquals(expected, right.ntk(q, theta), 1e-12);
        }
    }
}
