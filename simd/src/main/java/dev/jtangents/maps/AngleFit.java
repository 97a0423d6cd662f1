package dev.jtangents.maps;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Finds the {@link AngularMap} of a network by Chebyshev interpolation in the variable x of {@link
 * AnglePolynomial}, through twice as many points until the coefficients have died away.
 */
public final class AngleFit {
    /**
     * So many coefficients have to be small: every second one is 0 where a network is symmetric.
     */
    private static final int SMALL = 3;

    /** With fewer, what happens between the points could be missed. */
    private static final int FEWEST_INTERVALS = 32;

    private static final int TRIALS = 12;

    private final Network network;
    private final double tolerance;
    private final int highest;

    /** The network's kernels at the points x = cos(π i / n), i from 0 to n: from π to 0. */
    private Kernels[] values;

    private AngleFit(Network network, double tolerance, int highest) {
        this.network = network;
        this.tolerance = tolerance;
        this.highest = highest;
        this.values = new Kernels[] {network.at(Math.PI), network.at(0)};
    }

    /** Both kernels of two examples. */
    public record Kernels(double nngp, double ntk) {}

    /** The kernels of two examples of one variance as functions of the angle between them. */
    @FunctionalInterface
    public interface Network {
        /** The kernels at an angle in [0, π]. */
        Kernels at(double angle);
    }

    /**
     * The map that agrees with a network, or null when no polynomials of such degrees do.
     *
     * @param variance of the examples that the network pairs
     * @param tolerance how far each may be off, relative to its value at 0
     * @param highest the highest degree they may have
     */
    public static @Nullable AngularMap of(
            Network network, double variance, double tolerance, int highest) {
        var fit = new AngleFit(network, tolerance, highest);
        Kernels zero = network.at(0);
        if (!(zero.nngp() > 0 && Double.isFinite(zero.nngp()) && Double.isFinite(zero.ntk()))) {
            return null;
        }
        while (fit.intervals() < highest + SMALL) {
            fit.refine();
            AngularMap map = fit.map(zero, variance);
            if (map != null && fit.agree(map, zero)) {
                return map;
            }
        }
        return null;
    }

    private @Nullable AngularMap map(Kernels zero, double variance) {
        double[] nngp = series(Kernels::nngp);
        double[] ntk = series(Kernels::ntk);
        int longest = Math.min(highest, intervals() - SMALL) + 1;
        if (intervals() < FEWEST_INTERVALS || Math.max(nngp.length, ntk.length) > longest) {
            return null;
        }
        Arrays.setAll(nngp, k -> nngp[k] / zero.nngp());
        Arrays.setAll(ntk, k -> ntk[k] / zero.nngp());
        return new AngularMap(
                zero.nngp() / variance,
                zero.ntk() / zero.nngp(),
                new AnglePolynomial(nngp),
                new AnglePolynomial(ntk));
    }

    private int intervals() {
        return values.length - 1;
    }

    /** Puts a new point between all neighbours. */
    private void refine() {
        int twice = 2 * intervals();
        Kernels[] refined = new Kernels[twice + 1];
        for (int i = 0; i <= twice; i++) {
            double x = Math.cos(Math.PI * i / twice);
            refined[i] =
                    i % 2 == 0
                            ? values[i / 2]
                            : network.at(Math.PI / 2 + 2 * Math.asin(x / Math.sqrt(2)));
        }
        values = refined;
    }

    /** The Chebyshev coefficients of a kernel, without those that are too small to matter. */
    private double[] series(ToDoubleFunction<Kernels> kernel) {
        int n = intervals();
        double[] samples = Arrays.stream(values).mapToDouble(kernel).toArray();
        samples[0] /= 2;
        samples[n] /= 2;
        double[] series = new double[n + 1];
        for (int k = 0; k <= n; k++) {
            for (int i = 0; i <= n; i++) {
                double cosine = Math.cos(Math.PI * (i * k % (2 * n)) / n);
                series[k] += (k % n == 0 ? 1 : 2) * samples[i] * cosine / n;
            }
        }
        double allowed = tolerance * Math.abs(2 * samples[n]);
        int length = series.length;
        while (length > 1 && Math.abs(series[length - 1]) <= allowed) {
            length--;
            allowed -= Math.abs(series[length]);
        }
        return Arrays.copyOf(series, length);
    }

    /** Whether polynomials agree with the network at points that they were not made of. */
    private boolean agree(AngularMap map, Kernels zero) {
        var random = new SplittableRandom(TRIALS);
        for (int trial = 0; trial < TRIALS; trial++) {
            double angle = random.nextDouble(Math.PI);
            Kernels expected = network.at(angle);
            double nngp = zero.nngp() * map.nngp().at(angle);
            double ntk = zero.nngp() * map.ntk().at(angle);
            if (!isClose(expected.nngp(), nngp, zero.nngp())
                    || !isClose(expected.ntk(), ntk, zero.ntk())) {
                return false;
            }
        }
        return true;
    }

    /** Twice the tolerance leaves room for what interpolation adds. */
    private boolean isClose(double expected, double actual, double size) {
        return Math.abs(expected - actual) <= 2 * tolerance * Math.abs(size);
    }
}
