import com.google.googlejavaformat.java.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checks ({@code check}) or rewrites ({@code apply}) the formatting of every Java source file. */
public final class Format {
    private Format() {}

    public static void main(String[] arguments) throws Exception {
        boolean apply = arguments.length == 1 && arguments[0].equals("apply");
        var options = new ArrayList<>(List.of("--aosp"));
        options.addAll(
                apply ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        options.addAll(sources());
        int status =
                new Main(
                                new PrintWriter(System.out, true),
                                new PrintWriter(System.err, true),
                                System.in)
                        .format(options.toArray(String[]::new));
        if (status != 0) {
            System.err.println("The files above are not formatted: run mvn -Pformat -N verify");
        }
        System.exit(status);
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(""))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(
                            file ->
                                    !file.toString()
                                            .contains(
                                                    "target" + file.getFileSystem().getSeparator()))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }
}
