package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.layers.twin.Array;
import dev.jtangents.layers.twin.BruteForce;
import dev.jtangents.layers.twin.JointKernel;
import dev.jtangents.layers.twin.RandomArchitecture;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** Random architectures against a twin that propagates all covariances by their definitions. */
class BruteForceTest {
    private static final int GROUPS = 12;
    private static final int PER_GROUP = 50;

    private static final double TOLERANCE = 1e-10;

    /** Angles of nearly collinear elements are the square roots of roundings, in both. */
    private static final double TOLERANCE_OF_ANGLES = 1e-8;

    static LongStream firstSeeds() {
        return LongStream.range(0, GROUPS).map(group -> group * PER_GROUP);
    }

    @ParameterizedTest
    @MethodSource("firstSeeds")
    void agree(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + PER_GROUP; seed++) {
            compare(seed);
        }
    }

    private static void compare(long seed) {
        RandomArchitecture architecture = RandomArchitecture.of(seed);
        String what = "seed " + seed + ": " + architecture.json();
        List<JointKernel> expected = BruteForce.kernels(architecture.json(), architecture.inputs());
        List<Tensor> x1 = tensors(architecture.x1());
        List<Tensor> x2 = tensors(architecture.x2());
        List<Tensor> patterns = tensors(architecture.inputs().patterns());
        KernelOptions options = KernelOptions.defaults();
        Double maskConstant = architecture.maskConstant();
        if (maskConstant != null) {
            options = options.maskConstant(maskConstant);
        }
        if (!patterns.isEmpty()) {
            options = options.pattern(patterns.getFirst(), patterns.getLast());
        }
        Network network = Model.parse("seed " + seed, architecture.json());
        List<Kernel> kernels = network.kernels(x1, x2.isEmpty() ? null : x2, options);
        assertEquals(expected.size(), kernels.size(), what);
        for (int output = 0; output < kernels.size(); output++) {
            Kernel kernel = kernels.get(output);
            JointKernel joint = expected.get(output);
            assertClose("nngp of " + what, joint.nngp(false), kernel.nngp());
            if (kernel.ntk().shape().rank() > 0) {
                assertClose("ntk of " + what, joint.ntk(false), kernel.ntk(), TOLERANCE_OF_ANGLES);
            }
            assertClose("cov1 of " + what, joint.cov1(true, false), kernel.cov1());
            assertEquals(joint.cov2(true, false).isPresent(), kernel.cov2().isPresent(), what);
            if (kernel.cov2().isPresent()) {
                Array cov2 = joint.cov2(true, false).orElseThrow();
                assertClose("cov2 of " + what, cov2, kernel.cov2().get());
            }
            kernel.close();
        }
        List.of(x1, x2, patterns).forEach(list -> list.forEach(Tensor::close));
    }

    private static List<Tensor> tensors(List<Array> arrays) {
        return arrays.stream().map(array -> Tensor.of(array.data(), array.shape())).toList();
    }

    private static void assertClose(String what, Array expected, Tensor actual) {
        assertClose(what, expected, actual, TOLERANCE);
    }

    private static void assertClose(String what, Array expected, Tensor actual, double tolerance) {
        assertArrayEquals(expected.shape(), actual.shape().extents(), what);
        double largest = DoubleStream.of(expected.data()).map(Math::abs).max().orElse(0);
        double[] found = actual.toArray();
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected.data()[i], found[i], tolerance * largest, what);
        }
    }
}
