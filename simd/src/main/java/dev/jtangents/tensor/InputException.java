package dev.jtangents.tensor;

import java.io.Serial;

/**
 * What the user gave cannot be used: a file, a shape, a model, an argument. The message says what
 * was given, what was expected and what to do, and stands for itself on one line.
 */
public class InputException extends IllegalArgumentException {
    @Serial private static final long serialVersionUID = 1;

    private final String message;

    public InputException(String message) {
        super(message);
        this.message = message;
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
