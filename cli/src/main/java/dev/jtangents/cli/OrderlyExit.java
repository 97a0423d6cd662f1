package dev.jtangents.cli;

import java.util.function.IntSupplier;

/**
 * Ends the process such that no temporary file stays. On Ctrl-C the JVM runs no {@code finally}
 * block: here it interrupts the work first and waits for it to clean up.
 */
final class OrderlyExit {
    private static final long GRACE_MILLIS = 10_000;

    private OrderlyExit() {}

    /** Runs the work on this thread and exits with the status that it returns. */
    static void with(IntSupplier work) {
        Thread worker = Thread.currentThread();
        Thread hook = new Thread(() -> stop(worker), "jtangents-exit");
        Runtime.getRuntime().addShutdownHook(hook);
        int status = work.getAsInt();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyExiting) {
            // The hook waits for this thread to end, and the JVM for the hook.
            return;
        }
        System.exit(status);
    }

    private static void stop(Thread worker) {
        worker.interrupt();
        try {
            worker.join(GRACE_MILLIS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
