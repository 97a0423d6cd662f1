package dev.jtangents.cli;

import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads handwritten digits with two infinitely wide networks, and draws what they saw. */
@CommandLine.Command(
        name = "demo",
        description =
                "Reads handwritten digits with infinitely wide networks, and draws a picture.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {
            "",
            "The digits come with the program: Optical Recognition of Handwritten Digits,",
            "E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, CC BY 4.0.",
            "",
            "Examples:",
            "  jtangents demo",
            "  jtangents demo --out pictures"
        })
final class DemoCommand implements Command {
    /** A network, and how many of the bundled test digits the reference reads with it. */
    private record Reference(String network, List<Integer> correct) {}

    /** Computed with neural-tangents 0.6.5 in float64 on the same data. */
    private static final List<Reference> REFERENCES =
            List.of(
                    new Reference("relu", List.of(776, 776)),
                    new Reference("erf", List.of(776, 775)));

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder for digits.png; demo-output unless given.")
    private Path out = Path.of("demo-output");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {
                "A folder with digits-images.npy (N, height, width, ...) and digits-labels.npy"
                        + " (N,)",
                "to use instead; the first 1000 are trained on."
            })
    private @Nullable Path data;

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Override
    public void run(Streams streams) {
        PrintStream stream = streams.out();
        KernelOptions options = KernelOptions.defaults().execution(execution::applyTo);
        Path picture = picture();
        try (DigitsData digits = DigitsData.read(data)) {
            stream.printf(
                    Locale.ROOT,
                    "%d images to train on, %d to test; f64, trained without end, diag_reg"
                            + " 1e-4%n%n",
                    DigitsData.TRAINING,
                    digits.testing());
            stream.println("network  kernel   correct             reference   kernels       fit");
            DigitsTrial.Prediction drawn = null;
            for (Reference reference : REFERENCES) {
                Network network = DigitsTrial.network(reference.network);
                DigitsTrial trial = DigitsTrial.of(network, digits, options);
                print(reference, trial, digits, stream);
                drawn = drawn == null ? trial.predictions().getLast() : drawn;
            }
            if (drawn != null) {
                Network network = DigitsTrial.network(REFERENCES.getFirst().network);
                DemoPicture.of(digits, network, options, drawn.classes()).write(picture);
            }
            stream.println();
            stream.println("picture: " + picture);
        }
    }

    private void print(
            Reference reference, DigitsTrial trial, DigitsData digits, PrintStream stream) {
        for (int k = 0; k < trial.predictions().size(); k++) {
            DigitsTrial.Prediction prediction = trial.predictions().get(k);
            long correct = prediction.correct(digits);
            stream.printf(
                    Locale.ROOT,
                    "%-8s %-6s %4d of %d  %6.2f %% %9s %9s %7.2f s%n",
                    reference.network,
                    prediction.kernel().label(),
                    correct,
                    digits.testing(),
                    100.0 * correct / digits.testing(),
                    data == null ? reference.correct.get(k) : "-",
                    k == 0 ? String.format(Locale.ROOT, "%7.2f s", trial.kernelSeconds()) : "",
                    prediction.fitSeconds());
        }
    }

    private Path picture() {
        try {
            Files.createDirectories(out);
        } catch (IOException failure) {
            throw new InputException(
                    "--out "
                            + out
                            + ": this folder cannot be made: it is a file, or is in one that"
                            + " is missing or write-protected.",
                    failure);
        }
        Path picture = out.resolve("digits.png");
        OutputFile.extension("--out", picture, List.of("png"));
        return picture;
    }
}
