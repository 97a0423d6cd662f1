package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sum of what blocks contribute, added in the order of the blocks whoever is ready first, so
 * that threads do not change a bit. What comes too early is kept.
 */
final class OrderedSum implements AutoCloseable {
    private final List<Tensor> sums;
    private final Map<Long, List<Tensor>> early = new HashMap<>();
    private long next;

    /** Adds to these arrays, which are contiguous. */
    OrderedSum(List<Tensor> sums) {
        this.sums = sums;
    }

    /** Adds what a block contributes to each array; borrowed. */
    synchronized void add(long block, List<Tensor> terms) {
        if (block != next) {
            early.put(block, terms.stream().map(term -> term.copy(term.dtype())).toList());
            return;
        }
        addNext(terms);
        for (List<Tensor> kept = early.remove(next); kept != null; kept = early.remove(next)) {
            addNext(kept);
            kept.forEach(Tensor::close);
        }
    }

    private void addNext(List<Tensor> terms) {
        for (int i = 0; i < terms.size(); i++) {
            Tensor term = terms.get(i);
            Rows.addScaled(sums.get(i).reshape(1, term.size()), term, 1);
        }
        next++;
    }

    @Override
    public synchronized void close() {
        early.values().forEach(kept -> kept.forEach(Tensor::close));
        early.clear();
    }
}
