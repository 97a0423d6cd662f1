package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

final class LearningCurveTest {
    private static final int NNGP_LINE = 0x1f5fa8;
    private static final int NTK_LINE = 0xd9731a;

    @TempDir private Path folder;

    private PredictRun run = new PredictRun(Path.of(""));

    @BeforeEach
    void writeInputs() {
        run = PredictRun.in(folder, 20);
    }

    private BufferedImage picture(Object... more) throws IOException {
        Path plot = folder.resolve("curve.png");
        List<Object> arguments = new ArrayList<>(Arrays.asList(more));
        arguments.addAll(List.of("--plot", plot));
        Outcome outcome = run.scored(arguments.toArray());
        assertTrue(outcome.out().contains("picture: " + plot), outcome.out());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.filter(file -> file.toString().endsWith(".part")).count());
        }
        return ImageIO.read(plot.toFile());
    }

    private static long pixels(BufferedImage image, int colour) {
        int[] pixels =
                image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Arrays.stream(pixels).filter(pixel -> (pixel & 0xffffff) == colour).count();
    }

    /** Pixels that are neither grey nor of a line. */
    private static long tinted(BufferedImage image) {
        int[] pixels =
                image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Arrays.stream(pixels)
                .filter(pixel -> (pixel >> 16 & 0xff) != (pixel & 0xff))
                .count();
    }

    @Test
    void hasALineForEachKernel() throws IOException {
        BufferedImage both = picture("--t", "0,1:1000:8,inf", "--diag-reg", "1e-2");
        assertTrue(pixels(both, NNGP_LINE) > 500 && pixels(both, NTK_LINE) > 500);
        BufferedImage one = picture("--t", "1:1000:8", "--diag-reg", "1e-2", "--get", "nngp");
        assertTrue(pixels(one, NNGP_LINE) > 500);
        assertEquals(0, pixels(one, NTK_LINE));
    }

    @Test
    void hasABandWhereTheCovarianceIsKnown() throws IOException {
        Object[] options = {"--t", "1:1000:8", "--diag-reg", "1e-2", "--get", "ntk"};
        long without = tinted(picture(options));
        Object[] more = Arrays.copyOf(options, options.length + 1);
        more[options.length] = "--covariance";
        long with = tinted(picture(more));
        assertTrue(with > without + 10_000, with + " and " + without);
    }

    @Test
    void valuesHaveOneChartOfTwo() throws IOException {
        BufferedImage classes = picture("--t", "1,2");
        BufferedImage values = picture("--t", "1,2", "--labels", "values");
        assertEquals(classes.getWidth(), 2 * values.getWidth());
    }

    @Test
    void drawsAnErrorOfZero() throws IOException {
        Samples.npy(folder.resolve("y.npy"), Tensor.of(new double[PredictRun.TRAINING], 40));
        Samples.npy(folder.resolve("test-y.npy"), Tensor.of(new double[20], 20));
        assertTrue(tinted(picture("--t", "1:100:3", "--covariance")) > 10_000);
        assertTrue(tinted(picture("--t", "1:100:3")) > 100);
    }

    @Test
    void drawsTheLongestTimes() throws IOException {
        assertTrue(pixels(picture("--t", "1e-300:1e308:9"), NTK_LINE) > 100);
    }

    @Test
    void drawsWhatHardlyChanges() throws IOException {
        BufferedImage flat = picture("--t", "1,1.0000001", "--covariance");
        assertTrue(pixels(flat, NNGP_LINE) > 10);
    }
}
