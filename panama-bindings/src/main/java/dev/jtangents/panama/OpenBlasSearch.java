package dev.jtangents.panama;

import dev.jtangents.panama.OpenBlas.Found;
import dev.jtangents.panama.OpenBlas.Source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where OpenBLAS is looked for, in which order. */
final class OpenBlasSearch {
    static final String LIBRARY_PROPERTY = "jtangents.openblas";

    private final Platform platform;
    private final int threads;

    private OpenBlasSearch(Platform platform, int threads) {
        this.platform = platform;
        this.threads = threads;
    }

    static OpenBlas.Status run() {
        try {
            String choice = System.getProperty(LIBRARY_PROPERTY, "");
            if (choice.equals("none")) {
                throw new RefusedException("switched off by -D" + LIBRARY_PROPERTY + "=none");
            }
            CoreType.check();
            var search = new OpenBlasSearch(Platform.current(), BlasThreads.requested());
            return switch (choice) {
                case "" -> search.bundledOrInstalled();
                case "system" -> search.installed();
                default -> search.named(choice);
            };
        } catch (RefusedException refusal) {
            return new OpenBlas.Missing(refusal.reason());
        } catch (IllegalArgumentException | LinkageError unexpected) {
            return new OpenBlas.Missing("the library cannot be used: " + unexpected);
        } catch (IllegalCallerException denied) {
            return new OpenBlas.Missing(
                    "this JVM denies native access: start it with"
                            + " --enable-native-access=ALL-UNNAMED");
        }
    }

    private Found bundledOrInstalled() throws RefusedException {
        try {
            return bundled();
        } catch (RefusedException first) {
            try {
                return installed();
            } catch (RefusedException second) {
                throw new RefusedException(first.reason() + "; " + second.reason(), second);
            }
        }
    }

    /** The user's own choice: when it does not do, nothing else takes its place. */
    private Found named(String choice) throws RefusedException {
        try {
            return load(Path.of(choice).toAbsolutePath(), Source.PATH);
        } catch (InvalidPathException malformed) {
            throw new RefusedException("the path " + choice + " is malformed", malformed);
        } catch (RefusedException refusal) {
            throw new RefusedException(
                    "-D%s: %s".formatted(LIBRARY_PROPERTY, refusal.reason()), refusal);
        }
    }

    private Found bundled() throws RefusedException {
        try (PlatformJar jar = PlatformJar.find(platform);
                UnpackedLibraries unpacked = UnpackedLibraries.of(jar)) {
            List<Path> libraries = unpacked.files();
            for (Path needed : libraries.subList(0, libraries.size() - 1)) {
                NativeLibrary.load(needed);
            }
            return OpenBlasLibrary.load(
                    libraries.getLast(), Source.BUNDLED, threads, unpacked.note());
        } catch (IOException error) {
            throw new RefusedException(
                    "the OpenBLAS jar cannot be unpacked: " + RefusedException.explain(error),
                    error);
        }
    }

    private Found installed() throws RefusedException {
        List<Path> folders = platform.searchFolders();
        var refusals = new ArrayList<String>();
        for (String name : platform.systemFiles()) {
            for (Path folder : folders) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    try {
                        return load(file, Source.SYSTEM);
                    } catch (RefusedException refusal) {
                        refusals.add(refusal.reason());
                    }
                }
            }
        }
        throw new RefusedException(
                refusals.isEmpty()
                        ? "no %s in %s"
                                .formatted(
                                        String.join(" or ", platform.systemFiles()),
                                        folders.stream()
                                                .map(Path::toString)
                                                .collect(Collectors.joining(", ")))
                        : String.join("; ", refusals));
    }

    private Found load(Path file, Source source) throws RefusedException {
        if (!Files.isRegularFile(file)) {
            throw new RefusedException(
                    file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        return OpenBlasLibrary.load(file, source, threads, Optional.empty());
    }
}
