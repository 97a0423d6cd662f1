package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A convolution over any number of spatial axes: Conv; ConvTranspose, whose windows are over the
 * output instead of the input; or ConvLocal, which draws weights for each position apart.
 *
 * <p>In the infinite limit covariances K(p, q) of the positions p and q of two examples become
 * their means over a window that moves over p and q alike (Novak et al. 2019, arXiv:1810.05148;
 * Garriga-Alonso et al. 2019, arXiv:1808.05587), of which {@link Parameterization} makes the NNGP
 * and NTK, with the size of the window times the channels as fan-in. With ConvLocal different
 * positions are uncorrelated.
 *
 * <p>At finite width the parameters are W and, with a b_std, b. W lies as the axes of the filter
 * say, by default (window..., in, out); that of a ConvLocal is (output positions..., in times
 * places of the window, out), with the channels slower than the places. b lies as the output with
 * extent 1 on the axis of examples and, but for ConvLocal, on the spatial axes.
 */
public final class Conv extends Layer {
    static final List<LayerType> TYPES = Arrays.stream(Kind.values()).map(Conv::type).toList();

    /** Which convolution, by its name in model files. */
    enum Kind {
        SHARED("Conv"),
        TRANSPOSED("ConvTranspose"),
        LOCAL("ConvLocal");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private final Kind kind;
    private final int width;
    private final SlidingWindow window;
    private final RandomWeights weights;
    private final DimensionNumbers dimensions;

    private Conv(
            Kind kind,
            int width,
            SlidingWindow window,
            RandomWeights weights,
            DimensionNumbers dimensions) {
        this.kind = kind;
        this.width = Checks.positive("out_chan", width);
        this.window = window.checked(kind.label, "filter_shape");
        this.weights = weights;
        this.dimensions = dimensions.checked(kind.label, window.rank());
    }

    static Conv of(Kind kind, int width, int... filterShape) {
        return new Conv(
                kind,
                width,
                SlidingWindow.of(filterShape),
                RandomWeights.DEFAULT,
                DimensionNumbers.channelsLast(filterShape.length));
    }

    private static LayerType type(Kind kind) {
        return new LayerType(
                kind.label,
                List.of(
                        "out_chan",
                        "filter_shape",
                        "strides",
                        "padding",
                        "W_std",
                        "b_std",
                        "dimension_numbers",
                        "parameterization",
                        "s"),
                arguments -> {
                    int width = arguments.positiveInteger("out_chan");
                    SlidingWindow window = SlidingWindow.of(arguments, "filter_shape");
                    RandomWeights weights = RandomWeights.of(arguments);
                    List<String> axes = arguments.optionalTexts("dimension_numbers");
                    return arguments.located(
                            () ->
                                    new Conv(
                                            kind,
                                            width,
                                            window,
                                            weights,
                                            axes == null
                                                    ? DimensionNumbers.channelsLast(window.rank())
                                                    : DimensionNumbers.of(axes)));
                });
    }

    /** The same layer with other strides, one for each axis of the filter; 1 by default. */
    public Conv strides(int... value) {
        return with(window.withStrides(value));
    }

    /** The same layer with another padding; {@link Padding#VALID} by default. */
    public Conv padding(Padding value) {
        return with(window.withPadding(value));
    }

    /** The same layer with another W_std, at least 0; 1 by default. */
    public Conv weightStd(double value) {
        return with(weights.withStd(value));
    }

    /** The same layer with a bias of this b_std, at least 0; without this call there is no bias. */
    public Conv biasStd(double value) {
        return with(weights.withBiasStd(value));
    }

    /** The same layer in another parameterisation. */
    public Conv parameterization(Parameterization value) {
        return with(weights.withParameterization(value));
    }

    /**
     * The same layer with width multipliers, which the standard parameterisation reads.
     *
     * @param previous s0, that of the layer below; 1 for the first
     * @param own s1, that of this layer; 1 for the last
     */
    public Conv widthMultipliers(int previous, int own) {
        return with(weights.withMultipliers(previous, own));
    }

    /**
     * The same layer with axes in other orders, a letter for each: N examples, C channels, I and O
     * the filter's channels, any other a spatial axis. By default channels are last, as in NHWC,
     * HWIO, NHWC.
     *
     * @param input the axes of the input
     * @param filter the axes of the filter; the filter's shape and strides are in their order
     * @param output the axes of the output
     */
    public Conv dimensionNumbers(String input, String filter, String output) {
        var changed = new DimensionNumbers(input, filter, output);
        return new Conv(kind, width, window, weights, changed);
    }

    private Conv with(SlidingWindow changed) {
        return new Conv(kind, width, changed, weights, dimensions);
    }

    private Conv with(RandomWeights changed) {
        return new Conv(kind, width, window, changed, dimensions);
    }

    private int channelsOut() {
        // As in neural-tangents, whose ConvLocal does not read s[1].
        return kind == Kind.LOCAL ? width : weights.channels(kind.label, "out_chan", width);
    }

    private SpatialWindow windowOver(Extents input) {
        SlidingWindow ordered = window.permuted(dimensions.filterAxes());
        return kind == Kind.TRANSPOSED
                ? ordered.transposedOver(kind.label, input)
                : ordered.over(kind.label, input);
    }

    private void requireRank(Shape input) {
        if (input.rank() != dimensions.axes()) {
            throw new InputException(
                    kind.label
                            + " with filter_shape "
                            + window.size()
                            + " takes activations with "
                            + dimensions.axes()
                            + " axes, "
                            + dimensions.input()
                            + ", not of shape "
                            + input
                            + ".");
        }
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(dimensions.inputAxes());
    }

    @Override
    Shape outputShapeOf(Shape input) {
        requireRank(input);
        InputAxes axes = dimensions.inputAxes();
        return dimensions.outputShape(
                input.extent(axes.batch()),
                windowOver(axes.spatialIn(input)).output(),
                channelsOut());
    }

    @Override
    Propagation propagate(Propagation in) {
        requireRank(in.shape1());
        in.requireAxes(kind.label, dimensions.inputAxes());
        SpatialWindow over = windowOver(in.extents());
        double fanIn = (double) in.channels() * window.positions();
        Propagation convolved = in.then(new CovarianceOp.Window(over)).then(weights.step(fanIn));
        Propagation uncorrelated =
                kind == Kind.LOCAL ? convolved.then(new CovarianceOp.EqualPositions()) : convolved;
        return ordered(uncorrelated)
                .mapMasks(mask -> outputMask(mask, in))
                .withShapes(this::outputShapeOf)
                .withAxes(dimensions.outputBatchAxis(), dimensions.outputChannelAxis())
                .withGaussian(true)
                .withParameters()
                .remasked();
    }

    private Propagation ordered(Propagation out) {
        List<Integer> axes = dimensions.outputPermutation();
        return axes.stream().sorted().toList().equals(axes)
                ? out
                : out.then(new CovarianceOp.Permutation(axes));
    }

    /** An output is masked as the input in the middle of its window is; transposed, by any. */
    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        Extents extents = dimensions.inputAxes().spatialIn(input);
        SpatialWindow over = windowOver(extents);
        Mask seen =
                kind == Kind.TRANSPOSED
                        ? mask.overChannels().spread(PositionMaps.transposed(extents, over))
                        : mask.overChannels().mapped(PositionMaps.centres(extents, over));
        return seen.mapped(PositionMaps.permutation(over.output(), dimensions.outputPermutation()));
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return dimensions.outputChannelAxis();
    }

    private FiniteConvolution finite(Shape input) {
        requireRank(input);
        InputAxes axes = dimensions.inputAxes();
        Extents extents = axes.spatialIn(input);
        long channels = input.extent(axes.channelIn(input));
        return new FiniteConvolution(
                kind, dimensions, windowOver(extents), extents, channels, channelsOut());
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        FiniteConvolution finite = finite(input);
        return weights.initialize(
                random, finite.weightShape(), finite.biasShape(), finite.fanIn(), dtype);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        FiniteConvolution finite = finite(x.shape());
        FiniteBuilder program = network.program();
        int channel = x.valueAxis(dimensions.inputAxes().channelIn(x.shape()));
        Value rows = PositionRows.of(program, x.value(), channel);
        Value filter = program.parameter(finite.weightShape());
        Value product = finite.append(program, rows, filter, weights.factor(finite.fanIn()));
        int batchAxis = dimensions.outputBatchAxis();
        Value z = weights.plusBias(program, product, finite.biasShape(), batchAxis);
        return new Signal(z, outputShapeOf(x.shape()), batchAxis, null);
    }

    @Override
    LayerText.Leaf text() {
        List<String> usual = DimensionNumbers.channelsLast(window.rank()).asList();
        LayerText.Leaf leaf = LayerText.Leaf.of(kind.label, "out_chan", width);
        return weights.describedIn(window.describedIn(leaf, "filter_shape"))
                .with("dimension_numbers", dimensions.asList(), usual);
    }
}
