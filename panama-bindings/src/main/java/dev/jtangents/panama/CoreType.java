package dev.jtangents.panama;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The environment variable OPENBLAS_CORETYPE makes OpenBLAS use the kernels of the processor that
 * it names without a look at the real one: an instruction that is missing then kills the JVM.
 */
final class CoreType {
    static final String VARIABLE = "OPENBLAS_CORETYPE";

    /** The processors that OpenBLAS knows, in small letters, and the flag that tells them. */
    private static final Map<String, String> REQUIRED_FLAG =
            Map.ofEntries(
                    Map.entry("sandybridge", "avx"),
                    Map.entry("bulldozer", "fma4"),
                    Map.entry("piledriver", "fma4"),
                    Map.entry("steamroller", "fma4"),
                    Map.entry("excavator", "avx2"),
                    Map.entry("haswell", "avx2"),
                    Map.entry("zen", "avx2"),
                    Map.entry("skylakex", "avx512f"),
                    Map.entry("cooperlake", "avx512_bf16"),
                    Map.entry("sapphirerapids", "avx512_fp16"),
                    Map.entry("neoversev1", "sve"),
                    Map.entry("neoversen2", "sve"),
                    Map.entry("armv8sve", "sve"),
                    Map.entry("a64fx", "sve"),
                    Map.entry("armv9sme", "sme"));

    private CoreType() {}

    /** Refuses OpenBLAS when this process's environment asks for kernels that would kill it. */
    static void check() throws RefusedException {
        String coreType = System.getenv(VARIABLE);
        if (coreType == null) {
            return;
        }
        Optional<String> objection = objection(coreType, processorFlags());
        if (objection.isPresent()) {
            throw new RefusedException(objection.get());
        }
    }

    /**
     * Says what is wrong with a value of the variable.
     *
     * @param flags what the processor can do; empty when that is not known, which objects to
     *     nothing
     */
    static Optional<String> objection(String coreType, Set<String> flags) {
        if (flags.isEmpty()) {
            return Optional.empty();
        }
        String flag = REQUIRED_FLAG.get(coreType.toLowerCase(Locale.ROOT));
        if (flag == null || flags.contains(flag)) {
            return Optional.empty();
        }
        return Optional.of(
                "%s=%s asks for instructions (%s) that this processor lacks: unset it"
                        .formatted(VARIABLE, coreType, flag));
    }

    /** Returns the flags of the first processor; empty on a system that does not list them. */
    static Set<String> processorFlags() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(CoreType::flagsOf)
                    .orElse(Set.of());
        } catch (IOException unreadable) {
            return Set.of();
        }
    }

    private static Set<String> flagsOf(String line) {
        return Arrays.stream(line.substring(line.indexOf(':') + 1).trim().split(" +", -1))
                .collect(Collectors.toSet());
    }
}
