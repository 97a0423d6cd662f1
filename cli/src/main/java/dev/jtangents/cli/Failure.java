package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** Tells the user what went wrong, in one line. */
final class Failure {
    static final int BAD_INPUT = 2;
    static final int OTHER = 1;

    private Failure() {}

    /** Prints the line, and returns the exit status. */
    static int report(Throwable failure, PrintStream err, boolean trace) {
        String message = message(failure).strip().replaceAll("\\R\\s*", " ");
        err.println("jtangents: " + message);
        if (trace) {
            failure.printStackTrace(err);
        }
        err.flush();
        return failure instanceof InputException || failure instanceof ParameterException
                ? BAD_INPUT
                : OTHER;
    }

    private static String suggestion(ParameterException usage) {
        List<String> near =
                usage instanceof UnmatchedArgumentException unmatched
                        ? unmatched.getSuggestions()
                        : List.of();
        return near.isEmpty() ? "." : ". Did you mean " + near.getFirst() + "?";
    }

    private static String message(Throwable failure) {
        String given = Objects.requireNonNullElse(failure.getMessage(), "no reason was given");
        return switch (failure) {
            case ParameterException usage ->
                    given
                            + suggestion(usage)
                            + " See "
                            + usage.getCommandLine().getCommandSpec().qualifiedName()
                            + " --help.";
            case InputException _, UncheckedIOException _, ArithmeticException _ -> given;
            case CancellationException _ -> "interrupted before there was a result.";
            case OutOfMemoryError _ ->
                    "out of memory ("
                            + given
                            + "): use fewer --threads or smaller inputs, or give the JVM more, as"
                            + " in JTANGENTS_JAVA_OPTS=-Xmx8g.";
            case InternalError _ ->
                    // What the JVM throws when the system refuses a page of a mapped file.
                    "a file could not be read or written while it was in use ("
                            + given
                            + "): most likely the disk is full. No result was written.";
            default ->
                    "unexpected "
                            + failure.getClass().getSimpleName()
                            + ": "
                            + given
                            + ". Run with --trace for its stack trace.";
        };
    }
}
