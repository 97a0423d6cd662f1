package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** The picture of the demonstration: a kernel on the left, digits and predictions on the right. */
final class DemoPicture {
    private static final Color INK = new Color(0x222222);
    static final Color GREY = new Color(0x6b6b6b);

    private static final int WIDTH = 1560;
    private static final int HEIGHT = 860;
    private static final int PANEL = 600;
    private static final int TOP = 150;
    private static final int CHART_LEFT = 21;
    private static final int MATRIX_EXAMPLES = 200;

    private final BufferedImage image =
            new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);

    private DemoPicture() {}

    /**
     * Draws it.
     *
     * @param network whose tangent kernel is drawn
     * @param predicted the class predicted for each test image
     */
    static DemoPicture of(
            DigitsData digits, Network network, KernelOptions options, int[] predicted) {
        System.setProperty("java.awt.headless", "true");
        var picture = new DemoPicture();
        Graphics2D pen = picture.image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        int[] shown = byLabel(digits);
        try (Tensor images = gathered(digits, shown);
                Kernel kernel = network.kernel(images, null, options.get(KernelField.NTK))) {
            int[] labels = IntStream.of(shown).map(digits::testLabel).toArray();
            title(
                    pen,
                    90,
                    "Neural tangent kernel",
                    "Deep ReLU network, " + shown.length + " test images sorted by label");
            BufferedImage chart = HeatMap.of(kernel.ntk(), labels);
            pen.drawImage(chart, CHART_LEFT, TOP - HeatMap.MARGIN, null);
        }
        long wrong =
                IntStream.range(0, predicted.length)
                        .filter(i -> predicted[i] != digits.testLabel(i))
                        .count();
        title(
                pen,
                900,
                "Predicted labels",
                "%d of %d test images are misread; some of them in red"
                        .formatted(wrong, predicted.length));
        new DigitGrid(digits, predicted).draw(pen, 900, TOP, PANEL);
        pen.dispose();
        return picture;
    }

    private static void title(Graphics2D pen, int x, String title, String subtitle) {
        pen.setColor(INK);
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 28));
        pen.drawString(title, x, 72);
        pen.setColor(GREY);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        pen.drawString(subtitle, x, 106);
    }

    /** Test images, as many of each label as there are of the rarest, by label. */
    private static int[] byLabel(DigitsData digits) {
        int[] taken = new int[digits.classes()];
        int each = Math.max(1, MATRIX_EXAMPLES / digits.classes());
        return IntStream.range(0, digits.testing())
                .filter(i -> taken[digits.testLabel(i)]++ < each)
                .boxed()
                .sorted((a, b) -> Integer.compare(digits.testLabel(a), digits.testLabel(b)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Tensor gathered(DigitsData digits, int[] which) {
        Tensor test = digits.testImages();
        Tensor images = Tensor.allocate(DType.F64, test.shape().with(0, which.length));
        for (int i = 0; i < which.length; i++) {
            images.slice(0, i, i + 1).assign(test.slice(0, which[i], which[i] + 1));
        }
        return images;
    }

    /** Writes it as a PNG file, complete or not at all. */
    void write(Path file) {
        PngFile.write(image, file);
    }
}
