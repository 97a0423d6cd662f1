package dev.jtangents.panama;

import dev.jtangents.panama.OpenBlas.Found;
import dev.jtangents.panama.OpenBlas.Source;
import dev.jtangents.panama.openblas.Cblas;
import dev.jtangents.panama.openblas.Cblas$shared;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One file that may be OpenBLAS. It is examined while it is open for that alone: a library that has
 * once been loaded for the bindings cannot be taken back, and a wrong one would lend its symbols to
 * the right one.
 */
final class OpenBlasLibrary {
    /** Debian builds have no LAPACKE, some builds one precision only, others altered names. */
    private static final List<String> TELLING_FUNCTIONS =
            List.of(
                    "openblas_get_config",
                    "openblas_get_corename",
                    "openblas_set_num_threads",
                    "cblas_sgemm",
                    "cblas_dgemm",
                    "cblas_dtrsm",
                    "LAPACKE_dpotrf",
                    "LAPACKE_dpocon",
                    "LAPACKE_dsyevd");

    private OpenBlasLibrary() {}

    static Found load(Path file, Source source, int threads, Optional<String> note)
            throws RefusedException {
        String configuration;
        try (Arena arena = Arena.ofConfined()) {
            configuration = examine(file, NativeLibrary.open(file, arena));
            NativeLibrary.load(file);
        }
        Cblas.openblas_set_num_threads(threads);
        return new Found(
                source,
                file.toString(),
                versionOf(configuration),
                Cblas.openblas_get_corename().getString(0),
                Cblas.openblas_get_num_threads(),
                note);
    }

    /** Returns what the library says about itself. */
    private static String examine(Path file, SymbolLookup library) throws RefusedException {
        for (String function : TELLING_FUNCTIONS) {
            if (library.find(function).isEmpty()) {
                throw new RefusedException(file + " lacks the function " + function);
            }
        }
        String configuration = configurationOf(library);
        if (configuration.contains("USE64BITINT")) {
            throw new RefusedException(file + " takes 64-bit integers, not the usual 32-bit ones");
        }
        return configuration;
    }

    private static String configurationOf(SymbolLookup library) {
        // The layout of the bindings, so that they take over the linker's work for this signature.
        var function =
                Linker.nativeLinker()
                        .downcallHandle(
                                library.findOrThrow("openblas_get_config"),
                                FunctionDescriptor.of(Cblas$shared.C_POINTER));
        try {
            var text = (MemorySegment) function.invokeExact();
            return text.getString(0);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function does not throw", impossible);
        }
    }

    /** Takes 0.3.31 out of a text such as "OpenBLAS 0.3.31 DYNAMIC_ARCH NO_AFFINITY Haswell". */
    static String versionOf(String configuration) {
        String[] words = configuration.trim().split(" +", -1);
        return words.length > 1 ? words[1] : configuration;
    }
}
