package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * The file beside an unfinished result that notes which tiles of it are finished, and of which run.
 * It is locked as long as it is open, which keeps other runs from the result.
 */
final class TileJournal implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final SequencedMap<String, String> identity = new LinkedHashMap<>();
    private JournalText content;

    private TileJournal(Path path, FileChannel channel, JournalText content) {
        this.path = path;
        this.channel = channel;
        this.content = content;
    }

    /**
     * Opens a journal, which is empty when there was none.
     *
     * @throws InputException when another run has it open, or it is none
     */
    static TileJournal open(Path path) {
        try {
            FileChannel channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            try {
                lock(path, channel);
                return new TileJournal(path, channel, JournalText.parse(path, read(channel)));
            } catch (IOException | RuntimeException | Error failure) {
                channel.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    /** A run that ends deletes its journal: a lock on a file without a name keeps nobody away. */
    private static void lock(Path path, FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException ofThisProcess) {
            lock = null;
        }
        if (lock == null || !Files.exists(path)) {
            throw new InputException(
                    path
                            + " is in use: another run writes the same result. Wait for it, or give"
                            + " another --out.");
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }

    /** Whether a run has left finished tiles here. */
    boolean hasFinished() {
        return !content.finished().isEmpty();
    }

    /** Forgets what a run before has left. */
    void clear() {
        content = JournalText.empty();
        write("");
    }

    /**
     * Says on what this run's numbers depend.
     *
     * @throws InputException when that was something else in the run that left finished tiles
     */
    void identify(Map<String, String> lines) {
        if (hasFinished()) {
            lines.forEach(this::requireSame);
        }
        identity.putAll(lines);
    }

    private void requireSame(String name, String value) {
        String before = content.identity().get(name);
        if (!value.equals(before)) {
            throw new InputException(
                    path
                            + " is of another run, of "
                            + name
                            + " "
                            + Objects.requireNonNullElse(before, "none")
                            + " where this one has "
                            + value
                            + ": give what that run was given, or delete the file to start anew.");
        }
    }

    /**
     * Begins to take tiles, once the identity is complete.
     *
     * @return those that are finished already
     * @throws InputException when the identity lacks what that of the run before had
     */
    BitSet begin() {
        if (hasFinished()) {
            content.identity().keySet().stream()
                    .filter(name -> !identity.containsKey(name))
                    .forEach(name -> requireSame(name, "none"));
        } else {
            write(JournalText.ofIdentity(identity));
        }
        return (BitSet) content.finished().clone();
    }

    /** Notes finished tiles, whose data are durable. */
    void record(BitSet tiles) {
        write(JournalText.ofTiles(tiles));
        content.finished().or(tiles);
    }

    /** Writes a text, durably, after what is valid. */
    private void write(String text) {
        try {
            channel.truncate(content.length());
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes, content.length() + bytes.position());
            }
            channel.force(true);
            content =
                    new JournalText(
                            content.identity(),
                            content.finished(),
                            content.length() + bytes.limit());
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    /** Deletes the file. */
    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    /** Unlocks the file. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    private static UncheckedIOException unusable(Path path, IOException cause) {
        return new UncheckedIOException(
                path + ": cannot be read or written: " + cause.getMessage() + ".", cause);
    }
}
