package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

final class JournalTextTest {
    private static final Path FILE = Path.of("K.npy.part.journal");
    private static final SequencedMap<String, String> IDENTITY =
            new LinkedHashMap<>(Map.of("model", "a b", "x1", "f32 (3) 12"));
    private static final BitSet FIRST = tiles(0, 1, 2, 7);
    private static final BitSet SECOND = tiles(3, 40, 41);
    private static final String TEXT =
            JournalText.ofIdentity(IDENTITY)
                    + JournalText.ofTiles(FIRST)
                    + JournalText.ofTiles(SECOND);

    private static BitSet tiles(int... tiles) {
        var set = new BitSet();
        for (int tile : tiles) {
            set.set(tile);
        }
        return set;
    }

    @Test
    void whatIsWrittenIsRead() {
        JournalText read = JournalText.parse(FILE, TEXT);
        assertEquals(IDENTITY, read.identity());
        assertEquals(tiles(0, 1, 2, 3, 7, 40, 41), read.finished());
        assertEquals(TEXT.length(), read.length());
    }

    @Test
    void stretchesAreShort() {
        assertTrue(JournalText.ofTiles(FIRST).startsWith("0-2 "), JournalText.ofTiles(FIRST));
        assertEquals(2, JournalText.ofTiles(FIRST).lines().count());
    }

    @Test
    void whatIsCutOffIsNotFinished() {
        BitSet whole = JournalText.parse(FILE, TEXT).finished();
        int identity = JournalText.ofIdentity(IDENTITY).length();
        for (int length = 0; length < TEXT.length(); length++) {
            JournalText read = JournalText.parse(FILE, TEXT.substring(0, length));
            assertTrue(read.length() <= length);
            assertEquals(length < identity, read.identity().isEmpty());
            assertTrue(read.finished().cardinality() < whole.cardinality());
            read.finished().andNot(whole);
            assertTrue(read.finished().isEmpty());
        }
    }

    @Test
    void whatIsDamagedIsRefusedOrNotFinished() {
        BitSet whole = JournalText.parse(FILE, TEXT).finished();
        var random = new SplittableRandom(1);
        int refused = 0;
        for (int at = 0; at < TEXT.length(); at++) {
            var damaged = new StringBuilder(TEXT);
            damaged.setCharAt(at, (char) (damaged.charAt(at) ^ (1 + random.nextInt(127))));
            BitSet read;
            try {
                read = JournalText.parse(FILE, damaged.toString()).finished();
            } catch (InputException refusal) {
                refused++;
                continue;
            }
            assertTrue(read.cardinality() < whole.cardinality(), damaged.toString());
            read.andNot(whole);
            assertTrue(read.isEmpty(), damaged.toString());
        }
        String lines = JournalText.ofIdentity(IDENTITY);
        assertTrue(refused >= lines.indexOf("\nchecksum"), "only " + refused + " refusals");
    }

    @Test
    void otherFormatsAndOtherFilesAreRefused() {
        String newer = TEXT.replaceFirst("journal 1", "journal 2");
        var failure = assertThrows(InputException.class, () -> JournalText.parse(FILE, newer));
        assertTrue(failure.getMessage().contains("journal 2"), failure.getMessage());
        failure =
                assertThrows(InputException.class, () -> JournalText.parse(FILE, "my own notes\n"));
        assertTrue(failure.getMessage().contains("is no journal"), failure.getMessage());
    }
}
