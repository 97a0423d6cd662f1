package dev.jtangents.panama;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An operating system and a processor, and the names that OpenBLAS goes by there.
 *
 * @param jarName what the platform jar calls it, or nothing where there is no such jar
 * @param bundledFiles the libraries in the jar, each after those that it needs
 * @param systemFiles what an installed library may be called
 * @param systemFolders where an installed library may be, besides {@code java.library.path}
 */
record Platform(
        Optional<String> jarName,
        List<String> bundledFiles,
        List<String> systemFiles,
        List<String> systemFolders) {

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String operatingSystem, String architecture) {
        String processor =
                switch (architecture) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> "";
                };
        String system = operatingSystem.toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            return windows(processor);
        }
        return system.startsWith("mac") ? macos(processor) : linux(processor);
    }

    private static Platform linux(String processor) {
        boolean x86 = processor.equals("x86_64");
        return new Platform(
                named("linux", processor),
                x86
                        ? List.of(
                                "libgcc_s.so.1",
                                "libquadmath.so.0",
                                "libgfortran.so.5",
                                "libopenblas.so.0")
                        : List.of("libgcc_s.so.1", "libgfortran.so.5", "libopenblas.so.0"),
                List.of("libopenblas.so.0", "libopenblas.so"),
                List.of(
                        x86 ? "/usr/lib/x86_64-linux-gnu" : "/usr/lib/aarch64-linux-gnu",
                        "/usr/local/lib",
                        "/opt/OpenBLAS/lib"));
    }

    private static Platform macos(String processor) {
        return new Platform(
                named("macosx", processor),
                List.of(
                        "libgcc_s.1.1.dylib",
                        "libquadmath.0.dylib",
                        "libgfortran.5.dylib",
                        "libopenblas.0.dylib"),
                List.of("libopenblas.0.dylib", "libopenblas.dylib"),
                List.of("/opt/homebrew/opt/openblas/lib", "/usr/local/opt/openblas/lib"));
    }

    private static Platform windows(String processor) {
        return new Platform(
                processor.equals("x86_64") ? named("windows", processor) : Optional.empty(),
                List.of("libopenblas.dll"),
                List.of("libopenblas.dll", "openblas.dll"),
                List.of());
    }

    private static Optional<String> named(String system, String processor) {
        return processor.isEmpty() ? Optional.empty() : Optional.of(system + "-" + processor);
    }

    /** Returns the folders in which an installed library is looked for. */
    List<Path> searchFolders() {
        String libraryPath = System.getProperty("java.library.path", "");
        return Stream.concat(
                        Stream.of(libraryPath.split(File.pathSeparator, -1)),
                        systemFolders.stream())
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> pathOf(folder).stream())
                .distinct()
                .toList();
    }

    /** On Windows the list holds whatever stands in PATH, even what is no path. */
    private static Optional<Path> pathOf(String folder) {
        try {
            return Optional.of(Path.of(folder));
        } catch (InvalidPathException malformed) {
            return Optional.empty();
        }
    }
}
