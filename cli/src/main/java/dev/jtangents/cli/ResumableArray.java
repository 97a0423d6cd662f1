package dev.jtangents.cli;

import dev.jtangents.io.Npy;
import dev.jtangents.io.NpyFile;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;

/**
 * An .npy file that is computed tile by tile and, when that is interrupted, later completed: {@code
 * K.npy.part} has the data until {@code K.npy} is complete, and {@code K.npy.part.journal} says
 * which tiles of them are finished. Tiles are written from any thread, the rest comes from one.
 */
final class ResumableArray implements AutoCloseable {
    private final Path target;
    private final Path partial;
    private final TileJournal journal;
    private final boolean left;
    private @Nullable NpyFile file;
    private boolean committed;

    private ResumableArray(Path target, Path partial, TileJournal journal) {
        this.target = target;
        this.partial = partial;
        this.journal = journal;
        left = journal.hasFinished() && Files.exists(partial);
    }

    /**
     * Takes a file to write to.
     *
     * @throws dev.jtangents.tensor.InputException when another run has it
     */
    static ResumableArray open(Path target) {
        Path partial = Npy.partial(target);
        Path journal = partial.resolveSibling(partial.getFileName() + ".journal");
        return new ResumableArray(target, partial, TileJournal.open(journal));
    }

    /** Where the data are when they are complete. */
    Path target() {
        return target;
    }

    /** Where the data are until they are complete. */
    Path partial() {
        return partial;
    }

    /** Whether a run before has left finished tiles. */
    boolean isLeft() {
        return left;
    }

    /**
     * Says on what this run's numbers depend.
     *
     * @throws dev.jtangents.tensor.InputException when a run before has left tiles and is not the
     *     same
     */
    void identify(Map<String, String> identity) {
        if (!left) {
            journal.clear();
        }
        journal.identify(identity);
    }

    /**
     * The array, with the finished tiles that a run before has left; borrowed.
     *
     * @throws dev.jtangents.tensor.InputException when the file of that run does not hold it
     */
    Tensor create(DType dtype, Shape shape) {
        NpyFile created =
                left
                        ? Npy.reopenPartial(target, dtype, shape)
                        : Npy.createPartial(target, dtype, shape);
        file = created;
        return created.tensor();
    }

    /**
     * Begins to take tiles.
     *
     * @param grid what tells apart how kernels are cut
     * @return the tiles that are finished already
     * @throws dev.jtangents.tensor.InputException when the run before was cut in another way
     */
    BitSet begin(String grid) {
        journal.identify(Map.of("grid", grid));
        return journal.begin();
    }

    /** Makes tiles that have been written durable and notes that they are finished. */
    void record(BitSet tiles) {
        if (file != null) {
            file.force();
            journal.record(tiles);
        }
    }

    /** Gives the complete file its name; an array that was not created is written. */
    void commit(Tensor array) {
        if (file == null) {
            Npy.write(target, array);
        } else {
            file.commit();
        }
        committed = true;
        journal.delete();
    }

    /** Leaves finished tiles for another run, or nothing where there are none. */
    @Override
    public void close() {
        boolean kept = !committed && journal.hasFinished();
        try (journal) {
            if (file != null) {
                if (kept) {
                    file.keep();
                }
                file.close();
            }
            if (!kept) {
                journal.delete();
            }
        }
    }
}
