package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a run makes of that which a killed one has left, and which it refuses. */
@Timeout(300)
final class ResumeTest {
    private static final String LEFT = "K.ntk.npy.part";
    private static final String JOURNAL = "K.ntk.npy.part.journal";

    @TempDir private static Path shared;
    private static Path model = Path.of("");
    private static Path x = Path.of("");
    private static Path left = Path.of("");

    @TempDir private Path folder;

    /** Leaves what a killed run leaves, and beside it what one that ended does. */
    @BeforeAll
    static void killARun() throws Exception {
        model = Samples.text(shared.resolve("m.json"), Samples.POOLED);
        x = Samples.npy(shared.resolve("x.npy"), Samples.random(1, 300, 8, 8, 3));
        left = Files.createDirectory(shared.resolve("left"));
        var java = new JavaProcess(shared);
        Process process =
                java.start("kernel", "--model", model, "--x1", x, "--out", left.resolve("K.npy"));
        while (process.isAlive() && !hasRecords(left.resolve(JOURNAL))) {
            Thread.sleep(1);
        }
        process.destroyForcibly();
        assertTrue(process.waitFor() != 0, "the run ended before it was killed");
        Outcome whole =
                Outcome.of("kernel", "--model", model, "--x1", x, "--out", shared.resolve("K.npy"));
        assertEquals(0, whole.status(), whole.err());
    }

    private static boolean hasRecords(Path journal) throws IOException {
        return Files.exists(journal)
                && Files.readString(journal).lines().anyMatch(line -> line.matches("\\d+-\\d+ .*"));
    }

    @BeforeEach
    void copyWhatIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(left)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    private Outcome run(Object... more) {
        return run(model, x, more);
    }

    private Outcome run(Path otherModel, Path otherX, Object... more) {
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "kernel",
                                "--model",
                                otherModel,
                                "--x1",
                                otherX,
                                "--out",
                                folder.resolve("K.npy")));
        arguments.addAll(Arrays.asList(more));
        return Outcome.of(arguments.toArray());
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                contents.put(
                        file.getFileName().toString(),
                        Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private void assertComplete(Outcome outcome, String words) throws IOException {
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.errLines().getFirst().contains(words), outcome.err());
        assertEquals(List.of("K.nngp.npy", "K.ntk.npy"), List.copyOf(contents().keySet()));
        for (String name : contents().keySet()) {
            assertArrayEquals(
                    Files.readAllBytes(shared.resolve(name)),
                    Files.readAllBytes(folder.resolve(name)));
        }
    }

    /** One line that has these words, and all files as they were. */
    private void assertRefused(Map<String, String> before, Outcome outcome, String... words)
            throws IOException {
        assertEquals(2, outcome.status(), outcome.err());
        assertEquals(1, outcome.errLines().size(), outcome.err());
        for (String word : words) {
            assertTrue(outcome.err().contains(word), outcome.err());
        }
        assertEquals(before, contents());
    }

    private void editJournal(String from, String to) throws IOException {
        Path journal = folder.resolve(JOURNAL);
        String text = Files.readString(journal, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains(from), text);
        Files.writeString(journal, text.replace(from, to));
    }

    private void setLength(String name, long change) throws IOException {
        Path file = folder.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, Math.toIntExact(bytes.length + change)));
    }

    @Test
    void goesOnFromWhatIsLeft() throws Exception {
        assertComplete(run("--resume"), "Going on from ");
    }

    @Test
    void aRecordThatIsCutOffIsComputedAgain() throws Exception {
        setLength(JOURNAL, -3);
        Outcome outcome = run("--resume");
        String line = outcome.errLines().getFirst();
        assertComplete(outcome, line.contains("nothing") ? "nothing to resume" : "Going on from ");
    }

    @Test
    void withoutItsDataAJournalIsNothingToResume() throws Exception {
        Files.delete(folder.resolve(LEFT));
        assertComplete(run("--resume"), "There is nothing to resume");
    }

    @Test
    void withoutTheJournalDataAreNothingToResume() throws Exception {
        Files.delete(folder.resolve(JOURNAL));
        assertComplete(run("--resume"), "There is nothing to resume");
    }

    @Test
    void withoutResumeFinishedTilesAreNotTouched() throws Exception {
        assertRefused(contents(), run(), "K.nngp.npy.part", "--resume", "delete it");
    }

    @Test
    void anotherRunIsRefused() throws Exception {
        Map<String, String> before = contents();
        Path otherModel =
                Samples.text(
                        shared.resolve("other.json"), Samples.POOLED.replace("0.1", "0.1000001"));
        Path otherX = Samples.npy(shared.resolve("other.npy"), Samples.random(2, 300, 8, 8, 3));
        Path fewer = Samples.npy(shared.resolve("fewer.npy"), Samples.random(1, 299, 8, 8, 3));
        String journal = "K.nngp.npy.part.journal";
        assertRefused(before, run(otherModel, x, "--resume"), journal, "model");
        assertRefused(before, run(model, otherX, "--resume"), journal, "x1");
        assertRefused(before, run(model, fewer, "--resume"), journal, "x1", "(299, 8, 8, 3)");
        assertRefused(before, run("--resume", "--x2", x), journal, "x2");
        assertRefused(before, run("--resume", "--dtype", "f32"), journal, "dtype", "f32");
        assertRefused(before, run("--resume", "--mask-constant", "nan"), "mask_constant", "NaN");
        assertRefused(before, run("--resume", "--diagonal-spatial", "true"), "diagonal_spatial");
        assertRefused(before, run("--resume", "--get", "ntk,nngp"), "get", "ntk,nngp");
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        editJournal("jtangents journal 1", "jtangents journal 2");
        assertRefused(contents(), run("--resume"), JOURNAL, "journal 2", "delete it");
        assertRefused(contents(), run(), JOURNAL, "journal 2", "delete it");
    }

    @Test
    void aDamagedIdentityIsRefused() throws Exception {
        editJournal("\nx1 f64", "\nx1 f46");
        assertRefused(contents(), run("--resume"), JOURNAL, "damaged");
    }

    @Test
    void dataOfAnotherSizeAreRefused() throws Exception {
        setLength(LEFT, -8);
        assertRefused(contents(), run("--resume"), LEFT, "bytes");
        setLength(LEFT, 16);
        assertRefused(contents(), run("--resume"), LEFT, "bytes");
    }

    @Test
    void dataWithoutTheirHeaderAreRefused() throws Exception {
        try (var file = FileChannel.open(folder.resolve(LEFT), StandardOpenOption.WRITE)) {
            file.write(StandardCharsets.US_ASCII.encode("no header"), 0);
        }
        assertRefused(contents(), run("--resume"), LEFT, "begin");
    }

    @Test
    void whatIsMadeInMemoryIsNotResumed() throws Exception {
        Map<String, String> before = contents();
        Path out = folder.resolve("K.npz");
        assertRefused(
                before,
                Outcome.of("kernel", "--model", model, "--x1", x, "--out", out, "--resume"),
                "--resume",
                "--out K.npy");
        assertRefused(
                before,
                Outcome.of("kernel", "--model", model, "--x1", x, "--resume"),
                "--resume",
                "--out K.npy");
    }
}
