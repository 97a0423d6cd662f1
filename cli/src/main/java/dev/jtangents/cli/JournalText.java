package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What a {@link TileJournal} says. It is ASCII: the version of the format, lines with a name and a
 * value that identify the run, and for each stretch of finished tiles a line such as {@code 16-31}.
 * Each stretch has its checksum after it; the lines before them have one at their end.
 *
 * @param identity what the run's numbers depend on; empty when it has not begun
 * @param finished the tiles that are finished
 * @param length the bytes up to the end of the last stretch that is whole
 */
record JournalText(SequencedMap<String, String> identity, BitSet finished, int length) {
    private static final String NAME = "jtangents journal ";
    private static final String FIRST_LINE = NAME + "1\n";
    private static final String END = "\nchecksum ";
    private static final Pattern STRETCH = Pattern.compile("(\\d{1,9})-(\\d{1,9}) (\\w{8})");

    /** That of a run that has not begun. */
    static JournalText empty() {
        return new JournalText(new LinkedHashMap<>(), new BitSet(), 0);
    }

    /** The lines that identify a run. */
    static String ofIdentity(SequencedMap<String, String> identity) {
        var text = new StringBuilder(FIRST_LINE);
        identity.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
        text.deleteCharAt(text.length() - 1);
        return text + END + checksum(text.toString()) + "\n";
    }

    /** The lines for some finished tiles. */
    static String ofTiles(BitSet tiles) {
        var text = new StringBuilder();
        for (int from = tiles.nextSetBit(0); from >= 0; ) {
            int end = tiles.nextClearBit(from);
            String stretch = from + "-" + (end - 1);
            text.append(stretch).append(' ').append(checksum(stretch)).append('\n');
            from = tiles.nextSetBit(end);
        }
        return text.toString();
    }

    /**
     * Reads a journal. What a crash has cut off is left out: lines from the first incomplete one
     * on.
     *
     * @throws InputException when it is no journal, has another format or is damaged
     */
    static JournalText parse(Path file, String text) {
        if (FIRST_LINE.startsWith(text)) {
            return empty();
        }
        if (!text.startsWith(FIRST_LINE)) {
            String found = text.lines().findFirst().orElse("");
            throw new InputException(
                    text.startsWith(NAME)
                            ? file
                                    + " begins with \""
                                    + found
                                    + "\", and this version of jtangents reads \""
                                    + FIRST_LINE.strip()
                                    + "\": go on with the version that wrote it, or delete it to"
                                    + " start anew."
                            : file
                                    + " is no journal of jtangents: move it away, it is where a"
                                    + " run notes what is finished.");
        }
        int end = text.indexOf(END);
        int next = end < 0 ? -1 : text.indexOf('\n', end + 1);
        if (next < 0) {
            return empty();
        }
        String identity = text.substring(0, end);
        if (!text.substring(end + END.length(), next).equals(checksum(identity))) {
            throw new InputException(
                    file
                            + " is damaged: the lines at its beginning do not have the checksum"
                            + " below them. Delete it to start anew.");
        }
        return stretches(text, next + 1, lines(identity.substring(FIRST_LINE.length())));
    }

    private static SequencedMap<String, String> lines(String text) {
        SequencedMap<String, String> lines = new LinkedHashMap<>();
        text.lines()
                .forEach(
                        line -> {
                            int space = line.indexOf(' ');
                            lines.put(line.substring(0, space), line.substring(space + 1));
                        });
        return lines;
    }

    private static JournalText stretches(
            String text, int begin, SequencedMap<String, String> identity) {
        var finished = new BitSet();
        int at = begin;
        for (int end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
            String line = text.substring(at, end);
            Matcher matcher = STRETCH.matcher(line);
            if (!matcher.matches()
                    || !matcher.group(3).equals(checksum(line.substring(0, matcher.end(2))))) {
                break;
            }
            finished.set(
                    Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)) + 1);
            at = end + 1;
        }
        return new JournalText(identity, finished, at);
    }

    private static String checksum(String text) {
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
