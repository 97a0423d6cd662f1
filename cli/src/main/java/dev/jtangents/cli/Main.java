package dev.jtangents.cli;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

import java.io.PrintStream;
import java.io.PrintWriter;

/**
 * The program {@code jtangents}. The exit status is 0, 2 when what the user gave cannot be used,
 * and 1 for any other failure, which is one line on the standard error.
 */
@CommandLine.Command(
        name = "jtangents",
        description = "Kernels of infinitely wide neural networks: NNGP and NTK.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            KernelCommand.class,
            PredictCommand.class,
            EmpiricalCommand.class,
            MonteCarloCommand.class,
            DescribeCommand.class,
            InfoCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  jtangents demo",
            "  jtangents kernel --model M.json --x1 A.npy --x2 B.npy --out K.npz",
            "  jtangents predict --help",
            "",
            "Exit status: 0, 2 for input that cannot be used, 1 for any other failure."
        })
public final class Main implements Command {
    @Option(
            names = "--trace",
            scope = ScopeType.INHERIT,
            description = "Follow a failure with its stack trace.")
    private boolean trace;

    private Main() {}

    /** Runs one command and ends the process. */
    public static void main(String[] arguments) {
        OrderlyExit.with(() -> run(System.out, System.err, arguments));
    }

    /**
     * Runs one command.
     *
     * @param out takes the result
     * @param err takes progress, and one line on failure
     * @return the exit status
     */
    public static int run(PrintStream out, PrintStream err, String... arguments) {
        var main = new Main();
        CommandLine commandLine = new CommandLine(main);
        commandLine.setOut(new PrintWriter(out, true, out.charset()));
        commandLine.setUsageHelpWidth(100);
        commandLine.getSubcommands().values().forEach(sub -> sub.setUsageHelpWidth(100));
        try {
            ParseResult parsed = commandLine.parseArgs(arguments);
            Integer helped = CommandLine.executeHelpRequest(parsed);
            if (helped != null) {
                return helped;
            }
            while (parsed.hasSubcommand()) {
                parsed = parsed.subcommand();
            }
            ((Command) parsed.commandSpec().userObject()).run(new Streams(out, err));
            out.flush();
            return 0;
        } catch (RuntimeException | Error failure) {
            out.flush();
            return Failure.report(
                    failure, err, main.trace || Boolean.getBoolean("jtangents.trace"));
        }
    }

    @Override
    public void run(Streams streams) {
        throw new ParameterException(
                new CommandLine(this),
                "name a command: demo, kernel, predict, empirical, mc, describe or info");
    }
}
