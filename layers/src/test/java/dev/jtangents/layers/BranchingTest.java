package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanInConcat;
import static dev.jtangents.layers.Stax.fanInProd;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.repeat;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.graph.Extents;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What branches make of covariances, and which branches cannot be joined. */
class BranchingTest {
    private static List<Propagation> outputs(Network network, Shape... inputs) {
        NetworkInputs places = NetworkInputs.of(network, inputs.length);
        return places.through(
                network, KernelInputs.propagations(places.axes(), List.of(inputs), null));
    }

    private static List<Node> program(Network network, Shape... inputs) {
        Propagation output = outputs(network, inputs).getFirst();
        return output.graph().program(output.node()).nodes();
    }

    private static void assertRefused(Network network, Shape input, String... parts) {
        var refusal = assertThrows(InputException.class, () -> outputs(network, input));
        for (String part : parts) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
    }

    private static Network joined(Network fanIn, Network... branches) {
        return serial(fanOut(branches.length), parallel(branches), fanIn);
    }

    private static final Shape VECTORS = Shape.of(3, 5);
    private static final Shape IMAGES = Shape.of(2, 6, 4, 3);

    @Test
    void aSumAddsWhatItsBranchesMakeOfOneInput() {
        List<Node> nodes = program(joined(fanInSum(), dense(8), dense(8)), VECTORS);
        assertEquals(4, nodes.size(), "one input, two branches and their sum");
        assertEquals(new CovarianceOp.WeightedSum(List.of(1.0, 1.0)), nodes.getLast().op());
        assertEquals(List.of(1, 2), nodes.getLast().inputs());
    }

    @Test
    void residualBlocksShareTheirInput() {
        Network block = joined(fanInSum(), serial(relu(), dense(8)), identity());
        Network network = serial(dense(8), repeat(block, 500));
        List<Node> nodes = program(network, VECTORS);
        assertEquals(2 + 500 * 3, nodes.size(), "a block adds as much as its layers");
        assertTrue(outputs(network, VECTORS).getFirst().gaussian());
    }

    @Test
    void aProductIsNotGaussianUnlessItIsOfOne() {
        Network product = joined(fanInProd(), dense(8), dense(8));
        assertEquals(new CovarianceOp.Product(), program(product, VECTORS).getLast().op());
        assertFalse(outputs(product, VECTORS).getFirst().gaussian());
        assertTrue(outputs(joined(fanInProd(), dense(8)), VECTORS).getFirst().gaussian());
    }

    @Test
    void channelsAreWeightedByTheirNumber() {
        Network network = joined(fanInConcat(-1), dense(6), dense(2));
        Propagation output = outputs(network, VECTORS).getFirst();
        assertEquals(
                new CovarianceOp.WeightedSum(List.of(0.75, 0.25)),
                program(network, VECTORS).getLast().op());
        assertEquals(Shape.of(3, 8), output.shape1());
        assertFalse(output.gaussian());
    }

    @Test
    void otherAxesAreConcatenated() {
        for (int axis : new int[] {1, 2, -3, -2}) {
            Network network = joined(fanInConcat(axis), conv(4, 1, 1), conv(4, 1, 1));
            Propagation output = outputs(network, IMAGES).getFirst();
            int spatial = Math.floorMod(axis, 4) - 1;
            assertEquals(
                    new CovarianceOp.Concatenation(spatial),
                    program(network, IMAGES).getLast().op());
            assertEquals(
                    new Extents(spatial == 0 ? List.of(12, 4) : List.of(6, 8)), output.extents());
            assertTrue(output.gaussian());
        }
        Network examples = joined(fanInConcat(0), dense(4), dense(4));
        assertEquals(
                new CovarianceOp.ExampleConcatenation(), program(examples, VECTORS).getLast().op());
        assertEquals(Shape.of(6, 4), outputs(examples, VECTORS).getFirst().shape1());
    }

    @Test
    void branchesThatCannotBeJoinedAreRefused() {
        Network hidden = serial(dense(8), relu());
        assertRefused(joined(fanInSum(), dense(8), hidden), VECTORS, "branch 1", "Gaussian");
        assertRefused(joined(fanInSum(), dense(8), identity()), VECTORS, "one shape", "(3, 5)");
        assertRefused(joined(fanInProd(), dense(8), dense(7)), VECTORS, "(3, 7)");
        assertRefused(joined(fanInConcat(0), dense(8), dense(7)), VECTORS, "axis 0", "(3, 7)");
        assertRefused(joined(fanInConcat(0), dense(8), hidden), VECTORS, "branch 1", "Gaussian");
        assertRefused(joined(fanInConcat(2), dense(8), dense(8)), VECTORS, "Axis 2");
        assertRefused(
                joined(fanInConcat(-1), dense(8), serial(dense(8), flatten(0, 1))),
                Shape.of(5, 5),
                "batch axis",
                "[0, 1]");
        assertRefused(
                joined(fanInSum(), conv(4, 1, 1), serial(flatten(), dense(4))), IMAGES, "axes");
        assertRefused(serial(dense(8), fanInSum()), VECTORS, "FanInSum", "parallel");
        assertRefused(joined(fanInSum(), dense(8), fanOut(2)), VECTORS, "one output each", "has 2");
        assertRefused(serial(fanOut(2), relu()), VECTORS, "takes one input");
        assertRefused(serial(fanOut(3), parallel(relu(), relu())), VECTORS, "2 branches", "3");
        assertThrows(InputException.class, () -> parallel());
        assertThrows(InputException.class, () -> fanOut(0));
    }

    @Test
    void copiesOfCopiesEndSomewhere() {
        assertRefused(repeat(fanOut(2), 3), VECTORS, "keep the shape");
        assertRefused(repeat(fanOut(2), 10_000), VECTORS, "FanOut", "at most");
        Network[] bomb = new Network[1000];
        Arrays.fill(bomb, fanOut(10));
        assertRefused(serial(bomb), VECTORS, "FanOut", "at most");
    }

    @Test
    void repetitionsKeepTheShapesOfATree() {
        Network pair = parallel(serial(dense(8), relu()), dense(4));
        assertEquals(2, outputs(repeat(pair, 3), VECTORS, VECTORS).size());
        Network swapping = serial(joined(fanInConcat(-1), dense(2), identity()));
        assertRefused(repeat(swapping, 2), VECTORS, "keep the shape", "(3, 7)", "(3, 9)");
    }

    @Test
    void inputsAreTakenFromLeftToRight() {
        Network nested = parallel(parallel(dense(1), dense(2)), serial(identity(), dense(3)));
        List<Propagation> outputs = outputs(nested, Shape.of(3, 5), Shape.of(3, 6), Shape.of(3, 7));
        for (int i = 0; i < 3; i++) {
            Propagation output = outputs.get(i);
            assertEquals(Shape.of(3, i + 1), output.shape1());
            assertEquals(
                    new CovarianceOp.Input(i, Extents.NONE, 5 + i),
                    output.graph().program(output.node()).nodes().getFirst().op());
        }
        assertRefused(nested, VECTORS, "takes 3 inputs", "x1 is 1 array");
        var many =
                assertThrows(
                        InputException.class,
                        () -> outputs(nested, VECTORS, VECTORS, VECTORS, VECTORS));
        assertTrue(many.getMessage().contains("x1 is 4 arrays"), many.getMessage());
        var single = assertThrows(InputException.class, () -> outputs(dense(3), VECTORS, VECTORS));
        assertTrue(single.getMessage().contains("takes 1 input"), single.getMessage());
        assertThrows(InputException.class, () -> outputs(dense(3)));
        assertEquals(1, outputs(fanInConcat(-1), VECTORS, Shape.of(3, 2)).size());
    }

    @Test
    void eachInputIsReadByTheAxesOfItsBranch() {
        Network network =
                parallel(
                        serial(identity(), dense(2).axes(1, 0)),
                        serial(identity(), flatten()),
                        serial(fanOut(2), parallel(identity(), relu())));
        assertEquals(
                List.of(new InputAxes(1, 0), new InputAxes(0, null), InputAxes.DEFAULT),
                NetworkInputs.of(network, 3).axes());
    }

    @Test
    void oneBranchThatReadsPositionsKeepsThemForAll() {
        Network flat = serial(flatten(), dense(3));
        Network local = serial(conv(5, 2, 2), relu(), flatten(), dense(3));
        for (Network[] branches : new Network[][] {{flat, local}, {local, flat}}) {
            Network network = joined(fanInSum(), branches);
            assertEquals(List.of(InputAxes.DEFAULT), NetworkInputs.of(network, 1).axes());
            assertEquals(
                    2,
                    program(network, IMAGES).stream()
                            .filter(node -> node.op() instanceof CovarianceOp.PositionMean)
                            .count());
        }
        assertEquals(
                List.of(new InputAxes(0, null)),
                NetworkInputs.of(joined(fanInSum(), flat, flat), 1).axes());
        // A raw input among the outputs keeps its positions, too.
        Network beside = serial(fanOut(2), parallel(flat, identity()));
        assertEquals(new Extents(List.of(6, 4)), outputs(beside, IMAGES).get(1).extents());
    }

    @Test
    void anUnreadEndHasNoSayOfLaterLayers() {
        // The second layer reads what the first has made, not the input.
        Network network = serial(flatten(0, 1), dense(2).axes(1, 0), erf());
        assertEquals(List.of(new InputAxes(0, null)), NetworkInputs.of(network, 1).axes());
    }

    private static Propagation masked(Shape shape, String masked) {
        NetworkInputs places = NetworkInputs.of(dense(3), 1);
        Propagation input =
                KernelInputs.propagations(places.axes(), List.of(shape), null).getFirst();
        boolean[] values = new boolean[masked.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = masked.charAt(i) == 'x';
        }
        int examples = (int) shape.extent(0);
        int positions = input.extents().positions();
        var mask = new Mask(examples, positions, values.length / examples / positions, values);
        return dense(3).propagate(input).withMasks(mask, mask).withShapes(shape, shape);
    }

    private static String join(Network fanIn, Propagation... branches) {
        Tree<Propagation> in = Tree.of(Arrays.stream(branches).map(Tree::of).toList());
        Propagation output = fanIn.propagate(in).leaves().findFirst().orElseThrow();
        assertSame(output.mask1(), output.mask2());
        var text = new StringBuilder();
        for (boolean value : Objects.requireNonNull(output.mask1()).masked()) {
            text.append(value ? 'x' : '.');
        }
        return text.toString();
    }

    /** Branches that share a program, as those of a network do. */
    private static Propagation besides(Propagation first, Propagation other) {
        return new Propagation(
                first.graph(),
                first.graph().add(new CovarianceOp.Input(0, other.extents(), 1)),
                other.activations());
    }

    @Test
    void masksOfBranchesAreMasksOfTheirJoin() {
        Shape texts = Shape.of(2, 3, 2);
        Propagation a = masked(texts, ".xx" + "..x");
        Propagation b = besides(a, masked(texts, "..x" + ".xx"));
        Propagation channels = besides(a, masked(texts, "...xxx" + ".xxxxx"));
        Propagation none = besides(a, masked(texts, "......").withMasks(null, null));
        assertEquals("..x" + "..x", join(fanInSum(), a, b));
        assertEquals(".xx" + "..x", join(fanInProd(), a, none), "none is ignored");
        assertEquals("...xxx" + "....xx", join(fanInProd(), a, channels));
        assertEquals(".xx..x" + "..x.xx", join(fanInConcat(1), a, b));
        assertEquals(".xx..." + "..x...", join(fanInConcat(1), a, none), "none is all there");
        assertEquals(".xx..x..x.xx", join(fanInConcat(0), a, b));
        assertEquals("....xx.xxxxx" + "...x..xxxxxx", join(fanInConcat(2), a, channels));
        Propagation image = masked(Shape.of(1, 2, 2, 1), "x...");
        Propagation other = besides(image, masked(Shape.of(1, 2, 2, 1), ".x.x"));
        assertEquals("x..." + ".x.x", join(fanInConcat(1), image, other));
        assertEquals("x..x" + "...x", join(fanInConcat(2), image, other));
        Tree<Propagation> bare = Tree.of(List.of(Tree.of(none), Tree.of(none)));
        assertNull(fanInSum().propagate(bare).leaves().findFirst().orElseThrow().mask1());
        assertNull(fanInConcat(1).propagate(bare).leaves().findFirst().orElseThrow().mask1());
    }
}
