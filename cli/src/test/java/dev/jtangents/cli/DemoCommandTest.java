package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

final class DemoCommandTest {
    @TempDir private Path folder;

    @Test
    void readsAsManyDigitsAsTheReferenceAndDrawsThem() throws IOException {
        Path out = folder.resolve("pictures");
        Outcome outcome = Outcome.of("demo", "--out", out);
        assertEquals(0, outcome.status(), outcome.err());
        List<String> rows = outcome.out().lines().filter(line -> line.contains(" of 797")).toList();
        assertEquals(4, rows.size(), outcome.out());
        for (String row : rows) {
            String[] words = row.trim().split(" +", -1);
            assertEquals(words[7], words[2], row);
        }
        try (Stream<Path> files = Files.list(out)) {
            assertEquals(List.of(out.resolve("digits.png")), files.toList());
        }
        BufferedImage picture = ImageIO.read(out.resolve("digits.png").toFile());
        assertTrue(picture.getWidth() >= 1000 && picture.getHeight() >= 500);
        long colours =
                IntStream.range(0, picture.getHeight())
                        .flatMap(
                                y ->
                                        IntStream.range(0, picture.getWidth())
                                                .map(x -> picture.getRGB(x, y)))
                        .distinct()
                        .count();
        assertTrue(colours > 100, colours + " colours");
    }
}
