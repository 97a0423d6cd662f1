package dev.jtangents.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import javax.imageio.ImageIO;

/** What the examples show, with few digits and steps: the bands are twice what was measured. */
class ExamplesTest {
    private static final int NETWORKS = 20;
    private static final Experiment EXPERIMENT = Experiment.of(16, 384, 60);

    @AfterAll
    static void close() {
        EXPERIMENT.close();
    }

    private static void assertLearns(Trajectory network) {
        double[] losses = network.trainLoss(EXPERIMENT.digits());
        assertTrue(
                losses[losses.length - 1] < losses[0] / 4,
                () -> "loss " + losses[losses.length - 1]);
    }

    private static void assertWithin(double least, double most, double value) {
        assertTrue(least <= value && value <= most, () -> value + " is not in the band");
    }

    @Test
    void aWideNetworkStaysWithItsLinearisation() {
        WeightSpace.Result result = WeightSpace.run(EXPERIMENT);
        assertLearns(result.network());
        assertWithin(0, 0.02, result.network().relativeDistance(result.linearisation()));
    }

    @Test
    void aWideNetworkGoesWhereItsKernelPredicts() {
        FunctionSpace.Result result = FunctionSpace.run(EXPERIMENT);
        assertLearns(result.network());
        assertWithin(0, 0.08, result.network().relativeDistance(result.predicted()));
    }

    @Test
    void aPictureWithoutFolderIsRefused(@TempDir Path folder) {
        String[] arguments = {folder.resolve("missing/picture.png").toString()};
        assertThrows(InputException.class, () -> Picture.of(arguments, "other.png"));
    }

    @Test
    void anEnsembleSpreadsAsTheInfinitelyWideNetworkDoes(@TempDir Path folder) throws IOException {
        Ensemble ensemble = Ensemble.run(EXPERIMENT, NETWORKS);
        assertWithin(0.6, 1.4, ensemble.standardErrors());
        assertWithin(0.75, 1.25, ensemble.varianceRatio());

        Path file = folder.resolve("picture.png");
        Picture.of(new String[] {file.toString()}, "other.png")
                .write(
                        List.of(
                                new Figure("spread", EXPERIMENT.steps())
                                        .band("networks", Figure.BLUE, ensemble.trained(), 3)));
        assertEquals(Figure.HEIGHT, ImageIO.read(file.toFile()).getHeight());
    }
}
