package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Distributions, which do not depend on one another, each on a thread of its own: linear algebra
 * runs on one thread, and this uses a second core.
 */
final class SideBySide {
    private SideBySide() {}

    /**
     * The values of a function, in the order of what was asked for.
     *
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    static <T> SequencedMap<Inference, T> of(List<Inference> asked, Function<Inference, T> each) {
        Map<Inference, T> made = new ConcurrentHashMap<>();
        WorkerPool.ofCores()
                .run(
                        asked.size(),
                        () ->
                                task -> {
                                    Inference inference = asked.get(Math.toIntExact(task));
                                    made.put(inference, each.apply(inference));
                                });
        SequencedMap<Inference, T> sorted = new LinkedHashMap<>();
        for (Inference inference : asked) {
            sorted.put(inference, made.get(inference));
        }
        return sorted;
    }
}
