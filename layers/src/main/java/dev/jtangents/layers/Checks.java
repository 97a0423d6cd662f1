package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;

/** Checks of layer arguments that Java callers and model files share. */
final class Checks {
    private Checks() {}

    static double finite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new InputException(name + " is " + value + "; a finite number is needed.");
        }
        return value;
    }

    static double nonNegative(String name, double value) {
        if (!(finite(name, value) >= 0)) {
            throw new InputException(name + " is " + value + "; it has to be at least 0.");
        }
        return value;
    }

    static int positive(String name, int value) {
        if (value < 1) {
            throw new InputException(name + " is " + value + "; at least 1 is needed.");
        }
        return value;
    }

    static int between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InputException(
                    name
                            + " is "
                            + value
                            + "; a whole number from "
                            + least
                            + " to "
                            + most
                            + " is needed.");
        }
        return value;
    }

    static int nonNegativeInteger(String name, int value) {
        if (value < 0) {
            throw new InputException(name + " is " + value + "; at least 0 is needed.");
        }
        return value;
    }
}
