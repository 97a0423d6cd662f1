package dev.jtangents.cli;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.MemoryBudget;

import picocli.CommandLine;

import java.io.PrintStream;
import java.util.Locale;

/** Shows what this machine offers and what of it is used. */
@CommandLine.Command(
        name = "info",
        description = "Shows cores, vectors, BLAS and GPU: what is used, and why the rest is not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Example:", "  jtangents info"})
final class InfoCommand implements Command {
    @Override
    public void run(Streams streams) {
        PrintStream out = streams.out();
        Runtime runtime = Runtime.getRuntime();
        line(out, "version", Version.text());
        line(
                out,
                "java",
                System.getProperty("java.vm.name")
                        + " "
                        + System.getProperty("java.runtime.version"));
        line(
                out,
                "system",
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + ", "
                        + System.getProperty("os.arch"));
        line(out, "cores", runtime.availableProcessors() + " (--threads takes fewer or more)");
        line(out, "vectors", vectors());
        line(out, "blas", LinearAlgebra.get().description());
        line(out, "gpu", "none: this version computes on the CPU only");
        line(
                out,
                "memory",
                String.format(
                        Locale.ROOT,
                        "%.2f GB budget unless --memory says otherwise",
                        MemoryBudget.standard() / 1e9));
    }

    private static String vectors() {
        String description = Loops.description();
        return description.contains("without --add-modules")
                ? description + "; start with ./jtangents, or pass that flag"
                : description;
    }

    private static void line(PrintStream out, String name, String value) {
        out.printf(Locale.ROOT, "%-8s %s%n", name, value);
    }
}
