package dev.jtangents.simd;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Copies of a class, one for each case of its loops. What distinguishes the cases is constant in
 * each copy, so that HotSpot compiles each for itself, without the other cases' code.
 *
 * <p>A loop that asks for its case in each turn is compiled for all cases that the process has had:
 * HotSpot makes a loop of its own for each, but only as long as the loop is small enough. Past that
 * it keeps vectors on the heap where cases meet again, and the loop is many times slower from then
 * on.
 *
 * <p>A copy is a hidden class of the same code; it shares nothing else with the class itself.
 */
final class Copies {
    private record Key(Class<?> original, Object which) {}

    private static final Map<Key, Object> MADE = new ConcurrentHashMap<>();

    private Copies() {}

    /**
     * The instance of the copy for a case, which is made once.
     *
     * @param lookup of the class itself, which has a constructor without parameters
     * @param type what the class implements
     */
    static <T> T of(Lookup lookup, Class<T> type, Object which) {
        Key key = new Key(lookup.lookupClass(), which);
        return type.cast(MADE.computeIfAbsent(key, any -> make(lookup, which)));
    }

    /** The case of the copy that a lookup is of, or null in the class itself. */
    static <T> @Nullable T which(Lookup lookup, Class<T> type) {
        try {
            return MethodHandles.classData(lookup, ConstantDescs.DEFAULT_NAME, type);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Object make(Lookup lookup, Object which) {
        Class<?> original = lookup.lookupClass();
        String name = original.getName();
        String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
        try (InputStream code = original.getResourceAsStream(file)) {
            if (code == null) {
                throw new IllegalStateException("The code of " + original + " is not there");
            }
            Lookup copy = lookup.defineHiddenClassWithClassData(code.readAllBytes(), which, true);
            return copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
