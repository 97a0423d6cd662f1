package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.layers.twin.Array;
import dev.jtangents.layers.twin.RandomArchitecture;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Empirical kernels of random architectures, in each way in which they are computed. */
class EmpiricalAgreementTest {
    private static final int SEEDS = 200;

    /** Beyond it a kernel of all pairs of outputs takes long. */
    private static final long MOST_OUTPUTS = 150;

    /** A random network on random examples with random axes. */
    private record Case(
            String what,
            Network network,
            ApplyOptions options,
            List<Tensor> x1,
            @Nullable List<Tensor> x2,
            List<Integer> traced,
            List<Integer> diagonal) {
        static Case of(long seed, DType dtype) {
            RandomArchitecture architecture = RandomArchitecture.of(seed);
            Network network = Model.parse("seed " + seed, architecture.json());
            var random = new SplittableRandom(seed);
            List<Tensor> x1 = tensors(architecture.x1(), dtype);
            List<Tensor> patterns = tensors(architecture.inputs().patterns(), dtype);
            boolean second = architecture.hasX2() && patterns.isEmpty();
            ApplyOptions options = ApplyOptions.defaults().seed(seed).threads(2);
            Double maskConstant = architecture.maskConstant();
            options = maskConstant == null ? options : options.maskConstant(maskConstant);
            options = patterns.isEmpty() ? options : options.pattern(patterns.getFirst());
            int rank =
                    network.outputShapes(x1.stream().map(Tensor::shape).toList()).stream()
                            .mapToInt(Shape::rank)
                            .min()
                            .orElseThrow();
            List<Integer> traced = new ArrayList<>();
            List<Integer> diagonal = new ArrayList<>();
            List<Tensor> x2 = second ? tensors(architecture.x2(), dtype) : null;
            boolean alone =
                    x2 == null
                            || x2.getFirst().shape().extent(0) == x1.getFirst().shape().extent(0);
            for (int axis = alone ? 0 : 1; axis < rank; axis++) {
                switch (random.nextInt(axis == 0 ? 6 : 3)) {
                    case 0 -> traced.add(axis);
                    case 1 -> diagonal.add(axis);
                    default -> {}
                }
            }
            String what = "seed " + seed + " " + traced + diagonal + architecture.json();
            return new Case(what, network, options, x1, x2, traced, diagonal);
        }

        List<Shape> shapes() {
            return x1.stream().map(Tensor::shape).toList();
        }

        EmpiricalKernels kernels(NtkImplementation implementation) {
            return network.empirical()
                    .options(options)
                    .implementation(implementation)
                    .traceAxes(traced.stream().mapToInt(Integer::intValue).toArray())
                    .diagonalAxes(diagonal.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    private static List<Tensor> tensors(List<Array> arrays, DType dtype) {
        List<Tensor> tensors = new ArrayList<>();
        for (Array array : arrays) {
            try (Tensor tensor = Tensor.of(array.data(), array.shape())) {
                tensors.add(tensor.copy(dtype));
            }
        }
        return tensors;
    }

    @Test
    void everyImplementationContractsTheKernelOfAllPairs() {
        int compared = 0;
        for (long seed = 0; compared < SEEDS; seed++) {
            Case drawn = Case.of(seed, DType.F64);
            List<Shape> outputs = drawn.network.outputShapes(drawn.shapes());
            if (outputs.stream().mapToLong(Shape::size).max().orElse(0) > MOST_OUTPUTS) {
                continue;
            }
            try (Parameters parameters = drawn.network.init(seed, drawn.shapes(), DType.F64)) {
                compare(drawn, parameters);
                compared++;
            } catch (InputException refusal) {
                assertKernelsOnly(drawn, refusal);
            }
        }
    }

    private static void compare(Case drawn, Parameters parameters) {
        EmpiricalKernels all =
                drawn.kernels(NtkImplementation.NTK_VECTOR_PRODUCTS).traceAxes().diagonalAxes();
        List<Tensor> ntk = all.ntk(parameters, drawn.x1, drawn.x2);
        List<Tensor> nngp = all.nngp(parameters, drawn.x1, drawn.x2);
        List<Tensor> nngpContracted =
                drawn.kernels(NtkImplementation.AUTO).nngp(parameters, drawn.x1, drawn.x2);
        for (int output = 0; output < nngp.size(); output++) {
            assertClose(drawn, nngp.get(output), nngpContracted.get(output), "nngp", 1e-9);
        }
        for (NtkImplementation implementation : NtkImplementation.values()) {
            List<Tensor> contracted =
                    drawn.kernels(implementation).ntk(parameters, drawn.x1, drawn.x2);
            for (int output = 0; output < ntk.size(); output++) {
                String what = implementation.toString();
                assertClose(drawn, ntk.get(output), contracted.get(output), what, 1e-9);
            }
        }
        ntk.forEach(Tensor::close);
        nngp.forEach(Tensor::close);
    }

    private static void assertClose(
            Case drawn, Tensor pairs, Tensor contracted, String what, double tolerance) {
        try (contracted;
                Tensor expected = ContractedPairs.of(pairs, drawn.traced, drawn.diagonal)) {
            double[] wanted = expected.toArray();
            double[] found = contracted.toArray();
            String message = what + " of " + drawn.what;
            assertEquals(expected.shape(), contracted.shape(), message);
            double scale = RandomNetworks.largest(pairs.toArray());
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], found[i], tolerance * scale, message);
            }
        }
    }

    /**
     * Up to the few networks in which a rounding grows: LayerNorm over few, nearly equal channels.
     */
    @Test
    void singlePrecisionIsCloseToDouble() {
        int far = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Case single = Case.of(seed, DType.F32);
            try (Parameters parameters = single.network.init(seed, single.shapes(), DType.F32)) {
                far += roundedTooMuch(single, parameters) ? 1 : 0;
            } catch (InputException refusal) {
                assertKernelsOnly(single, refusal);
            }
        }
        assertTrue(far <= SEEDS / 40, far + " are far from double precision");
    }

    private static boolean roundedTooMuch(Case single, Parameters parameters) {
        List<Tensor> x2 = single.x2 == null ? null : inDouble(single.x2);
        List<Tensor> exact =
                single.kernels(NtkImplementation.AUTO).ntk(parameters, inDouble(single.x1), x2);
        List<List<Tensor>> rounded = new ArrayList<>();
        for (NtkImplementation implementation : NtkImplementation.values()) {
            rounded.add(single.kernels(implementation).ntk(parameters, single.x1, single.x2));
        }
        boolean far = false;
        for (int output = 0; output < exact.size(); output++) {
            Tensor first = rounded.getFirst().get(output);
            for (List<Tensor> kernels : rounded) {
                assertEquals(DType.F32, kernels.get(output).dtype(), single.what);
                assertTrue(difference(first, kernels.get(output)) < 1e-4, single.what);
                far |= !(difference(exact.get(output), kernels.get(output)) < 1e-4);
            }
        }
        exact.forEach(Tensor::close);
        rounded.forEach(kernels -> kernels.forEach(Tensor::close));
        return far;
    }

    private static List<Tensor> inDouble(List<Tensor> tensors) {
        return tensors.stream().map(tensor -> tensor.copy(DType.F64)).toList();
    }

    /** The largest difference, relative to the largest element. */
    private static double difference(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        double[] differences = expected.toArray();
        double scale = Math.max(RandomNetworks.largest(differences), Double.MIN_NORMAL);
        double[] found = actual.toArray();
        for (int i = 0; i < found.length; i++) {
            differences[i] -= found[i];
        }
        return RandomNetworks.largest(differences) / scale;
    }

    private static void assertKernelsOnly(Case drawn, InputException refusal) {
        String message = refusal.getMessage();
        assertTrue(
                message.contains("one example at a time")
                        || message.contains("given by its kernel alone"),
                drawn.what + message);
    }

    @Test
    void allKindsOfLayersOccur() {
        var names = new TreeSet<String>();
        IntStream.range(0, SEEDS)
                .mapToObj(seed -> RandomArchitecture.of(seed).json())
                .forEach(
                        json -> {
                            for (String name :
                                    List.of(
                                            "Conv",
                                            "ConvLocal",
                                            "AvgPool",
                                            "FanInSum",
                                            "GlobalSelfAttention",
                                            "LayerNorm",
                                            "Aggregate",
                                            "Dropout",
                                            "DotGeneral")) {
                                if (json.contains("\"" + name + "\"")) {
                                    names.add(name);
                                }
                            }
                        });
        assertEquals(9, names.size(), names.toString());
    }
}
