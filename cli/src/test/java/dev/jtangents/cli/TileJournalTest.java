package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;

final class TileJournalTest {
    private static final Map<String, String> MODEL = Map.of("model", "a");
    private static final Map<String, String> GRID = Map.of("grid", "4 x 4");

    @TempDir private Path folder;

    private TileJournal open() {
        return TileJournal.open(folder.resolve("K.npy.part.journal"));
    }

    private static BitSet tiles(int from, int to) {
        var tiles = new BitSet();
        tiles.set(from, to);
        return tiles;
    }

    private static void assertRefused(String word, Executable action) {
        String message = assertThrows(InputException.class, action).getMessage();
        assertTrue(message.contains(word), message);
    }

    private void leaveTiles() {
        try (TileJournal journal = open()) {
            assertFalse(journal.hasFinished());
            journal.identify(MODEL);
            journal.identify(GRID);
            assertTrue(journal.begin().isEmpty());
            journal.record(tiles(3, 5));
            journal.record(tiles(0, 2));
        }
    }

    @Test
    void theSameRunFindsItsTilesAndAddsOthers() {
        leaveTiles();
        try (TileJournal journal = open()) {
            journal.identify(MODEL);
            journal.identify(GRID);
            assertEquals(4, journal.begin().cardinality());
            journal.record(tiles(2, 3));
        }
        try (TileJournal journal = open()) {
            journal.identify(MODEL);
            journal.identify(GRID);
            assertEquals(tiles(0, 5), journal.begin());
        }
    }

    @Test
    void whatIsCutOffIsWrittenOver() throws Exception {
        leaveTiles();
        Path file = folder.resolve("K.npy.part.journal");
        Files.writeString(file, Files.readString(file) + "5-9 1234");
        try (TileJournal journal = open()) {
            journal.identify(MODEL);
            journal.identify(GRID);
            journal.begin();
            journal.record(tiles(5, 6));
        }
        try (TileJournal journal = open()) {
            journal.identify(MODEL);
            journal.identify(GRID);
            assertEquals(5, journal.begin().cardinality());
        }
    }

    @Test
    void anotherRunIsRefused() {
        leaveTiles();
        try (TileJournal journal = open()) {
            assertRefused("model", () -> journal.identify(Map.of("model", "b")));
            assertRefused("x2", () -> journal.identify(Map.of("x2", "f32")));
            journal.identify(MODEL);
            assertRefused("grid", journal::begin);
            assertRefused("4 x 8", () -> journal.identify(Map.of("grid", "4 x 8")));
        }
    }

    @Test
    void whatIsClearedIsForgotten() {
        leaveTiles();
        try (TileJournal journal = open()) {
            journal.clear();
            journal.identify(Map.of("model", "b"));
            assertTrue(journal.begin().isEmpty());
        }
    }

    @Test
    void oneRunAtATimeHasIt() {
        TileJournal first = open();
        assertRefused("in use", this::open);
        first.delete();
        first.close();
        open().close();
    }
}
