package dev.jtangents.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import javax.imageio.ImageIO;

/** Writes pictures. */
final class PngFile {
    private PngFile() {}

    /** Writes one, complete or not at all. */
    static void write(BufferedImage image, Path file) {
        try {
            Path part =
                    Files.createTempFile(file.toAbsolutePath().getParent(), ".picture", ".part");
            try {
                ImageIO.write(image, "png", part.toFile());
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    file + ": cannot be written: " + failure.getMessage() + ".", failure);
        }
    }
}
