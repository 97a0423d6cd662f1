package dev.jtangents.cli;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.tensor.InputException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The kernels that {@code --get} names. */
final class KernelNames {
    private KernelNames() {}

    /**
     * One or both kernels, in the order of the text.
     *
     * @throws InputException when it names another one, or one of them twice
     */
    static List<KernelName> parse(String get) {
        List<KernelName> names = new ArrayList<>();
        for (String part : get.split(",", -1)) {
            KernelName name =
                    switch (part.strip().toLowerCase(Locale.ROOT)) {
                        case "nngp" -> KernelName.NNGP;
                        case "ntk" -> KernelName.NTK;
                        default ->
                                throw new InputException(
                                        "--get " + get + ": give nngp, ntk or nngp,ntk.");
                    };
            if (names.contains(name)) {
                throw new InputException("--get " + get + ": names " + part + " twice.");
            }
            names.add(name);
        }
        return names;
    }
}
