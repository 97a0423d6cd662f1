package dev.jtangents.io;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses the Python dictionary literal that is the header of an .npy file: the keys {@code descr}
 * (a string), {@code fortran_order} (a truth value) and {@code shape} (a tuple of whole numbers),
 * each once, in any order.
 */
final class NpyDictionary {
    /** NumPy allows no more axes. */
    private static final int AXES = 64;

    /** What the header says. */
    record Content(String descr, boolean fortranOrder, Shape shape) {}

    private final String source;
    private final String text;
    private int at;

    private @Nullable String descr;
    private @Nullable Boolean fortranOrder;
    private @Nullable Shape shape;

    private NpyDictionary(String source, String text) {
        this.source = source;
        this.text = text;
    }

    /**
     * The content of a header.
     *
     * @throws InputException when it is not such a dictionary, or its element type is structured
     */
    static Content parse(String source, String text) {
        return new NpyDictionary(source, text).dictionary();
    }

    private Content dictionary() {
        expect('{');
        while (!accept('}')) {
            String key = string();
            expect(':');
            value(key);
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skipSpace();
        if (at < text.length()) {
            throw expected("nothing after the dictionary");
        }
        if (descr == null || fortranOrder == null || shape == null) {
            throw Failures.unusable(
                    source,
                    "the .npy header lacks "
                            + (descr == null
                                    ? "descr"
                                    : fortranOrder == null ? "fortran_order" : "shape")
                            + "; write the file again with numpy.save.");
        }
        return new Content(descr, fortranOrder, shape);
    }

    private void value(String key) {
        boolean known =
                switch (key) {
                    case "descr" -> descr == null;
                    case "fortran_order" -> fortranOrder == null;
                    case "shape" -> shape == null;
                    default -> false;
                };
        if (!known) {
            throw expected("descr, fortran_order and shape, each once, not " + Failures.quote(key));
        }
        switch (key) {
            case "descr" -> descr = elementType();
            case "fortran_order" -> fortranOrder = truthValue();
            default -> shape = tuple();
        }
    }

    private String elementType() {
        skipSpace();
        if (at < text.length() && (text.charAt(at) == '[' || text.charAt(at) == '(')) {
            throw Failures.unusable(
                    source,
                    "holds a structured array (several fields per element); save each field as a"
                            + " plain array.");
        }
        return string();
    }

    private String string() {
        skipSpace();
        char quote = at < text.length() ? text.charAt(at) : 0;
        int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
        if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
            throw expected("a string in quotes");
        }
        String value = text.substring(at + 1, end);
        at = end + 1;
        return value;
    }

    private boolean truthValue() {
        skipSpace();
        boolean value = text.startsWith("True", at);
        if (!value && !text.startsWith("False", at)) {
            throw expected("True or False");
        }
        at += value ? 4 : 5;
        return value;
    }

    private Shape tuple() {
        List<Long> extents = new ArrayList<>();
        boolean comma = true;
        expect('(');
        while (!accept(')')) {
            if (!comma) {
                throw expected("',' or ')'");
            }
            extents.add(extent());
            comma = accept(',');
        }
        if (extents.size() == 1 && !comma) {
            throw expected("a tuple: one extent is written as (n,)");
        }
        if (extents.size() > AXES) {
            throw Failures.unusable(
                    source, "claims " + extents.size() + " axes; at most " + AXES + " are known.");
        }
        return Failures.naming(
                source, () -> Shape.of(extents.stream().mapToLong(Long::longValue).toArray()));
    }

    private long extent() {
        skipSpace();
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty()) {
            throw expected("an extent (a whole number, 0 or more)");
        }
        // Python 2 wrote its long integers with this suffix.
        accept('L');
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException tooLarge) {
            throw new InputException(
                    source
                            + ": claims an extent of "
                            + Failures.quote(digits)
                            + ", more than memory can address.",
                    tooLarge);
        }
    }

    private boolean accept(char character) {
        skipSpace();
        boolean found = at < text.length() && text.charAt(at) == character;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char character) {
        if (!accept(character)) {
            throw expected("'" + character + "'");
        }
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private InputException expected(String what) {
        String found = at < text.length() ? Failures.quote(text.substring(at)) : "its end";
        return Failures.unusable(
                source,
                "has a broken .npy header: expected "
                        + what
                        + " at character "
                        + at
                        + ", found "
                        + found
                        + ".");
    }
}
