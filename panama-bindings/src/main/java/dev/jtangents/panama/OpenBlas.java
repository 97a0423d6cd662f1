package dev.jtangents.panama;

import java.util.Optional;

/**
 * The door to OpenBLAS. The classes of {@code dev.jtangents.panama.openblas} may be touched only
 * after {@link #status()} has returned {@link Found}.
 *
 * <p>The first call searches for the library, loads it for the life of the process and sets its
 * number of threads. It never throws and prints nothing: what went wrong is said by {@link
 * Missing}. System properties steer it:
 *
 * <ul>
 *   <li>{@code jtangents.openblas}: the file of the library; or {@code system}, to use the library
 *       that is installed on this machine; or {@code none}, to do without. Unset, the platform jar
 *       on the class path is tried first, then the machine's library.
 *   <li>{@code jtangents.cache}: the folder into which the jar's libraries are unpacked once.
 *   <li>{@code jtangents.blas.threads}: how many threads OpenBLAS uses within one call; 1 unless
 *       set, since callers already run many calls at once.
 * </ul>
 */
public final class OpenBlas {
    private OpenBlas() {}

    /** Where the library came from. */
    public enum Source {
        /** The file that {@code jtangents.openblas} names. */
        PATH,
        /** The platform jar on the class path. */
        BUNDLED,
        /** A library that is installed on this machine. */
        SYSTEM
    }

    /** What the search came to. */
    public sealed interface Status permits Found, Missing {
        /** Says it to a person, in one line. */
        String describe();
    }

    /**
     * OpenBLAS is loaded.
     *
     * @param source where it came from
     * @param location the file that was loaded
     * @param version such as 0.3.31
     * @param coreName the kind of processor whose kernels it chose, such as Haswell
     * @param threads how many threads it used within one call when it was loaded
     * @param note what the user may want to know, such as a cache folder that cannot be used
     */
    public record Found(
            Source source,
            String location,
            String version,
            String coreName,
            int threads,
            Optional<String> note)
            implements Status {
        @Override
        public String describe() {
            String origin =
                    switch (source) {
                        case PATH -> "named by -D" + OpenBlasSearch.LIBRARY_PROPERTY;
                        case BUNDLED -> "from its jar";
                        case SYSTEM -> "installed on this machine";
                    };
            return "OpenBLAS %s for %s, %d %s, %s: %s%s"
                    .formatted(
                            version,
                            coreName,
                            threads,
                            threads == 1 ? "thread" : "threads",
                            origin,
                            location,
                            note.map(text -> " (" + text + ")").orElse(""));
        }
    }

    /**
     * There is no OpenBLAS to use.
     *
     * @param reason one line that names each place that was looked at and says why it did not do
     */
    public record Missing(String reason) implements Status {
        @Override
        public String describe() {
            return "no OpenBLAS: " + reason;
        }
    }

    /** Returns what the search came to; the first call of the process makes it. */
    public static Status status() {
        return Once.STATUS;
    }

    /** Returns OpenBLAS when it is loaded, which the first call of the process tries to do. */
    public static Optional<Found> find() {
        return status() instanceof Found found ? Optional.of(found) : Optional.empty();
    }

    private static final class Once {
        static final Status STATUS = OpenBlasSearch.run();
    }
}
