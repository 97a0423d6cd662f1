package dev.jtangents.examples;

import dev.jtangents.tensor.InputException;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import javax.imageio.ImageIO;

/** A PNG file of figures side by side. */
record Picture(Path file, Path folder) {
    /**
     * The file that the command line names, or one of this name in the working directory.
     *
     * @throws InputException when its folder does not exist or cannot be written to
     */
    static Picture of(String[] arguments, String name) {
        Path file = Path.of(arguments.length > 0 ? arguments[0] : name).toAbsolutePath();
        Path folder = file.getParent();
        if (folder == null || Files.isDirectory(file) || !Files.isWritable(folder)) {
            throw new InputException(
                    file + ": this file cannot be written; name one in a folder that can be.");
        }
        return new Picture(file, folder);
    }

    /** Writes it, complete or not at all. */
    void write(List<Figure> figures) {
        var image =
                new BufferedImage(
                        Figure.WIDTH * figures.size(), Figure.HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        for (int i = 0; i < figures.size(); i++) {
            pen.drawImage(figures.get(i).draw(), i * Figure.WIDTH, 0, null);
        }
        pen.dispose();
        try {
            Path part = Files.createTempFile(folder, ".picture", ".part");
            try {
                ImageIO.write(image, "png", part.toFile());
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    file + ": cannot be written: " + failure.getMessage(), failure);
        }
        System.out.println("picture: " + file);
    }
}
