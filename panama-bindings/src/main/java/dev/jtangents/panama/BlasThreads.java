package dev.jtangents.panama;

/** How many threads OpenBLAS uses within one call. */
final class BlasThreads {
    static final String PROPERTY = "jtangents.blas.threads";

    private BlasThreads() {}

    /** Returns what the user asks for; 1 unless set, since callers run many calls at once. */
    static int requested() throws RefusedException {
        String text = System.getProperty(PROPERTY, "1");
        try {
            int threads = Integer.parseInt(text);
            if (threads >= 1) {
                return threads;
            }
        } catch (NumberFormatException notANumber) {
            // The same message as for a number below 1.
        }
        throw new RefusedException(
                "-D%s=%s is not a number of threads: give 1 or more".formatted(PROPERTY, text));
    }
}
